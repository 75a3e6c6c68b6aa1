#pragma once

#include <tensormerge/dtype/block/affine_block.hpp>

namespace tensormerge {

/// GGUF's Q4_1: 4 bits, a scale and a minimum for 32 elements.
using q4_1_block = affine_block<4>;

}  // namespace tensormerge
