#pragma once

#include <cmath>
#include <cstdint>

#include <tensormerge/dtype/block/block_format.hpp>
#include <tensormerge/plan/merge_plan.hpp>

namespace tensormerge {

/// The bytes that carrying out a plan moves.
struct plan_traffic {
  std::uint64_t read = 0;
  std::uint64_t written = 0;
};

inline plan_traffic traffic_of(const merge_plan& plan) {
  plan_traffic traffic;
  const auto read = [&traffic](const planned_source& source) {
    const auto& packing = source.tensor->packing;
    traffic.read +=
        packing ? packed_bytes(*packing, source.tensor->dims.elements()) : source.tensor->bytes;
  };
  for (const planned_tensor& tensor : plan.tensors) {
    if (tensor.base) read(*tensor.base);
    for (const planned_source& input : tensor.inputs) read(input);
    traffic.written += tensor.bytes();
  }
  return traffic;
}

/// The least whole number of seconds that the traffic takes where storage moves 1 GB a second.
inline double least_seconds(plan_traffic traffic) {
  constexpr double bytes_a_second = 1e9;
  return std::ceil(static_cast<double>(traffic.read + traffic.written) / bytes_a_second);
}

}  // namespace tensormerge
