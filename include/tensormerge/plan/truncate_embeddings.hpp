#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/checkpoint/tensor_entry.hpp>
#include <tensormerge/dtype/dtype.hpp>
#include <tensormerge/plan/entry_adjustment.hpp>
#include <tensormerge/plan/finding_groups.hpp>
#include <tensormerge/plan/tensor_request.hpp>
#include <tensormerge/plan/tensor_role.hpp>
#include <tensormerge/tensor/shape.hpp>

namespace tensormerge {

/// Cuts tensors with a row for each token to as many rows as the shortest of them has, and warns of
/// each: nothing shows that the rows that stay belong to the same tokens.
class embedding_truncation final : public entry_adjustment {
 public:
  explicit embedding_truncation(finding_groups& findings) : findings_(findings) {}

  std::optional<std::vector<tensor_entry>> adjust(const tensor_request& request,
                                                  std::vector<tensor_entry> entries) override {
    if (!has_row_per_token(request.name)) return entries;
    std::uint64_t fewest = entries.front().dims.column_length();
    std::uint64_t most = fewest;
    for (const tensor_entry& entry : entries) {
      if (entry.dims.extents.empty()) return entries;
      fewest = std::min(fewest, entry.dims.column_length());
      most = std::max(most, entry.dims.column_length());
    }
    if (fewest == most) return entries;
    if (fewest == 0) {
      findings_.add("vocabularies without tokens",
                    {.path = quoted_name(request.name),
                     .what = "a model has no row for any token"});
      return std::nullopt;
    }
    findings_.add("truncated tensors",
                  {.level = severity::warning,
                   .path = quoted_name(request.name),
                   .what = "the vocabularies are cut to the smallest, " + std::to_string(fewest) +
                           " of up to " + std::to_string(most) + " rows",
                   .hint = "this is right only if these tokens have the same ids in all models; "
                           "`tokenizer: {source: base}` aligns the vocabularies instead"});
    for (tensor_entry& entry : entries) {
      entry.dims.extents.front() = fewest;
      entry.bytes = entry.dims.elements() * bytes_per_element(entry.type);
    }
    return entries;
  }

 private:
  finding_groups& findings_;
};

}  // namespace tensormerge
