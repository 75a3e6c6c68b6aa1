#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/tensor_entry.hpp>
#include <tensormerge/checkpoint/tensor_view.hpp>
#include <tensormerge/dtype/block/block_format.hpp>

namespace tensormerge {

/// A tensor that is stored in blocks, as float32.
class packed_view : public tensor_view {
 public:
  /// The bytes of memory that reading takes beside what is filled, at most.
  static constexpr std::uint64_t buffer_bytes = std::uint64_t{1} << 16;

  explicit packed_view(block_format format) : format_(format) {}

  block_format format() const { return format_; }

  /// Fills `into` with whole blocks from number `first` on. Throws failure.
  virtual void read_blocks(std::uint64_t first, std::span<std::byte> into) const = 0;

  void read(std::uint64_t byte_offset, std::span<std::byte> into) const final {
    const std::uint64_t block = elements_per_block(format_);
    const std::uint64_t bytes = bytes_per_block(format_);
    std::uint64_t first = byte_offset / sizeof(float);
    std::uint64_t count = into.size() / sizeof(float);
    std::vector<std::byte> buffer;
    std::byte* to = into.data();
    while (count > 0) {
      const std::uint64_t skipped = first % block;
      const bool is_whole = skipped == 0 && count >= block;
      const std::uint64_t blocks = is_whole ? std::min(count / block, buffer_bytes / bytes) : 1;
      const std::uint64_t taken = is_whole ? blocks * block : std::min(block - skipped, count);
      buffer.resize(static_cast<std::size_t>(blocks * bytes));
      read_blocks(first / block, buffer);
      if (is_whole) {
        decode_blocks(format_, buffer, {reinterpret_cast<float*>(to), std::size_t(taken)});
      } else {
        std::array<float, 256> values{};
        decode_blocks(format_, buffer, {values.data(), std::size_t(block)});
        std::memcpy(to, values.data() + skipped, std::size_t(taken) * sizeof(float));
      }
      first += taken;
      count -= taken;
      to += taken * sizeof(float);
    }
  }

 private:
  block_format format_;
};

/// Whether the tensor is stored in blocks of that format, and no other view changes it.
inline bool lies_packed(const tensor_entry& tensor, block_format format) {
  const auto* view = dynamic_cast<const packed_view*>(tensor.view.get());
  return view != nullptr && view->format() == format;
}

/// The blocks of a tensor as they are.
class packed_bytes_view final : public tensor_view {
 public:
  explicit packed_bytes_view(std::shared_ptr<const packed_view> blocks)
      : blocks_(std::move(blocks)) {}

  /// Of whole blocks.
  void read(std::uint64_t byte_offset, std::span<std::byte> into) const override {
    blocks_->read_blocks(byte_offset / bytes_per_block(blocks_->format()), into);
  }

 private:
  std::shared_ptr<const packed_view> blocks_;
};

}  // namespace tensormerge
