#pragma once

#include <cstdint>

namespace tensormerge {

/// Bytes of memory of which parts are taken and given back. Threads share it under a lock only.
class memory_budget {
 public:
  explicit memory_budget(std::uint64_t limit) : rest_(limit) {}

  /// Takes all of `bytes` or, where they are not left, none; returns whether it took them.
  bool take(std::uint64_t bytes) {
    if (bytes > rest_) return false;
    rest_ -= bytes;
    return true;
  }
  void give_back(std::uint64_t bytes) { rest_ += bytes; }

 private:
  std::uint64_t rest_;
};

}  // namespace tensormerge
