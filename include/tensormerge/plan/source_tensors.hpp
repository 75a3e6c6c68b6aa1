#pragma once

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

  /// The entries of all sources; nothing where one is missing, which is reported.
  std::vector<const tensor_entry*> find(const tensor_request& request) {
    std::vector<const tensor_entry*> entries;
    for (const source_request& source : request.sources) {
      const tensor_entry* entry = find_or_tied(models_[source.model].folder.weights, source.name);
      if (entry != nullptr) {
        entries.push_back(entry);
      } else if (is_derived_buffer(source.name)) {
        findings_.add_once("left out",
                           {.level = severity::warning,
                            .file = model_path(source),
                            .what = "buffers that not all models have are left out",
                            .found = "no " + quoted_name(source.name)});
        return {};
      } else {
        findings_.add("missing tensors",
                      {.file = model_path(source),
                       .path = quoted_name(source.name),
                       .what = "the model " + quoted_name(model_name(source)) +
                               " lacks a tensor that the merge needs"});
      }
    }
    if (entries.size() != request.sources.size()) entries.clear();
    return entries;
  }

  /// Whether all shapes are equal, even where they could be broadcast.
  bool have_one_shape(const tensor_request& request,
                    const std::vector<const tensor_entry*>& entries) {
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
                     const std::vector<const tensor_entry*>& entries) {
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
                    const std::vector<const tensor_entry*>& entries) {
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
                    const std::vector<const tensor_entry*>& entries) {
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
