#pragma once

#include <cstddef>
#include <vector>

#include <tensormerge/tensor/scratch.hpp>

namespace tensormerge {

/// Memory of a size, as a caller would lend it.
struct lent_memory {
  explicit lent_memory(std::size_t bytes) : bytes_(bytes), memory(bytes_) {}

 private:
  std::vector<std::byte> bytes_;

 public:
  scratch memory;
};

}  // namespace tensormerge
