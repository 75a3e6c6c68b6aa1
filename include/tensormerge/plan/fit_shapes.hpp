#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/checkpoint.hpp>
#include <tensormerge/checkpoint/fitted_view.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/checkpoint/tensor_entry.hpp>
#include <tensormerge/checkpoint/tensor_reader.hpp>
#include <tensormerge/plan/entry_adjustment.hpp>
#include <tensormerge/plan/finding_groups.hpp>
#include <tensormerge/plan/merge_plan.hpp>
#include <tensormerge/plan/plan_options.hpp>
#include <tensormerge/plan/tensor_request.hpp>

namespace tensormerge {

/// Gives the tensors of a request one shape, and warns of every tensor that is changed for it.
class shape_fitting final : public entry_adjustment {
 public:
  /// `before`, if any, changes the entries first.
  shape_fitting(const std::vector<planned_model>& models, shape_policy policy,
                finding_groups& findings, entry_adjustment* before = nullptr)
      : models_(models), policy_(policy), findings_(findings), before_(before) {}

  std::optional<std::vector<tensor_entry>> adjust(const tensor_request& request,
                                                  std::vector<tensor_entry> entries) override {
    if (before_ != nullptr) {
      std::optional<std::vector<tensor_entry>> changed =
          before_->adjust(request, std::move(entries));
      if (!changed) return std::nullopt;
      entries = std::move(*changed);
    }
    const std::size_t lead = request.base.value_or(0);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (entries[i].dims == entries[lead].dims) continue;
      const shape before = entries[i].dims;
      const char* done = fit(request, entries, i, lead);
      findings_.add("tensors whose shapes were made equal",
                    {.level = severity::warning,
                     .file = models_[request.sources[i].model].folder.path.string(),
                     .path = quoted_name(entries[i].name),
                     .what = std::string("the shapes of the tensor differ: ") + done,
                     .expected = to_string(entries[lead].dims),
                     .found = to_string(before)});
    }
    return entries;
  }

 private:
  /// Replaces the entry, and says what was done.
  const char* fit(const tensor_request& request, std::vector<tensor_entry>& entries, std::size_t i,
                  std::size_t lead) {
    const shape& dims = entries[lead].dims;
    const std::vector<std::uint64_t>& own = entries[i].dims.extents;
    const bool is_like = own.size() == dims.extents.size() && !own.empty() &&
                         entries[i].type == entries[lead].type;
    const bool covers = is_like && std::equal(own.begin(), own.end(), dims.extents.begin(),
                                              [](auto a, auto b) { return a >= b; });
    const bool is_fitted = (policy_ == shape_policy::pad && is_like) ||
                           (policy_ == shape_policy::truncate && covers);
    const fitted_view::byte_source base = reader_of(request, entries[lead], lead);
    tensor_entry changed = entries[lead];
    changed.name = entries[i].name;
    changed.view = std::make_shared<fitted_view>(
        is_fitted ? reader_of(request, entries[i], i) : base,
        is_fitted ? entries[i].dims : dims, base, dims, bytes_per_element(changed.type));
    entries[i] = std::move(changed);
    if (!is_fitted) return "the base's is taken";
    return covers ? "it is cut" : "it is filled with the base's elements";
  }

  /// One open file serves all tensors that it holds.
  fitted_view::byte_source reader_of(const tensor_request& request, tensor_entry entry,
                                     std::size_t source) {
    if (entry.view != nullptr) {
      return [view = entry.view](std::uint64_t offset, std::span<std::byte> into) {
        view->read(offset, into);
      };
    }
    const std::size_t model = request.sources[source].model;
    std::shared_ptr<const tensor_reader>& reader = readers_[{model, entry.file}];
    if (reader == nullptr) {
      const std::filesystem::path& file = models_[model].folder.weights.files()[entry.file];
      reader = std::make_shared<const tensor_reader>(checkpoint({file}, {}));
    }
    entry.file = 0;
    return [reader, entry](std::uint64_t offset, std::span<std::byte> into) {
      reader->read(entry, offset, into);
    };
  }

  const std::vector<planned_model>& models_;
  shape_policy policy_;
  finding_groups& findings_;
  entry_adjustment* before_;
  std::map<std::pair<std::size_t, std::uint32_t>, std::shared_ptr<const tensor_reader>> readers_;
};

}  // namespace tensormerge
