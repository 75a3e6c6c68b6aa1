#pragma once

#include <cstdint>

namespace tensormerge {

/// The files that hold a model's weights: safetensors, archives of torch.save, or one GGUF file.
enum class weights_layout : std::uint8_t { safetensors, torch, gguf };

}  // namespace tensormerge
