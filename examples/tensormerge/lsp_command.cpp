#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <string>

#include <CLI/CLI.hpp>

#include <tensormerge/check/language_server.hpp>
#include <tensormerge/document/load_json.hpp>
#include <tensormerge/document/write_json.hpp>

#include "commands.hpp"
#include "method_tables.hpp"

namespace {

/// The body of the next message; empty at the end of the input or where the head makes no sense.
std::string read_message() {
  constexpr std::size_t most_bytes = std::size_t{64} << 20;
  const std::string key = "Content-Length:";
  std::size_t bytes = 0;
  for (std::string line; std::getline(std::cin, line) && line != "\r" && !line.empty();) {
    if (line.starts_with(key)) bytes = std::strtoull(line.c_str() + key.size(), nullptr, 10);
  }
  if (bytes > most_bytes) return {};
  std::string body(bytes, '\0');
  std::cin.read(body.data(), static_cast<std::streamsize>(bytes));
  return std::cin ? body : std::string();
}

void send(const tensormerge::node& message) {
  const std::string text = tensormerge::write_json(message, 0);
  std::cout << "Content-Length: " << text.size() << "\r\n\r\n" << text << std::flush;
}

void serve() {
  using namespace tensormerge;
  language_server server({.methods = describe_methods(merge_methods()),
                          .mlx_methods = describe_methods(mlx_methods())});
  while (!server.finished()) {
    const std::string body = read_message();
    if (body.empty()) return;
    try {
      for (const node& reply : server.answer(load_json(body, "message"))) send(reply);
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
  command->callback(serve);
}
