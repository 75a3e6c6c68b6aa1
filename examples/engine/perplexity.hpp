#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "llama.hpp"

namespace engine {

/// exp of the mean negative log probability of the tokens. The text is cut into windows of `window`
/// tokens without overlap; the first token of a window is not predicted, a partial window at the
/// end is left out. Throws tensormerge::failure where the text is shorter than a window.
double perplexity(const llama& model, std::span<const std::int64_t> ids, std::size_t window = 256);

}  // namespace engine
