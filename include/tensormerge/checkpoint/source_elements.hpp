#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <tensormerge/checkpoint/tensor_entry.hpp>
#include <tensormerge/checkpoint/tensor_reader.hpp>
#include <tensormerge/dtype/convert.hpp>
#include <tensormerge/dtype/dispatch.hpp>

namespace tensormerge {

/// A tensor of floats together with what reads it.
struct source_elements {
  std::shared_ptr<const tensor_reader> reader{};
  tensor_entry tensor{};

  /// Fills `into` with the values of the elements from `first` on. `buffer` is memory to use.
  /// Throws failure.
  void read(std::uint64_t first, std::span<double> into, std::vector<std::byte>& buffer) const {
    with_storage_type(tensor.type, [&](auto storage) {
      using stored = typename decltype(storage)::type;
      buffer.resize(into.size() * sizeof(stored));
      reader->read(tensor, first * sizeof(stored), buffer);
      load_tile(reinterpret_cast<const stored*>(buffer.data()), into.data(), into.size());
    });
  }
};

}  // namespace tensormerge
