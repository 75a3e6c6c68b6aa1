#pragma once

#include <atomic>
#include <cstdint>

namespace tensormerge {

/// How far a merge is; written by its threads, read by whoever shows it.
struct progress {
  std::atomic<std::uint64_t> bytes_done = 0;  // of the output
  std::atomic<std::uint64_t> bytes_total = 0;
  std::atomic<std::uint64_t> tensors_done = 0;
  std::atomic<std::uint64_t> tensors_total = 0;
};

}  // namespace tensormerge
