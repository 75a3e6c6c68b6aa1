#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <tensormerge/checkpoint/gguf/gguf_file.hpp>
#include <tensormerge/checkpoint/safetensors_header.hpp>
#include <tensormerge/checkpoint/tensor_entry.hpp>
#include <tensormerge/checkpoint/torch/torch_file.hpp>

namespace tensormerge {

/// The tensors of one file, safetensors, GGUF or of torch.save; `file` becomes their file index. No
/// element is read. Throws failure.
inline std::vector<tensor_entry> read_weights_file(const std::filesystem::path& path,
                                                   std::uint32_t file = 0) {
  if (is_gguf_file(path)) return read_gguf_file(path, file).tensors;
  return is_torch_file(path) ? read_torch_tensors(path, file)
                             : read_safetensors_header(path, file).tensors;
}

/// Whether a file has a name of torch.save's that is not one of a training state.
inline bool has_torch_weights_name(const std::filesystem::path& path) {
  constexpr std::array<std::string_view, 3> endings{".bin", ".pt", ".pth"};
  constexpr std::array<std::string_view, 4> states{"training_args", "optimizer", "scheduler",
                                                   "rng_state"};
  const std::string ending = path.extension().string(), stem = path.stem().string();
  return std::find(endings.begin(), endings.end(), ending) != endings.end() &&
         std::none_of(states.begin(), states.end(),
                      [&stem](std::string_view state) { return stem.starts_with(state); });
}

}  // namespace tensormerge
