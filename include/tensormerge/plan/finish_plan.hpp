#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include <tensormerge/checkpoint/checkpoint.hpp>
#include <tensormerge/dtype/dtype.hpp>
#include <tensormerge/plan/gguf_output.hpp>
#include <tensormerge/plan/mlx_output.hpp>
#include <tensormerge/plan/merge_plan.hpp>
#include <tensormerge/plan/tensor_role.hpp>
#include <tensormerge/plan/weights_layout.hpp>

namespace tensormerge {

namespace detail {

template <class Tensors>
bool has_head(const Tensors& tensors) {
  return std::any_of(tensors.begin(), tensors.end(), [](const auto& tensor) {
    return role_of(tensor.name) == tensor_role::head;
  });
}

/// The one type that all tensors of floats have, or none.
inline std::optional<dtype> common_dtype(const std::vector<planned_tensor>& tensors) {
  std::optional<dtype> common;
  for (const planned_tensor& tensor : tensors) {
    if (!is_float(tensor.type)) continue;
    if (common && *common != tensor.type) return std::nullopt;
    common = tensor.type;
  }
  return common;
}

}  // namespace detail

/// Orders the planned tensors by name, and sets what config.json must say of them: the type they
/// all have, or else the one that is asked for, and whether the head is tied, where the donor
/// differs. Where the donor is a GGUF file, the output is planned as one, otherwise as files of
/// `layout`. Throws failure where it cannot be.
inline void finish_plan(merge_plan& plan, std::optional<dtype> asked_for,
                        weights_layout layout = weights_layout::safetensors) {
  std::sort(plan.tensors.begin(), plan.tensors.end(),
            [](const planned_tensor& a, const planned_tensor& b) { return a.name < b.name; });
  const std::optional<dtype> common = detail::common_dtype(plan.tensors);
  plan.config_dtype = common ? common : asked_for;
  const bool has_head = detail::has_head(plan.tensors);
  if (has_head != detail::has_head(plan.models[plan.donor].folder.weights.tensors())) {
    plan.tied_embeddings = !has_head;
  }
  if (plan.models[plan.donor].folder.gguf != nullptr) {
    plan_gguf_output(plan, asked_for);
  } else {
    plan.layout = layout;
    keep_mlx_weights(plan);
  }
}

}  // namespace tensormerge
