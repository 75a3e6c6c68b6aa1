#pragma once

#include <cstdint>
#include <filesystem>

#include <tensormerge/engine/method_table.hpp>
#include <tensormerge/engine/write_model.hpp>
#include <tensormerge/plan/merge_plan.hpp>
#include <tensormerge/plan/plan_options.hpp>

namespace CLI {
class App;
}

/// What every subcommand that merges takes.
struct merge_options {
  std::filesystem::path config;
  std::filesystem::path output;
  std::filesystem::path models_dir;
  bool quiet = false;
  int verbosity = 0;  // 1: more is said; 2: the plan is shown too
  bool dry_run = false;
  std::uint64_t max_memory = 0;  // bytes; 0: no limit
  bool lenient = false;
  tensormerge::shape_policy shapes = tensormerge::shape_policy::error;
  tensormerge::write_options write;

  void add_to(CLI::App& command);
  /// Of the subcommands whose output may be in several files.
  void add_shard_size_to(CLI::App& command);
};

/// Shows the plan's warnings, then prints it (`--dry-run`) or carries it out.
void carry_out(const tensormerge::merge_plan& plan, const tensormerge::method_table& methods,
               const merge_options& options);
