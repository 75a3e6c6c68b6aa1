#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/checkpoint/tensor_entry.hpp>
#include <tensormerge/dtype/dispatch.hpp>
#include <tensormerge/dtype/dtype.hpp>
#include <tensormerge/plan/finding_groups.hpp>
#include <tensormerge/plan/merge_plan.hpp>
#include <tensormerge/plan/packed_weights.hpp>
#include <tensormerge/plan/tensor_request.hpp>
#include <tensormerge/plan/tensor_role.hpp>

namespace tensormerge {

/// Finds the tensors that requests name in the models, and reports what keeps them from a merge.
class source_tensors {
 public:
  source_tensors(const std::vector<planned_model>& models, finding_groups& findings)
      : models_(models), findings_(findings) {}

  /// What the sources of a request hold.
  struct found_sources {
    std::vector<shared_entry> entries{};  // nothing where the tensor is not made
    bool is_carried_over = false;                // the only entry, whatever the method
  };

  /// The entries of the request's sources, of which it keeps those that have the tensor. Sources
  /// that lack it are reported, and keep the tensor from being made unless the request's policy
  /// and its method let it be made of the rest.
  found_sources find(tensor_request& request) {
    std::vector<shared_entry> entries;
    std::vector<std::size_t> present, missing;
    for (std::size_t i = 0; i < request.sources.size(); ++i) {
      const source_request& source = request.sources[i];
      const checkpoint& weights = models_[source.model].folder.weights;
      const tensor_entry* entry = find_or_tied(weights, source.name);
      (entry != nullptr ? present : missing).push_back(i);
      if (entry != nullptr) entries.push_back(weights.share(*entry));
    }
    if (missing.empty()) return {std::move(entries), false};
    if (is_derived_buffer(request.sources[missing.front()].name)) {
      warn(request.sources[missing.front()], "buffers that not all models have are left out");
      return {};
    }
    const partial_outcome outcome = judge(request, entries, present);
    const source_request& first = request.sources[missing.front()];
    switch (outcome) {
      case partial_outcome::refused:
        for (const std::size_t i : missing) report_missing(request, request.sources[i]);
        return {};
      case partial_outcome::left_out:
        warn(first, "tensors that too few models have are left out");
        return {};
      case partial_outcome::carried_over:
        warn(first, "tensors that one model alone has are taken from it as they are");
        break;
      case partial_outcome::merged:
        warn(first, "tensors that not all models have are merged of those that do");
        break;
    }
    keep(request, present);
    return {std::move(entries), outcome == partial_outcome::carried_over};
  }

  /// Whether all shapes are equal, even where they could be broadcast.
  bool have_one_shape(const tensor_request& request,
                    const std::vector<shared_entry>& entries) {
    const shape& first = entries[0]->dims;
    for (std::size_t i = 1; i < entries.size(); ++i) {
      const shape& dims = entries[i]->dims;
      if (dims == first) continue;
      bool only_rows = dims.extents.size() == first.extents.size() && !first.extents.empty();
      for (std::size_t axis = 1; only_rows && axis < first.extents.size(); ++axis) {
        only_rows = dims.extents[axis] == first.extents[axis];
      }
      const source_request& source = request.sources[i];
      std::string hint;
      if (only_rows && has_row_per_token(request.name)) {
        hint = "the vocabularies differ: `tokenizer: {source: base}` or `tokenizer: {source: "
               "union}` aligns them";
      }
      findings_.add("tensors whose shapes differ",
                    {.file = model_path(source),
                     .path = quoted_name(source.name),
                     .what = "the shapes of the tensor differ",
                     .expected = to_string(first) + " as in " +
                                 quoted_name(model_name(request.sources[0])),
                     .found = to_string(dims) + " in " + quoted_name(model_name(source)),
                     .hint = std::move(hint)});
      return false;
    }
    return true;
  }

  /// Whether every source is one of floats.
  bool are_mergeable(const tensor_request& request,
                     const std::vector<shared_entry>& entries) {
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (is_mergeable(entries[i]->type)) continue;
      findings_.add("tensors of a type that cannot be merged",
                    {.file = model_path(request.sources[i]),
                     .path = quoted_name(request.sources[i].name),
                     .what = "the tensor's type cannot be merged",
                     .expected = "floats",
                     .found = std::string(to_string(entries[i]->type)) + " in " +
                              quoted_name(model_name(request.sources[i]))});
      return false;
    }
    return true;
  }

