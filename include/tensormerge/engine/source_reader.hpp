#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/tensor_reader.hpp>
#include <tensormerge/dtype/dtype.hpp>
#include <tensormerge/dtype/nonfinite.hpp>
#include <tensormerge/engine/numerics.hpp>
#include <tensormerge/engine/round_stored.hpp>
#include <tensormerge/engine/tensor_merge.hpp>
#include <tensormerge/plan/merge_plan.hpp>
#include <tensormerge/tensor/tile_size.hpp>

namespace tensormerge {

/// Reads ranges of elements of everything that a planned tensor is made of. Threads may share a
/// reader.
class source_reader {
 public:
  /// Buffers of one thread, reused for every range.
  struct buffers {
    std::vector<std::vector<std::byte>> inputs;
    std::vector<std::byte> base;
    std::vector<const std::byte*> pointers;
  };

  /// Throws failure where a file cannot be opened.
  source_reader(const merge_plan& plan, numerics arithmetic) : arithmetic_(arithmetic) {
    for (const planned_model& model : plan.models) models_.emplace_back(model.folder.weights);
  }

  /// The files of a source's model.
  const tensor_reader& files_of(const planned_source& source) const {
    return models_[source.model];
  }

  /// `count` elements from `first` on of the base and the inputs, in a thread's buffers. Throws
  /// failure.
  stored_range read(const planned_tensor& planned, std::uint64_t first, std::uint64_t count,
                    buffers& own) const {
    const auto into_buffer = [&](const planned_source& source, std::vector<std::byte>& into) {
      into.resize(static_cast<std::size_t>(count * bytes_per_element(source.tensor.type)));
      read(source, first, into);
      return into.data();
    };
    stored_range stored{.first = first, .elements = count, .base = nullptr, .inputs = {}};
    if (planned.base) stored.base = into_buffer(*planned.base, own.base);
    own.inputs.resize(std::max(own.inputs.size(), planned.inputs.size()));
    own.pointers.resize(planned.inputs.size());
    for (std::size_t i = 0; i < planned.inputs.size(); ++i) {
      own.pointers[i] = into_buffer(planned.inputs[i], own.inputs[i]);
    }
    stored.inputs = own.pointers;
    return stored;
  }

  /// The same in memory of `kept_bytes(planned, count)`, which an earlier call has filled or this
  /// one fills.
  stored_range read_kept(const planned_tensor& planned, std::uint64_t first, std::uint64_t count,
                         std::byte* kept, bool is_filled, buffers& own) const {
    const auto next = [&](const planned_source& source) {
      std::byte* const place = std::exchange(kept, kept + kept_bytes(source, count));
      const std::uint64_t bytes = count * bytes_per_element(source.tensor.type);
      if (!is_filled) read(source, first, {place, static_cast<std::size_t>(bytes)});
      return place;
    };
    stored_range stored{.first = first, .elements = count, .base = nullptr, .inputs = {}};
    if (planned.base) stored.base = next(*planned.base);
    own.pointers.resize(planned.inputs.size());
    for (std::size_t i = 0; i < planned.inputs.size(); ++i) {
      own.pointers[i] = next(planned.inputs[i]);
    }
    stored.inputs = own.pointers;
    return stored;
  }

  static std::size_t kept_bytes(const planned_tensor& planned, std::uint64_t count) {
    std::size_t bytes = planned.base ? kept_bytes(*planned.base, count) : 0;
    for (const planned_source& input : planned.inputs) bytes += kept_bytes(input, count);
    return bytes;
  }

  /// Whether a source has neither NaN nor infinity; at most `range_bytes` are read at once.
  bool is_finite(const planned_source& source, std::uint64_t range_bytes) const {
    const std::uint64_t bytes = source.tensor.bytes;
    std::vector<std::byte> buffer(static_cast<std::size_t>(
        std::min<std::uint64_t>(bytes, aligned_tile(range_bytes, sizeof(double)))));
    for (std::uint64_t done = 0; done < bytes; done += buffer.size()) {
      buffer.resize(static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), bytes - done)));
      files_of(source).read(source.tensor, done, buffer);
      if (first_nonfinite(source.tensor.type, buffer)) return false;
    }
    return true;
  }

 private:
  /// Places begin aligned for any dtype.
  static std::size_t kept_bytes(const planned_source& source, std::uint64_t count) {
    constexpr std::uint64_t alignment = 64;
    const std::uint64_t bytes = count * bytes_per_element(source.tensor.type);
    return static_cast<std::size_t>((bytes + alignment - 1) / alignment * alignment);
  }

  void read(const planned_source& source, std::uint64_t first, std::span<std::byte> into) const {
    files_of(source).read(source.tensor, first * bytes_per_element(source.tensor.type), into);
    if (arithmetic_ == numerics::mergekit) {
      // To mergekit an adapter is a part of the model's file.
      round_stored(source.tensor.type, source.tensor.nominal_type(), into);
    }
  }

  numerics arithmetic_;
  std::vector<tensor_reader> models_;
};

}  // namespace tensormerge
