#pragma once

#include <filesystem>
#include <list>
#include <string>

#include <tensormerge/config/merge_config.hpp>
#include <tensormerge/plan/plan_options.hpp>

#include "merge_options.hpp"

/// The options that every program of mergekit takes: those that mean something here, and those that
/// are accepted so that its command lines work as they are.
struct mergekit_options : merge_options {
  std::filesystem::path transformers_cache;
  bool allow_crimes = false;
  bool truncate_embeddings = false;
  bool write_model_card = true;
  bool safe_serialization = true;

  void add_to(CLI::App& command);

  /// Says which options have no effect: those that ask for another machine in any case, the others
  /// with -v.
  void finish();

  tensormerge::plan_options planning() const;

  /// The methods, with the numerics that were asked for.
  tensormerge::method_table methods() const;

 private:
  struct without_effect {
    std::string name;
    std::string reason;
    bool always_said = false;
    bool given = false;
    std::string value;
  };

  std::list<without_effect> without_effect_;  // the parser keeps pointers into it
};

/// Carries out a configuration of which `text` is the source; `options` are finished.
void merge_one(mergekit_options& options, const tensormerge::merge_config& config,
               const std::string& text);
