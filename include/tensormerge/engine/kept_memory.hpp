#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
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
    const auto fitting = returned_.lower_bound(bytes);
    if (fitting != returned_.end()) return std::move(returned_.extract(fitting).mapped());
    // What was given back is too small: it makes room for what is not.
    while (rest_ < bytes && !returned_.empty()) {
      rest_ += returned_.begin()->first;
      returned_.erase(returned_.begin());
    }
    if (rest_ < bytes) return {};
    rest_ -= bytes;
    return {std::make_unique_for_overwrite<std::byte[]>(bytes), bytes};
  }

  void give_back(std::vector<piece> pieces) {
    for (piece& each : pieces) {
      const std::size_t size = each.size;
      if (size > 0) returned_.emplace(size, std::move(each));
    }
  }

 private:
  std::multimap<std::size_t, piece> returned_;  // by size
  std::uint64_t rest_;  // what may still be handed out
};

}  // namespace tensormerge
