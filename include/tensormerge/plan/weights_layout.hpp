#pragma once

#include <cstdint>

namespace tensormerge {

/// The files that hold a model's weights: safetensors, the same as mlx_lm writes them, archives of
/// torch.save, or one GGUF file.
enum class weights_layout : std::uint8_t { safetensors, mlx, torch, gguf };

}  // namespace tensormerge
