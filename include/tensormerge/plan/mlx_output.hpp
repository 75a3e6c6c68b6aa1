#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

#include <tensormerge/checkpoint/mlx_quantisation.hpp>
#include <tensormerge/dtype/block/block_format.hpp>
#include <tensormerge/dtype/dtype.hpp>
#include <tensormerge/plan/merge_plan.hpp>

namespace tensormerge {

/// Keeps weights quantised in an output of safetensors files where they are so in the way of MLX
/// that the donor's config.json says of them; all others become plain floats, of MLX's in the type
/// that their scales had, else float32.
inline void keep_mlx_weights(merge_plan& plan) {
  const node& config = plan.models[plan.donor].folder.config;
  for (planned_tensor& tensor : plan.tensors) {
    if (!tensor.packing) continue;
    const block_format format = *tensor.packing;
    const auto module = module_of_weight(tensor.name);
    const auto stated = module ? mlx_settings_of(config, *module) : std::nullopt;
    const auto expected = stated && is_mlx(format)
                              ? mlx_format(stated->bits, stated->group, mlx_scale_type(format))
                              : std::nullopt;
    const bool is_whole = tensor.dims.row_length() % elements_per_block(format) == 0;
    if (expected == format && is_whole) continue;
    tensor.packing.reset();
    if (is_mlx(format)) tensor.type = mlx_scale_type(format);
    tensor.is_copy = tensor.is_copy && tensor.type == tensor.inputs.front().tensor->type;
  }
  plan.drops_quantisation =
      config.find("quantization") != nullptr &&
      std::none_of(plan.tensors.begin(), plan.tensors.end(), [](const planned_tensor& tensor) {
        // Scales are those of a format that is only copied.
        return tensor.packing.has_value() || tensor.name.ends_with(".scales");
      });
}

}  // namespace tensormerge
