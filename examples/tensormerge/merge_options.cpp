#include "merge_options.hpp"

#include <cstdio>
#include <map>
#include <optional>
#include <string>

#include <unistd.h>

#include <CLI/CLI.hpp>

#include <tensormerge/checkpoint/shard_bytes.hpp>
#include <tensormerge/engine/progress_display.hpp>
#include <tensormerge/plan/print_plan.hpp>

#include "print_findings.hpp"

void merge_options::add_to(CLI::App& command) {
  command.add_option("--models-dir", models_dir, "Folder in which models are looked for first");
  command.add_option("--num-threads,-j", write.run.threads, "Threads; all cores if not given");
  command
      .add_option("--max-memory", max_memory, "Memory to stay within: 256MiB, 1GiB")
      ->transform(CLI::AsSizeValue(false));
  command.add_option("--random-seed", write.run.random_seed,
                     "Seed of the methods that draw at random");
  command.add_flag("--quiet,!--no-quiet", quiet, "No progress and no summary");
  command.add_flag("--resume,!--no-resume", write.resume,
                   "Go on where a run of the same merge was killed");
  command.add_flag_callback(
      "--sync", [this] { write.outlives = tensormerge::durability::power_loss; },
      "Wait until the disk has the output, so that a loss of power cannot harm it");
  command.add_flag("--lenient,!--no-lenient", lenient,
                   "Let keys pass that nobody knows, with a warning");
  command
      .add_option("--shapes", shapes,
                  "Tensors whose shapes differ: refuse them, take the base's, cut them to its "
                  "shape, or fill them up with its elements")
      ->transform(CLI::CheckedTransformer(std::map<std::string, tensormerge::shape_policy>{
          {"error", tensormerge::shape_policy::error},
          {"base", tensormerge::shape_policy::base},
          {"truncate", tensormerge::shape_policy::truncate},
          {"pad", tensormerge::shape_policy::pad}}))
      ->option_text("error|base|truncate|pad");
  command.add_flag("--dry-run", dry_run, "Print what would be merged, and write nothing");
}

void merge_options::add_shard_size_to(CLI::App& command) {
  const CLI::Validator is_size(
      [](std::string& text) {
        const bool known = tensormerge::parse_shard_bytes(text).has_value();
        return known ? std::string{} : "no size: " + text + " (try 5B, 500M or 5GB)";
      },
      "SIZE");
  command
      .add_option_function<std::string>(
          "--out-shard-size",
          [this](const std::string& text) {
            write.shard_bytes = tensormerge::parse_shard_bytes(text).value();
          },
          "Bytes of a weights file at most: 5B, 500M")
      ->check(is_size);
}

void carry_out(const tensormerge::merge_plan& plan, const tensormerge::method_table& methods,
               const merge_options& options) {
  print_findings(plan.findings);
  tensormerge::write_options write = options.write;
  if (options.max_memory > 0) write.run.most_memory = options.max_memory;
  if (options.dry_run) {
    const std::string work = tensormerge::describe_work(plan, methods, write.run);
    std::fputs(tensormerge::print_plan(plan).c_str(), stdout);
    std::puts(work.c_str());
    return;
  }
  if (options.verbosity > 1) std::fputs(tensormerge::print_plan(plan).c_str(), stderr);
  tensormerge::progress state;
  {
    std::optional<tensormerge::progress_display> display;
    if (!options.quiet) display.emplace(state, stderr, isatty(STDERR_FILENO) != 0);
    tensormerge::write_model(plan, methods, options.output, write, state);
  }
  if (!options.quiet) {
    const std::string bytes =
        tensormerge::readable_bytes(static_cast<double>(state.bytes_total.load()));
    std::fprintf(stderr, "%s: %zu tensors, %s\n", options.output.c_str(), plan.tensors.size(),
                 bytes.c_str());
  }
}
