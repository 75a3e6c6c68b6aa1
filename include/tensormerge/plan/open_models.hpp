#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/find_model.hpp>
#include <tensormerge/checkpoint/model_folder.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/config/model_reference.hpp>
#include <tensormerge/plan/finding_groups.hpp>
#include <tensormerge/plan/lora/apply_adapter.hpp>
#include <tensormerge/plan/merge_plan.hpp>
#include <tensormerge/plan/plan_options.hpp>

namespace tensormerge {

/// Opens each model once, with its adapter, under its name in the configuration. Problems go to the
/// findings; a model that has one stays in the list without tensors.
class model_opener {
 public:
  model_opener(std::vector<planned_model>& models, const plan_options& options,
               finding_groups& findings)
      : models_(models), options_(options), findings_(findings) {}

  /// The index of the model that the reference names.
  std::size_t open(const model_reference& reference) {
    return open(reference.text(), reference);
  }

  /// The same for a model that the configuration calls by a name of its own.
  std::size_t open(const std::string& name, const model_reference& reference) {
    const auto known = std::find_if(models_.begin(), models_.end(),
                                    [&name](const planned_model& m) { return m.name == name; });
    if (known != models_.end()) return static_cast<std::size_t>(known - models_.begin());
    models_.push_back({name, read(reference)});
    return models_.size() - 1;
  }

 private:
  model_folder read(const model_reference& reference) {
    const auto place = find(reference, reference.path, reference.revision);
    const bool has_adapter = !reference.lora_path.empty();
    const auto adapter = has_adapter ? find(reference, reference.lora_path, reference.lora_revision)
                                     : std::nullopt;
    if (!place || (has_adapter && !adapter)) return {};
    try {
      model_folder model = model_folder::open(*place);
      if (adapter) apply_adapter(model.weights, *adapter);
      return model;
    } catch (const failure& problem) {
      for (const diagnostic& finding : problem.findings()) findings_.add("broken files", finding);
      return {};
    }
  }

  /// Where a model or an adapter lies; none, reported, where it is nowhere.
  std::optional<std::filesystem::path> find(const model_reference& reference,
                                            const std::string& path, const std::string& revision) {
    std::optional<std::filesystem::path> place = find_model(path, revision, options_.search);
    if (!place) report(reference, model_not_found(path, revision, options_.search));
    return place;
  }

  void report(const model_reference& reference, diagnostic finding) {
    finding.file = options_.config_file;
    finding.at = reference.at;
    findings_.add("models that cannot be used", std::move(finding));
  }

  std::vector<planned_model>& models_;
  const plan_options& options_;
  finding_groups& findings_;
};

}  // namespace tensormerge
