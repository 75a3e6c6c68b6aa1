#pragma once

#include <tensormerge/dtype/block/symmetric_block.hpp>

namespace tensormerge {

/// GGUF's Q4_0: 4 bits and a scale for 32 elements.
using q4_0_block = symmetric_block<4>;

}  // namespace tensormerge
