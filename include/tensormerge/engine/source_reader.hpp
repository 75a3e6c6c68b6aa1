#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <tensormerge/checkpoint/file_mapping.hpp>
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
      into.resize(static_cast<std::size_t>(count * bytes_per_element(source.tensor->type)));
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

  /// What a tensor is made of, held from one round of observation to the next: as mapped files
  /// where that is possible, else in memory. The base, if there is one, comes before the inputs.
  struct kept_tensor {
    struct range {
      std::uint64_t reserved = 0;  // bytes; 0: nothing is kept
      std::vector<std::vector<std::byte>> read;  // by source; empty where it is mapped
      std::vector<const std::byte*> sources;
    };
    std::vector<std::optional<file_mapping>> mapped;  // by source
    std::vector<range> ranges;
  };

  kept_tensor prepare_to_keep(const planned_tensor& planned, std::uint64_t ranges) const {
    kept_tensor kept;
    kept.ranges.resize(static_cast<std::size_t>(ranges));
    for_each_source(planned, [&](const planned_source& source, std::size_t) {
      const std::size_t element_bytes = bytes_per_element(source.tensor->type);
      // Mergekit's numerics round what was read.
      kept.mapped.push_back(arithmetic_ == numerics::exact
                                ? files_of(source).map(*source.tensor, element_bytes)
                                : std::nullopt);
    });
    return kept;
  }

  /// The same from what is kept of one of the tensor's ranges, which the first call finds.
  stored_range read_kept(const planned_tensor& planned, std::uint64_t first, std::uint64_t count,
                         std::span<const std::optional<file_mapping>> mapped,
                         kept_tensor::range& kept) const {
    kept.read.resize(mapped.size());
    kept.sources.resize(mapped.size());
    for_each_source(planned, [&](const planned_source& source, std::size_t number) {
      const std::byte*& place = kept.sources[number];
      if (place == nullptr) place = keep(source, first, count, mapped[number], kept.read[number]);
      else if (kept.read[number].empty()) files_of(source).check_length(*source.tensor);
    });
    const std::span<const std::byte* const> sources = kept.sources;
    return {.first = first,
            .elements = count,
            .base = planned.base ? sources[0] : nullptr,
            .inputs = sources.subspan(planned.base ? 1 : 0)};
  }

  /// Throws failure where a file has become shorter than what is mapped of it, the rest of which
  /// may have been seen as zeros.
  void check_kept(const planned_tensor& planned, const kept_tensor& kept) const {
    if (kept.mapped.empty()) return;
    for_each_source(planned, [&](const planned_source& source, std::size_t number) {
      if (kept.mapped[number]) files_of(source).check_length(*source.tensor);
    });
  }

  /// The bytes of `count` elements of everything that the tensor is made of.
  static std::uint64_t kept_bytes(const planned_tensor& planned, std::uint64_t count) {
    std::uint64_t bytes = 0;
    for_each_source(planned, [&](const planned_source& source, std::size_t) {
      bytes += bytes_per_element(source.tensor->type);
    });
    return bytes * count;
  }

  /// Whether a source has neither NaN nor infinity; at most `range_bytes` are read at once.
  bool is_finite(const planned_source& source, std::uint64_t range_bytes) const {
    const std::uint64_t bytes = source.tensor->bytes;
    std::vector<std::byte> buffer(static_cast<std::size_t>(
        std::min<std::uint64_t>(bytes, aligned_tile(range_bytes, sizeof(double)))));
    for (std::uint64_t done = 0; done < bytes; done += buffer.size()) {
      buffer.resize(static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), bytes - done)));
      files_of(source).read(*source.tensor, done, buffer);
      if (first_nonfinite(source.tensor->type, buffer)) return false;
    }
    return true;
  }

 private:
  /// Calls `visit(source, number)` for the base, if there is one, and each input.
  template <class Visitor>
  static void for_each_source(const planned_tensor& planned, Visitor visit) {
    std::size_t number = 0;
    if (planned.base) visit(*planned.base, number++);
    for (const planned_source& input : planned.inputs) visit(input, number++);
  }

  /// A range of a source: mapped, or read into memory.
  const std::byte* keep(const planned_source& source, std::uint64_t first, std::uint64_t count,
                        const std::optional<file_mapping>& mapped,
                        std::vector<std::byte>& into) const {
    const std::uint64_t element_bytes = bytes_per_element(source.tensor->type);
    const std::size_t bytes = static_cast<std::size_t>(count * element_bytes);
    if (mapped) {
      const std::byte* const found =
          files_of(source).read_mapped(*source.tensor, *mapped, first * element_bytes, bytes);
      if (found != nullptr) return found;
    }
    into.resize(bytes);
    read(source, first, into);
    return into.data();
  }

  void read(const planned_source& source, std::uint64_t first, std::span<std::byte> into) const {
    files_of(source).read(*source.tensor, first * bytes_per_element(source.tensor->type), into);
    if (arithmetic_ == numerics::mergekit) {
      // To mergekit an adapter is a part of the model's file.
      round_stored(source.tensor->type, source.tensor->nominal_type(), into);
    }
  }

  numerics arithmetic_;
  std::vector<tensor_reader> models_;
};

}  // namespace tensormerge