  /// Whether no source is a part of a packed weight, or it is only passed through.
  bool are_unpacked(const tensor_request& request,
                    const std::vector<shared_entry>& entries) {
    if (entries.size() == 1 && request.method->facts.name == "passthrough") return true;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const bool is_wide = is_float(entries[i]->type) && bytes_per_element(entries[i]->type) > 1;
      if (is_wide && entries[i]->name.ends_with(".weight")) continue;  // the usual case
      const checkpoint& weights = models_[request.sources[i].model].folder.weights;
      const std::optional<std::string_view> format = packed_format(weights, entries[i]->name);
      if (!format) continue;
      findings_.add("packed tensors",
                    {.file = model_path(request.sources[i]),
                     .path = quoted_name(request.sources[i].name),
                     .what = "the tensor is a part of a quantised weight, which cannot be merged",
                     .expected = "weights that are plain floats",
                     .found = std::string(*format) + " in " +
                              quoted_name(model_name(request.sources[i])),
                     .hint = "merge the models that were quantised, or their dequantised weights"});
      return false;
    }
    return true;
  }

  /// Whether sources that are no floats have the type of `chosen`.
  bool have_type_of(std::size_t chosen, const tensor_request& request,
                    const std::vector<shared_entry>& entries) {
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (entries[i]->type == entries[chosen]->type) continue;
      findings_.add("tensors of a type that cannot be merged",
                    {.file = model_path(request.sources[i]),
                     .path = quoted_name(request.sources[i].name),
                     .what = "the tensor is not of floats, and its types differ",
                     .expected = std::string(to_string(entries[chosen]->type)) + " as in " +
                                 quoted_name(model_name(request.sources[chosen])),
                     .found = std::string(to_string(entries[i]->type)) + " in " +
                              quoted_name(model_name(request.sources[i]))});
      return false;
    }
    return true;
  }

 private:
  static partial_outcome judge(const tensor_request& request,
                               const std::vector<shared_entry>& entries,
                               const std::vector<std::size_t>& present) {
    const bool is_vector = std::all_of(entries.begin(), entries.end(), [](const auto& entry) {
      return entry->dims.extents.size() <= 1;
    });
    const bool may_be = request.partial == partial_policy::all ||
                        (request.partial == partial_policy::vectors && is_vector);
    if (!may_be || present.empty()) return partial_outcome::refused;
    const bool base_has_it =
        request.base && std::find(present.begin(), present.end(), *request.base) != present.end();
    return judge_partial(request.method->facts, request.base.has_value(), base_has_it,
                         present.size() - (base_has_it ? 1 : 0));
  }

  static void keep(tensor_request& request, const std::vector<std::size_t>& present) {
    std::vector<source_request> kept;
    std::optional<std::size_t> base, token_base;
    for (const std::size_t i : present) {
      if (i == request.base) base = kept.size();
      if (i == request.token_base) token_base = kept.size();
      kept.push_back(std::move(request.sources[i]));
    }
    request.sources = std::move(kept);
    request.base = base;
    request.token_base = token_base;
  }

  void warn(const source_request& source, std::string what) {
    findings_.add_once(what, {.level = severity::warning,
                              .file = model_path(source),
                              .what = what,
                              .found = "no " + quoted_name(source.name)});
  }

  void report_missing(const tensor_request& request, const source_request& source) {
    const bool may_help = request.partial == partial_policy::vectors;
    findings_.add("missing tensors",
                  {.file = model_path(source),
                   .path = quoted_name(source.name),
                   .what = "the model " + quoted_name(model_name(source)) +
                           " lacks a tensor that the merge needs",
                   .hint = may_help ? "--allow-crimes merges what only some models have, where the "
                                      "method can"
                                    : ""});
  }

  const std::string& model_name(const source_request& source) const {
    return models_[source.model].name;
  }
  std::string model_path(const source_request& source) const {
    return models_[source.model].folder.path.string();
  }

  const std::vector<planned_model>& models_;
  finding_groups& findings_;
};

}  // namespace tensormerge
