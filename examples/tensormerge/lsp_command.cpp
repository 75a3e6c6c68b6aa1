#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>

#include <tensormerge/check/check_models.hpp>
#include <tensormerge/check/language_server.hpp>
#include <tensormerge/document/load_json.hpp>
#include <tensormerge/document/write_json.hpp>

#include "commands.hpp"
#include "method_tables.hpp"

namespace {

/// The body of the next message, empty where it is too large to be one; nothing at the end of the
/// input and where the head makes no sense.
std::optional<std::string> read_message() {
  constexpr std::size_t most_bytes = std::size_t{64} << 20;
  const std::string key = "Content-Length:";
  std::size_t bytes = 0;
  for (std::string line; std::getline(std::cin, line) && line != "\r" && !line.empty();) {
    if (line.starts_with(key)) bytes = std::strtoull(line.c_str() + key.size(), nullptr, 10);
  }
  if (bytes == 0) return std::nullopt;
  std::string body;
  if (bytes > most_bytes) {
    std::cerr << "a message of " << bytes << " bytes is left out\n";
    while (bytes > 0 && std::cin) {
      const std::size_t part = std::min(bytes, most_bytes);
      std::cin.ignore(static_cast<std::streamsize>(part));
      bytes -= part;
    }
    return body;
  }
  body.resize(bytes);
  std::cin.read(body.data(), static_cast<std::streamsize>(bytes));
  return std::cin ? std::optional(std::move(body)) : std::nullopt;
}

/// The path of `file:///a%20b`, or nothing for other URIs.
std::filesystem::path path_of(const std::string& uri) {
  const std::string scheme = "file://";
  if (!uri.starts_with(scheme)) return {};
  std::string path;
  for (std::size_t i = scheme.size(); i < uri.size(); ++i) {
    unsigned char byte = 0;
    const char* digits = uri.data() + i + 1;
    const bool coded = uri[i] == '%' && i + 2 < uri.size() &&
                       std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2;
    path += coded ? static_cast<char>(byte) : uri[i];
    if (coded) i += 2;
  }
  return path;
}

void send(const tensormerge::node& message) {
  const std::string text = tensormerge::write_json(message, 0);
  std::cout << "Content-Length: " << text.size() << "\r\n\r\n" << text << std::flush;
}

void serve(bool look_at_models, const std::filesystem::path& models_dir) {
  using namespace tensormerge;
  const check_options options{.methods = describe_methods(merge_methods()),
                              .mlx_methods = describe_methods(mlx_methods())};
  language_server::model_check models;
  if (look_at_models) {
    models = [&](const checked_text& checked, const std::string& uri) {
      const std::filesystem::path file = path_of(uri);
      return check_models(checked, options,
                          {.search = {models_dir, file.parent_path(), {}},
                           .config_file = file.string()});
    };
  }
  language_server server(options, std::move(models));
  while (!server.finished()) {
    const auto body = read_message();
    if (!body) return;
    if (body->empty()) continue;
    try {
      for (const node& reply : server.answer(load_json(*body, "message"))) send(reply);
    } catch (const failure& problem) {
      std::cerr << problem.what() << '\n';  // the message was no JSON
    }
  }
}

}  // namespace

void add_lsp_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "lsp", "Serve an editor over standard input and output (Language Server Protocol)");
  command->add_flag("--stdio")->description("What editors add; there is no other way to talk");
  struct choices {
    bool models = false;
    std::filesystem::path models_dir;
  };
  const auto given = std::make_shared<choices>();
  command->add_flag("--models", given->models, "Look also at the models: settings and headers");
  command->add_option("--models-dir", given->models_dir,
                      "Folder in which models are looked for first");
  command->callback([given] { serve(given->models, given->models_dir); });
}
