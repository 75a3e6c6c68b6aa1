#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tensormerge/check/finding_list.hpp>
#include <tensormerge/check/layer_rules.hpp>
#include <tensormerge/check/merge_view.hpp>
#include <tensormerge/check/setting_rules.hpp>

namespace tensormerge {

namespace detail {

/// Checks what a schema cannot say of a configuration of MergeKit for MLX.
class mlx_checker {
 public:
  mlx_checker(const node& root, const std::vector<method_info>& methods, finding_list& findings)
      : root_(root), methods_(methods), findings_(findings) {}

  void check() {
    read_models();
    const node* slices = root_.find("slices");
    for (std::size_t i = 0; slices != nullptr && i < slices->items.size(); ++i) {
      check_slice(slices->items[i], "slices[" + std::to_string(i) + ']');
    }
    check_cover();
    const node* tokenizer = root_.find("tokenizer");
    const node* source = tokenizer == nullptr ? nullptr : tokenizer->find("source");
    if (source != nullptr) check_name(*source, "tokenizer.source");
    if (root_.find("merge_method") != nullptr) {
      findings_.add("unread-key", {.at = key_position(root_, "merge_method"),
                                   .path = "merge_method",
                                   .what = "a method at the top level is not read",
                                   .hint = "each slice has its own `merge_method`"});
    }
  }

 private:
  void read_models() {
    const node* models = root_.find("models");
    if (models == nullptr || !models->is_sequence()) return;
    const node* base = nullptr;
    bool readable = !models->items.empty();
    for (std::size_t i = 0; i < models->items.size(); ++i) {
      const node& each = models->items[i];
      const node *name = each.find("name"), *path = each.find("path"),
                 *marked = each.find("base_model");
      readable = readable && name != nullptr && name->is_string() && each.is_mapping();
      if (name == nullptr || !name->is_string()) continue;
      if (std::find(names_.begin(), names_.end(), name->text) != names_.end()) {
        findings_.add("merge-names", {.at = name->at,
                                      .path = "models[" + std::to_string(i) + "].name",
                                      .what = "two models are named " + in_backticks(name->text)});
      }
      names_.push_back(name->text);
      paths_.push_back(path == nullptr ? std::string() : path->text);
      if (marked == nullptr || marked->type != node::kind::boolean || marked->number == 0) continue;
      if (base != nullptr) {
        findings_.add("conflict", {.at = key_position(each, "base_model"),
                                   .path = "models[" + std::to_string(i) + "].base_model",
                                   .what = "two models are marked as the base",
                                   .hint = "leave `base_model: true` to one of them"});
      }
      base = marked;
    }
    if (readable && base == nullptr) {
      findings_.add("missing-key", {.at = key_position(root_, "models"),
                                    .path = "models",
                                    .what = "no model is marked as the base",
                                    .hint = "give one of them `base_model: true`"});
    }
    all_read_ = readable;
  }

  void check_name(const node& value, const std::string& path) {
    if (!value.is_string() || !all_read_) return;
    if (std::find(names_.begin(), names_.end(), value.text) != names_.end()) return;
    std::string hint = did_you_mean(
        value.text, std::vector<std::string_view>(names_.begin(), names_.end()));
    for (std::size_t i = 0; i < paths_.size(); ++i) {
      if (paths_[i] == value.text) hint = "write `" + names_[i] + "`, the name of this path";
    }
    findings_.add("wrong-value", {.at = value.at,
                                  .path = path,
                                  .what = "no model is named " + in_backticks(value.text),
                                  .hint = hint});
  }

  void check_slice(const node& slice, const std::string& path) {
    const node* sources = slice.find("sources");
    const std::size_t count = sources == nullptr ? 0 : sources->items.size();
    for (std::size_t i = 0; i < count; ++i) {
      const std::string own = path + ".sources[" + std::to_string(i) + ']';
      const node& source = sources->items[i];
      const node* model = source.find("model");
      if (model != nullptr) check_name(*model, own + ".model");
      const node* given = source.find("layer_range");
      const auto range = check_layer_range(given, own + ".layer_range", findings_);
      if (given == nullptr) all_ranges_read_ = false;
      if (i == 0 && range) made_.push_back(*range);
      if (i == 0 && given != nullptr && !range) all_ranges_read_ = false;
    }
    const node* method = slice.find("merge_method");
    if (count == 1 && method != nullptr && method->text != "passthrough") {
      findings_.add("wrong-number-of-models",
                    {.at = method->at,
                     .path = path + ".merge_method",
                     .what = method->text + " cannot merge one source",
                     .hint = "one source is for passthrough, two are for the other methods"});
    }
    const node* parameters = slice.find("parameters");
    if (parameters == nullptr) return;
    check_settings(*parameters, path + ".parameters", methods_, findings_, "default-not-last");
    if (const node* density = parameters->find("density");
        density != nullptr && method != nullptr && method->text != "dare") {
      findings_.add("unused-parameter", {.at = key_position(*parameters, "density"),
                                         .path = path + ".parameters",
                                         .what = "`density` is not used by " + method->text,
                                         .hint = "remove it"});
    }
  }

  /// The layers of the base that the first sources name.
  void check_cover() {
    if (!all_ranges_read_) return;
    std::stable_sort(made_.begin(), made_.end(), [](const layer_range& a, const layer_range& b) {
      return a.begin < b.begin;
    });
    for (std::size_t i = 1; i < made_.size(); ++i) {
      const layer_range &before = made_[i - 1], &range = made_[i];
      if (range.begin < before.end) {
        findings_.add("overlapping-layers",
                      {.at = range.at,
                       .path = "slices",
                       .what = "layer " + std::to_string(range.begin) +
                               " of the base is made by a slice before"});
      } else if (range.begin > before.end) {
        findings_.add("uncovered-layers",
                      {.at = range.at,
                       .path = "slices",
                       .what = "layers " + std::to_string(before.end) + " to " +
                               std::to_string(range.begin - 1) +
                               " of the base are made by no slice and stay as they are"});
      }
    }
  }

  const node& root_;
  const std::vector<method_info>& methods_;
  finding_list& findings_;
  std::vector<std::string> names_, paths_;
  std::vector<layer_range> made_;
  bool all_read_ = false, all_ranges_read_ = true;
};

}  // namespace detail

inline void check_mlx(const node& root, const std::vector<method_info>& methods,
                      finding_list& findings) {
  detail::mlx_checker(root, methods, findings).check();
}

}  // namespace tensormerge
