#pragma once

#include <filesystem>
#include <cstddef>
#include <string>
#include <vector>

#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/document/node.hpp>
#include <tensormerge/plan/finding_groups.hpp>
#include <tensormerge/plan/merge_plan.hpp>

namespace tensormerge {

/// What a config.json says the model is: the first of `architectures`, else `model_type`; empty
/// where it says neither.
inline std::string architecture_of(const node& config) {
  const node* list = config.find("architectures");
  if (list != nullptr && list->is_sequence() && !list->items.empty() &&
      list->items.front().is_string()) {
    return list->items.front().text;
  }
  const node* type = config.find("model_type");
  return type != nullptr && type->is_string() ? type->text : std::string{};
}

/// Reports models whose architecture is not that of the first model that states one.
inline void check_architectures(const std::vector<planned_model>& models,
                                finding_groups& findings) {
  const planned_model* first = nullptr;
  std::string expected;
  for (const planned_model& model : models) {
    const std::string architecture = architecture_of(model.folder.config);
    if (architecture.empty()) continue;
    if (first == nullptr) {
      first = &model;
      expected = architecture;
    } else if (architecture != expected) {
      const std::filesystem::path& place = model.folder.path;
      const bool is_gguf = model.folder.gguf != nullptr;
      findings.add("models of another architecture",
                   {.file = (is_gguf ? place : place / "config.json").string(),
                    .path = is_gguf ? "general.architecture" : "architectures",
                    .what = "the models have different architectures",
                    .expected = quoted_name(expected) + " as " + quoted_name(first->name),
                    .found = quoted_name(architecture) + " for " + quoted_name(model.name),
                    .hint = "--allow-crimes merges them where their tensors fit all the same"});
    }
  }
}

}  // namespace tensormerge
