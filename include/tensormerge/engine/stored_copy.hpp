#pragma once

#include <cstdint>
#include <numeric>

#include <tensormerge/checkpoint/block_view.hpp>
#include <tensormerge/dtype/block/block_format.hpp>
#include <tensormerge/engine/method_table.hpp>
#include <tensormerge/plan/merge_plan.hpp>

namespace tensormerge {

/// Whether a tensor is stored as its first input is read, or lies, so that nothing is computed. The
/// method is nullptr where there is none, as copies need none.
inline bool is_stored_copy(const planned_tensor& tensor, const method_entry* method) {
  if (tensor.packing && (tensor.inputs.empty() ||
                         !lies_packed(*tensor.inputs.front().tensor, *tensor.packing))) {
    return false;
  }
  return tensor.is_copy || (method != nullptr && method->copies(tensor));
}

/// The number of elements of which a range of the tensor has a multiple: what its method asks for,
/// and whole blocks.
inline std::uint64_t range_alignment(const planned_tensor& tensor, std::uint64_t method_alignment) {
  if (!tensor.packing) return method_alignment;
  return std::lcm(method_alignment, std::uint64_t{elements_per_block(*tensor.packing)});
}

}  // namespace tensormerge
