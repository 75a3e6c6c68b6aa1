#pragma once

#include <tensormerge/dtype/block/affine_block.hpp>

namespace tensormerge {

/// GGUF's Q5_1: 5 bits, a scale and a minimum for 32 elements.
using q5_1_block = affine_block<5>;

}  // namespace tensormerge
