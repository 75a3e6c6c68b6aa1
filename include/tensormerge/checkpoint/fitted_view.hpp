#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/tensor_view.hpp>
#include <tensormerge/tensor/shape.hpp>

namespace tensormerge {

/// A tensor in the shape of another: cut where it is longer along an axis, and with the other's
/// elements where it is shorter. Both have the same number of axes, at least one, and elements of
/// the same bytes.
class fitted_view final : public tensor_view {
 public:
  /// Fills bytes of a stored tensor from an offset on.
  using byte_source = std::function<void(std::uint64_t, std::span<std::byte>)>;

  /// `own` reads the tensor of `own_dims`, `other` the one of the wanted shape `dims`.
  fitted_view(byte_source own, shape own_dims, byte_source other, shape dims,
              std::size_t element_bytes)
      : own_(std::move(own)),
        other_(std::move(other)),
        own_dims_(std::move(own_dims)),
        dims_(std::move(dims)),
        element_bytes_(element_bytes) {}

  void read(std::uint64_t byte_offset, std::span<std::byte> into) const override {
    const std::uint64_t row_bytes = dims_.extents.back() * element_bytes_;
    while (!into.empty()) {
      const std::uint64_t within = byte_offset % row_bytes;
      const std::uint64_t count = std::min<std::uint64_t>(row_bytes - within, into.size());
      read_row(byte_offset / row_bytes, within, into.first(static_cast<std::size_t>(count)));
      into = into.subspan(static_cast<std::size_t>(count));
      byte_offset += count;
    }
  }

 private:
  /// A part of one run along the last axis.
  void read_row(std::uint64_t row, std::uint64_t within, std::span<std::byte> into) const {
    const std::uint64_t row_bytes = dims_.extents.back() * element_bytes_;
    const std::uint64_t own_row_bytes = own_dims_.extents.back() * element_bytes_;
    std::uint64_t own_row = 0, stride = 1, rest = row;
    bool is_there = true;
    for (std::size_t axis = dims_.extents.size() - 1; axis-- > 0;) {
      const std::uint64_t place = rest % dims_.extents[axis];
      rest /= dims_.extents[axis];
      is_there = is_there && place < own_dims_.extents[axis];
      own_row += place * stride;
      stride *= own_dims_.extents[axis];
    }
    const std::uint64_t end = std::min(is_there ? own_row_bytes : 0, row_bytes);
    const auto own_bytes = static_cast<std::size_t>(
        std::min<std::uint64_t>(into.size(), end > within ? end - within : 0));
    if (own_bytes > 0) own_(own_row * own_row_bytes + within, into.first(own_bytes));
    if (own_bytes == into.size()) return;
    other_(row * row_bytes + within + own_bytes, into.subspan(own_bytes));
  }

  byte_source own_, other_;
  shape own_dims_, dims_;
  std::size_t element_bytes_;
};

}  // namespace tensormerge
