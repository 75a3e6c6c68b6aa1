#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <tensormerge/config/merge_config.hpp>
#include <tensormerge/method/parameter_info.hpp>
#include <tensormerge/plan/merge_slices.hpp>
#include <tensormerge/plan/tensor_request.hpp>

namespace tensormerge {

/// The request of an output tensor of a slice, whose inputs are these models; everything but the
/// names of the sources' tensors. Refers to all that it was made of.
inline tensor_request request_of_slice(const merge_config& config, const method_info& method,
                                       const merge_slice& slice,
                                       const std::vector<std::size_t>& models, std::string name) {
  tensor_request request{.name = std::move(name), .method = &method, .scopes = &slice.scopes};
  request.type = config.out_dtype ? config.out_dtype : config.dtype;
  request.is_widened = method.facts.writes_float32 && !config.out_dtype;
  for (std::size_t i = 0; i < slice.inputs.size(); ++i) {
    const slice_input& input = slice.inputs[i];
    if (slice.base != nullptr && *input.reference == *slice.base) {
      request.token_base = i;
      if (method.facts.base != base_use::ignored) request.base = i;
    }
    request.sources.push_back(
        {.model = models[i], .scopes = &input.scopes, .at = input.at, .path = input.path});
    if (input.is_appended) {
      request.sources.back().hint = "`models` does not list the base model, so it is one more "
                                    "model here: list it with its parameters, or remove it";
    }
  }
  return request;
}

}  // namespace tensormerge
