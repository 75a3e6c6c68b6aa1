#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tensormerge {

/// A tensor that is made while it is read: an adapter added, rows in another order, an axis cut.
/// Views read what they are made of themselves, and may be stacked.
class tensor_view {
 public:
  virtual ~tensor_view() = default;

  /// Fills `into` with the tensor's bytes from `byte_offset` on; both are multiples of an element's
  /// bytes. Same range, same bytes; threads may share a view. Throws failure.
  virtual void read(std::uint64_t byte_offset, std::span<std::byte> into) const = 0;
};

}  // namespace tensormerge
