#pragma once

#include <optional>
#include <vector>

#include <tensormerge/checkpoint/tensor_entry.hpp>
#include <tensormerge/plan/tensor_request.hpp>

namespace tensormerge {

/// Changes what the tensors of a request are before they are merged.
class entry_adjustment {
 public:
  virtual ~entry_adjustment() = default;

  /// The tensors to merge in place of these, which are those of the request's sources in their
  /// order. None where a problem was found, which is reported.
  virtual std::optional<std::vector<tensor_entry>> adjust(const tensor_request& request,
                                                          std::vector<tensor_entry> entries) = 0;
};

}  // namespace tensormerge
