#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/file_descriptor.hpp>
#include <tensormerge/checkpoint/tensor_view.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// How a tensor's elements lie in a file: element (i, j, ...) at `offset` plus `bytes` times the
/// sum of index times stride.
struct strided_layout {
  std::uint64_t offset = 0;  // bytes from the start of the file
  std::uint64_t bytes = 1;   // of an element
  std::vector<std::uint64_t> extents{}, strides{};  // in elements

  /// Whether the elements lie row by row without a gap.
  bool is_contiguous() const {
    std::uint64_t expected = 1;
    for (std::size_t axis = extents.size(); axis-- > 0;) {
      if (extents[axis] != 1 && strides[axis] != expected) return false;
      expected *= extents[axis];
    }
    return true;
  }
};

/// A tensor that lies in a file in another order than row by row: transposed, or a part of a larger
/// one. Reads runs along the axis whose elements lie nearest to each other.
class strided_view final : public tensor_view {
 public:
  /// The layout's last element lies in the file.
  strided_view(strided_layout layout, std::filesystem::path file,
               std::shared_ptr<const file_descriptor> opened)
      : layout_(std::move(layout)), file_(std::move(file)), opened_(std::move(opened)) {
    for (std::size_t axis = 0; axis < axes(); ++axis) {
      if (layout_.extents[axis] > 1 && (layout_.extents[run_axis_] < 2 ||
                                        layout_.strides[axis] < layout_.strides[run_axis_])) {
        run_axis_ = axis;
      }
    }
  }

  void read(std::uint64_t byte_offset, std::span<std::byte> into) const override {
    std::uint64_t first = byte_offset / layout_.bytes, count = into.size() / layout_.bytes;
    std::vector<std::byte> buffer;
    while (count > 0) {
      const std::uint64_t taken = read_box(first, count, into, buffer);
      first += taken;
      count -= taken;
      into = into.subspan(static_cast<std::size_t>(taken * layout_.bytes));
    }
  }

 private:
  std::size_t axes() const { return layout_.extents.size(); }

  /// Reads the largest box of elements that begins at `first` and is a range of at most `count`:
  /// several steps along one axis, all of the axes behind it. Returns its elements.
  std::uint64_t read_box(std::uint64_t first, std::uint64_t count, std::span<std::byte> into,
                         std::vector<std::byte>& buffer) const {
    std::vector<std::uint64_t> index(axes()), size(axes(), 1);
    std::uint64_t rest = first;
    for (std::size_t axis = axes(); axis-- > 0;) {
      index[axis] = rest % layout_.extents[axis];
      rest /= layout_.extents[axis];
    }
    std::uint64_t taken = 1;
    for (std::size_t axis = axes(); axis-- > 0;) {
      size[axis] = std::min(layout_.extents[axis] - index[axis], count / taken);
      taken *= size[axis];
      if (size[axis] != layout_.extents[axis]) break;
    }
    read_runs(index, size, into, buffer);
    return taken;
  }

  void read_runs(const std::vector<std::uint64_t>& index, const std::vector<std::uint64_t>& size,
                 std::span<std::byte> into, std::vector<std::byte>& buffer) const {
    std::vector<std::uint64_t> step(axes()), at(axes(), 0);  // of the box, in elements of `into`
    std::uint64_t elements = 1;
    for (std::size_t axis = axes(); axis-- > 0;) {
      step[axis] = elements;
      elements *= size[axis];
    }
    for (bool more = elements > 0; more;) {
      std::uint64_t from = 0, to = 0;
      for (std::size_t axis = 0; axis < axes(); ++axis) {
        from += (index[axis] + at[axis]) * layout_.strides[axis];
        to += at[axis] * step[axis];
      }
      const std::uint64_t run = axes() == 0 ? 1 : size[run_axis_];
      const std::uint64_t apart = axes() == 0 ? 1 : step[run_axis_];
      const std::span<std::byte> place = into.subspan(static_cast<std::size_t>(to * layout_.bytes));
      read_run(from, run, place, apart, buffer);
      more = false;
      for (std::size_t axis = axes(); axis-- > 0 && !more;) {
        if (axis == run_axis_) continue;
        more = ++at[axis] < size[axis];
        if (!more) at[axis] = 0;
      }
    }
  }

  /// Reads `run` elements along the run axis from element `from` of the file on, and puts them
  /// `apart` elements from each other.
  void read_run(std::uint64_t from, std::uint64_t run, std::span<std::byte> into,
                std::uint64_t apart, std::vector<std::byte>& buffer) const {
    constexpr std::uint64_t most_bytes = 1 << 16, worth_reading = 4096;
    const std::uint64_t bytes = layout_.bytes;
    const std::uint64_t stride = axes() == 0 ? 1 : layout_.strides[run_axis_];
    const std::uint64_t apart_bytes = std::max(stride, std::uint64_t{1}) * bytes;
    const std::uint64_t at_once = apart_bytes <= worth_reading ? most_bytes / apart_bytes : 1;
    for (std::uint64_t done = 0; done < run;) {
      const std::uint64_t part = std::min(run - done, at_once);
      buffer.resize(static_cast<std::size_t>(((part - 1) * stride + 1) * bytes));
      read_bytes(layout_.offset + (from + done * stride) * bytes, buffer);
      for (std::uint64_t i = 0; i < part; ++i) {
        std::memcpy(into.data() + (done + i) * apart * bytes, buffer.data() + i * stride * bytes,
                    static_cast<std::size_t>(bytes));
      }
      done += part;
    }
  }

  void read_bytes(std::uint64_t offset, std::span<std::byte> into) const {
    if (read_at(*opened_, file_, offset, into) == into.size()) return;
    throw failure(diagnostic{.file = file_.string(),
                             .what = "the file became shorter after its header was read"});
  }

  strided_layout layout_;
  std::filesystem::path file_;
  std::shared_ptr<const file_descriptor> opened_;
  std::size_t run_axis_ = 0;
};

}  // namespace tensormerge
