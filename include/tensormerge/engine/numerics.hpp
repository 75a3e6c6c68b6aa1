#pragma once

#include <cstdint>

namespace tensormerge {

/// What elements are computed in.
enum class numerics : std::uint8_t {
  exact,     // the next wider type; nothing is rounded but the result, once
  mergekit,  // the tensors' own dtype, each operation rounded as mergekit 0.1.5 has torch do it
};

}  // namespace tensormerge
