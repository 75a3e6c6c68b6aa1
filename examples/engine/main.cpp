// perplexity: how well models predict texts that are given as token ids.

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "llama.hpp"
#include "perplexity.hpp"
#include "texts.hpp"

namespace {

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

void print_table(const std::vector<std::filesystem::path>& folders,
                 const std::vector<engine::text>& texts, std::size_t window) {
  std::size_t name_width = 5;
  const auto name_of = [](const std::filesystem::path& folder) {
    return (folder.has_filename() ? folder : folder.parent_path()).filename().string();
  };
  for (const auto& folder : folders) name_width = std::max(name_width, name_of(folder).size());
  std::vector<std::string> cells;
  for (const engine::text& each : texts) cells.push_back(each.domain);
  print_row("model", static_cast<int>(name_width), cells);
  for (const std::filesystem::path& folder : folders) {
    const engine::llama model = engine::llama::load(folder);
    cells.clear();
    for (const engine::text& each : texts) {
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
    print_table(folders, engine::read_texts(ids, tokenizer), window);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
