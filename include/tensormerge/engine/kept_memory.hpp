#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace tensormerge {

/// Hands out memory that holds what was read of tensors from one round of observation to the next,
/// up to a limit, and takes it back for the next tensor. Threads may not share it without a lock.
class kept_memory {
 public:
  /// Uninitialised bytes; none where the limit was reached.
  struct piece {
    std::unique_ptr<std::byte[]> bytes;
    std::size_t size = 0;
  };

  /// Hands out `limit` bytes at most.
  explicit kept_memory(std::uint64_t limit) : rest_(limit) {}

  /// At least so many bytes, or an empty piece.
  piece take(std::size_t bytes) {
    if (!returned_.empty() && returned_.back().size >= bytes) {
      piece result = std::move(returned_.back());
      returned_.pop_back();
      return result;
    }
    if (rest_ < bytes) return {};
    rest_ -= bytes;
    return {std::make_unique_for_overwrite<std::byte[]>(bytes), bytes};
  }

  void give_back(std::vector<piece> pieces) {
    for (piece& each : pieces) {
      if (each.size > 0) returned_.push_back(std::move(each));
    }
  }

 private:
  std::vector<piece> returned_;
  std::uint64_t rest_;  // what may still be handed out
};

}  // namespace tensormerge
