#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/file_descriptor.hpp>
#include <tensormerge/checkpoint/tensor_entry.hpp>
#include <tensormerge/checkpoint/tensor_view.hpp>
#include <tensormerge/dtype/block/block_format.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// A tensor that lies in a file in blocks, as float32.
class block_view final : public tensor_view {
 public:
  /// The bytes of memory that reading takes beside what is filled, at most.
  static constexpr std::uint64_t buffer_bytes = std::uint64_t{1} << 16;

  /// Of whole blocks, from byte `offset` of the file on.
  block_view(block_format format, std::uint64_t offset,
             std::filesystem::path file, std::shared_ptr<const file_descriptor> opened)
      : format_(format),
        offset_(offset),
        file_(std::move(file)),
        opened_(std::move(opened)) {}

  block_format format() const { return format_; }
  const std::filesystem::path& file() const { return file_; }
  std::uint64_t offset() const { return offset_; }

  void read(std::uint64_t byte_offset, std::span<std::byte> into) const override {
    const std::uint64_t block = elements_per_block(format_);
    std::uint64_t first = byte_offset / sizeof(float);
    std::uint64_t count = into.size() / sizeof(float);
    std::vector<std::byte> buffer;
    std::byte* to = into.data();
    while (count > 0) {
      const std::uint64_t skipped = first % block;
      const bool is_whole = skipped == 0 && count >= block;
      const std::uint64_t blocks =
          is_whole ? std::min(count / block, buffer_bytes / bytes_per_block(format_)) : 1;
      const std::uint64_t taken = is_whole ? blocks * block : std::min(block - skipped, count);
      read_blocks(first / block, blocks, buffer);
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
  void read_blocks(std::uint64_t first, std::uint64_t count, std::vector<std::byte>& into) const {
    const std::uint64_t bytes = bytes_per_block(format_);
    into.resize(static_cast<std::size_t>(count * bytes));
    if (read_at(*opened_, file_, offset_ + first * bytes, into) == into.size()) return;
    throw failure(diagnostic{.file = file_.string(),
                             .what = "the file became shorter after its header was read"});
  }

  block_format format_;
  std::uint64_t offset_;
  std::filesystem::path file_;
  std::shared_ptr<const file_descriptor> opened_;
};

/// Whether the tensor's elements lie in its file in blocks of that format, untouched by any other
/// view.
inline bool lies_packed(const tensor_entry& tensor, block_format format) {
  const auto* view = dynamic_cast<const block_view*>(tensor.view.get());
  return view != nullptr && view->format() == format;
}

/// The bytes of a tensor that lies packed as they are in its file, for copying.
inline tensor_entry packed_entry(tensor_entry tensor) {
  tensor.view.reset();
  tensor.bytes = packed_bytes(*tensor.packing, tensor.dims.elements());
  return tensor;
}

}  // namespace tensormerge
