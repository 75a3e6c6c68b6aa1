// perplexity: how well models predict texts that are given as token ids.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <tensormerge/checkpoint/checkpoint.hpp>
#include <tensormerge/checkpoint/tensor_reader.hpp>
#include <tensormerge/error/failure.hpp>

#include "llama.hpp"
#include "perplexity.hpp"
#include "read_tensor.hpp"

namespace {

struct text {
  std::string domain;
  std::vector<std::int64_t> ids;
};

/// The texts of one tokenizer; tensors are named `<tokenizer>.<domain>`.
std::vector<text> read_texts(const std::filesystem::path& file, std::string tokenizer) {
  const tensormerge::checkpoint ids = tensormerge::checkpoint::open(file);
  const tensormerge::tensor_reader reader(ids);
  std::set<std::string> tokenizers;
  for (const tensormerge::tensor_entry& entry : ids.tensors()) {
    tokenizers.insert(entry.name.substr(0, entry.name.rfind('.')));
  }
  if (tokenizer.empty() && tokenizers.size() == 1) tokenizer = *tokenizers.begin();
  if (!tokenizers.contains(tokenizer)) {
    std::string known;
    for (const std::string& name : tokenizers) known += (known.empty() ? "" : ", ") + name;
    throw tensormerge::failure(
        tensormerge::diagnostic{.file = file.string(),
                                .what = "it is not clear which texts to use",
                                .expected = "--tokenizer with one of " + known,
                                .found = tokenizer});
  }
  std::vector<text> texts;
  for (const tensormerge::tensor_entry& entry : ids.tensors()) {
    const std::size_t dot = entry.name.rfind('.');
    if (dot == std::string::npos || entry.name.substr(0, dot) != tokenizer) continue;
    texts.push_back({entry.name.substr(dot + 1), engine::read_integers(ids, reader, entry.name)});
  }
  return texts;
}

void print_row(const std::string& name, int name_width, const std::vector<std::string>& cells) {
  std::printf("%-*s", name_width, name.c_str());
  for (const std::string& cell : cells) std::printf("  %9s", cell.c_str());
  std::printf("\n");
  std::fflush(stdout);
}

std::string with_three_digits(double value) {
  char cell[64];
  std::snprintf(cell, sizeof cell, "%.3f", value);
  return cell;
}

void print_table(const std::vector<std::filesystem::path>& folders, const std::vector<text>& texts,
                 std::size_t window) {
  std::size_t name_width = 5;
  const auto name_of = [](const std::filesystem::path& folder) {
    return (folder.has_filename() ? folder : folder.parent_path()).filename().string();
  };
  for (const auto& folder : folders) name_width = std::max(name_width, name_of(folder).size());
  std::vector<std::string> cells;
  for (const text& each : texts) cells.push_back(each.domain);
  print_row("model", static_cast<int>(name_width), cells);
  for (const std::filesystem::path& folder : folders) {
    const engine::llama model = engine::llama::load(folder);
    cells.clear();
    for (const text& each : texts) {
      cells.push_back(with_three_digits(engine::perplexity(model, each.ids, window)));
    }
    print_row(name_of(folder), static_cast<int>(name_width), cells);
  }
}

}  // namespace

int main(int count, char** arguments) {
  CLI::App app{"Perplexity of models on texts; lower is better."};
  std::vector<std::filesystem::path> folders;
  std::filesystem::path ids;
  std::string tokenizer;
  std::size_t window = 256;
  app.add_option("models", folders, "Model folders (Llama, safetensors)")->required();
  app.add_option("--ids", ids, "Safetensors file with the texts' token ids, <tokenizer>.<domain>")
      ->required();
  app.add_option("--tokenizer", tokenizer, "Whose token ids to use, where the file has several");
  app.add_option("--window", window, "Tokens that are read at once")
      ->capture_default_str()
      ->check(CLI::Range(2, 1 << 20));
  try {
    app.parse(count, arguments);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    print_table(folders, read_texts(ids, tokenizer), window);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
