#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <tensormerge/checkpoint/checkpoint.hpp>

namespace tensormerge {

/// The format in which a tensor, with others beside it, holds a quantised weight, so that its
/// elements are no numbers to be merged; none where it is a plain tensor. Judged by the names that
/// the tools give: a module's weight is packed where one of the markers is beside it.
inline std::optional<std::string_view> packed_format(const checkpoint& weights,
                                                     std::string_view name) {
  using text_pair = std::pair<std::string_view, std::string_view>;
  constexpr std::array<text_pair, 8> markers{{{".qweight", "GPTQ or AWQ"},
                                              {".weight.absmax", "bitsandbytes"},
                                              {".SCB", "bitsandbytes"},
                                              {".weight_packed", "compressed-tensors"},
                                              {".weight_scale", "compressed-tensors or FBGEMM"},
                                              {".weight_scale_inv", "float8 with scales"},
                                              {".W_q", "HQQ"},
                                              {".scales", "MLX"}}};
  constexpr std::array<std::string_view, 23> parts{
      ".weight",
      ".qweight",
      ".qzeros",
      ".scales",
      ".biases",
      ".g_idx",
      ".weight.absmax",
      ".weight.quant_map",
      ".weight.nested_absmax",
      ".weight.nested_quant_map",
      ".weight.quant_state.bitsandbytes__nf4",
      ".weight.quant_state.bitsandbytes__fp4",
      ".SCB",
      ".weight_format",
      ".weight_packed",
      ".weight_scale",
      ".weight_scale_inv",
      ".weight_zero_point",
      ".weight_shape",
      ".weight_g_idx",
      ".input_scale",
      ".W_q",
      ".meta"};
  for (const std::string_view part : parts) {
    if (!name.ends_with(part)) continue;
    const std::string_view module = name.substr(0, name.size() - part.size());
    for (const auto& [marker, format] : markers) {
      if (weights.find(std::string(module).append(marker)) != nullptr) return format;
    }
  }
  // Experts in four bits lie beside their scales.
  constexpr std::array<text_pair, 2> halves{{{"_blocks", "_scales"}, {"_scales", "_blocks"}}};
  for (const auto& [own, other] : halves) {
    if (!name.ends_with(own)) continue;
    const std::string_view stem = name.substr(0, name.size() - own.size());
    if (weights.find(std::string(stem).append(other)) != nullptr) return "MXFP4";
  }
  return std::nullopt;
}

}  // namespace tensormerge
