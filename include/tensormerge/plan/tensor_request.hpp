#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <tensormerge/dtype/dtype.hpp>
#include <tensormerge/error/diagnostic.hpp>
#include <tensormerge/method/parameter_info.hpp>
#include <tensormerge/plan/partial_sources.hpp>
#include <tensormerge/plan/resolve_parameters.hpp>

namespace tensormerge {

/// A tensor that goes into an output tensor, the parameters that apply to it, and where the
/// configuration names its model.
struct source_request {
  std::size_t model = 0;
  std::string name{};
  const parameter_scopes* scopes = nullptr;
  text_position at{};
  std::string path{};
  std::string hint{};  // what may be wrong where a parameter is missing
};

/// An output tensor as a configuration asks for it.
struct tensor_request {
  std::string name{};
  const method_info* method = nullptr;
  std::vector<source_request> sources{};
  std::optional<std::size_t> base{};  // among the sources
  std::optional<std::size_t> token_base{};  // the source whose tokens stand in for missing ones
  const parameter_scopes* scopes = nullptr;
  double t = 0;                 // place on gradients
  std::optional<dtype> type{};  // of the output; promoted from the sources where it is missing
  bool is_widened = false;      // to float32 at least
  partial_policy partial = partial_policy::vectors;
  bool buffers_must_agree = false;  // integers and booleans that differ stop the merge
};

}  // namespace tensormerge
