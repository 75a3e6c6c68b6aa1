// slider: merges two fine-tunes of a model while it loads them, at every place between them, and
// writes nothing.

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include <tensormerge/checkpoint/model_folder.hpp>
#include <tensormerge/engine/checkpoint_source.hpp>
#include <tensormerge/engine/merged_source.hpp>
#include <tensormerge/method/task_arithmetic.hpp>

#include "llama.hpp"
#include "perplexity.hpp"
#include "texts.hpp"

namespace {

using tensormerge::task_arithmetic;

struct slider_options {
  std::filesystem::path base, first, second, ids;
  std::string tokenizer, only;
  int values = 11;
};

/// Of what the two changed in the base, (1 - t) of the first and t of the second; where only
/// tensors with names that begin in a way are moved, half of both in the others.
tensormerge::merged_source<task_arithmetic>::rule between(double t, const std::string& only) {
  return [t, only](std::string_view name) {
    const double share = name.starts_with(only) ? t : 0.5;
    return tensormerge::merge_coefficients<task_arithmetic>{
        .shared = {}, .inputs = {{.weight = 1 - share}, {.weight = share}}};
  };
}

void move_slider(const slider_options& options) {
  const std::vector<engine::text> texts = engine::read_texts(options.ids, options.tokenizer);
  const tensormerge::model_folder folder = tensormerge::model_folder::open(options.base);
  const auto open = [](const std::filesystem::path& model) {
    return tensormerge::checkpoint_source(tensormerge::checkpoint::open(model));
  };
  const tensormerge::checkpoint_source base = open(options.base), first = open(options.first),
                                       second = open(options.second);
  tensormerge::merged_source<task_arithmetic> weights(base, {first, second},
                                                      between(0, options.only));
  std::printf("    t");
  for (const engine::text& each : texts) std::printf("  %9s", each.domain.c_str());
  std::printf("  tensors  merged in, ms\n");

  using clock = std::chrono::steady_clock;
  const auto milliseconds_since = [](clock::time_point begin) {
    return std::chrono::duration<double, std::milli>(clock::now() - begin).count();
  };
  double all = 0;
  auto begin = clock::now();
  engine::llama model =
      engine::llama::load(folder.config, (options.base / "config.json").string(), weights);
  std::size_t merged = weights.names().size();
  for (int i = 0; i < options.values; ++i) {
    const double t = options.values == 1 ? 0 : i / (options.values - 1.0);
    if (i > 0) {
      begin = clock::now();
      weights.set(between(t, options.only));
      const std::vector<std::string> changed = weights.changed();
      model.reload(weights, changed);
      merged = changed.size();
    }
    const double taken = milliseconds_since(begin);
    all += taken;
    std::printf("%5.2f", t);
    for (const engine::text& each : texts) {
      std::printf("  %9.3f", engine::perplexity(model, each.ids));
    }
    std::printf("  %7zu  %13.1f\n", merged, taken);
    std::fflush(stdout);
  }
  std::printf("All merges took %.1f ms; nothing was written.\n", all);
}

}  // namespace

int main(int count, char** arguments) {
  CLI::App app{"Perplexity of merges between two fine-tunes of a model, merged while they load."};
  slider_options options;
  app.add_option("base", options.base, "Model folder (Llama, safetensors)")->required();
  app.add_option("first", options.first, "A fine-tune of it, at t = 0")->required();
  app.add_option("second", options.second, "Another, at t = 1")->required();
  app.add_option("--ids", options.ids, "Safetensors file with the texts' token ids")->required();
  app.add_option("--tokenizer", options.tokenizer, "Whose ids to use, where the file has several");
  app.add_option("--values", options.values, "How many values of t")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  app.add_option("--only", options.only, "Moves only tensors whose names begin so");
  try {
    app.parse(count, arguments);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    move_slider(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
