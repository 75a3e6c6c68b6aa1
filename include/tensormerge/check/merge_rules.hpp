#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <tensormerge/check/dialect.hpp>
#include <tensormerge/check/finding_list.hpp>
#include <tensormerge/check/layer_rules.hpp>
#include <tensormerge/check/merge_view.hpp>
#include <tensormerge/check/method_rules.hpp>
#include <tensormerge/check/setting_rules.hpp>
#include <tensormerge/check/tokenizer_rules.hpp>
#include <tensormerge/method/parameter_info.hpp>

namespace tensormerge {

namespace detail {

/// Keys that are let through and read by nothing.
inline void check_unread_keys(const node& root, dialect kind, finding_list& findings) {
  const auto report = [&](const node& owner, std::string_view key, const std::string& path,
                          std::string what) {
    if (owner.find(key) == nullptr) return;
    findings.add("unread-key",
                 {.at = key_position(owner, key), .path = path, .what = std::move(what)});
  };
  report(root, "description", {}, "`description` is not read");
  if (const node* slices = root.find("slices"); slices != nullptr) {
    for (std::size_t i = 0; i < slices->items.size(); ++i) {
      report(slices->items[i], "residual_weight", "slices[" + std::to_string(i) + ']',
             "`residual_weight` is used by no method");
    }
  }
  const node* models = root.find("models");
  for (std::size_t i = 0; kind == dialect::raw && models != nullptr && i < models->items.size();
       ++i) {
    report(models->items[i], "layer_range", "models[" + std::to_string(i) + ']',
           "`layer_range` is not read: files are merged whole");
  }
}

/// All `parameters` sections of a merge, each once.
inline void check_all_settings(const merge_view& merge, const std::vector<method_info>& methods,
                               finding_list& findings) {
  std::unordered_set<const node*> seen;
  const auto visit = [&](const node* section, const std::string& path) {
    if (section == nullptr || !seen.insert(section).second) return;
    check_settings(*section, path, methods, findings);
  };
  for (const slice_view& slice : merge.slices) {
    for (const auto& [section, path] : slice.scopes) visit(section, path);
    for (const input_view& input : slice.inputs) {
      visit(input.parameters, input.path + ".parameters");
    }
  }
  const node* by_model = merge.root->find("input_model_parameters");
  if (by_model == nullptr) return;
  for (const node_entry& entry : by_model->entries) {
    visit(&entry.value, "input_model_parameters." + entry.key);
  }
}

}  // namespace detail

/// Checks what a schema cannot say of a merge in mergekit's dialect, as far as it can be read.
inline void check_merge(const node& root, dialect kind, const std::vector<method_info>& methods,
                        finding_list& findings) {
  const merge_view merge = view_merge(root);
  for (const method_info& method : methods) {
    if (method.facts.name != merge.method) continue;
    method_checker(merge, method, methods, kind, findings).check();
  }
  check_layers(merge, findings);
  detail::check_all_settings(merge, methods, findings);
  check_tokenizer(merge, findings);
  detail::check_unread_keys(root, kind, findings);
}

}  // namespace tensormerge
