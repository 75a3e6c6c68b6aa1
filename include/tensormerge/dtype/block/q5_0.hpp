#pragma once

#include <tensormerge/dtype/block/symmetric_block.hpp>

namespace tensormerge {

/// GGUF's Q5_0: 5 bits and a scale for 32 elements.
using q5_0_block = symmetric_block<5>;

}  // namespace tensormerge
