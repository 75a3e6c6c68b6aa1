#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/no_parameters.hpp>
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// The layers of one model, unchanged. Cost: one pass.
/// Source: the documentation of MergeKit for MLX 0.1.0.
struct mlx_passthrough {
  static constexpr method_facts facts{
      .name = "passthrough", .base = base_use::ignored, .most_inputs = 1};
  using parameters = mlx_passthrough_parameters;
  using input_parameters = no_parameters;

  /// The elements are left as they are, so that bytes can be copied.
  static bool copies(const input_parameters&) { return true; }

  template <class Real>
  class kernel : public needs_no_observation<Real> {
   public:
    static constexpr std::size_t scratch_bytes(std::size_t) { return 0; }

    kernel(const parameters&, std::span<const input_parameters>, const tensor_facts&, scratch&) {}

    void apply(const tile<Real>& piece, Real* out) const {
      std::copy_n(piece.inputs[0], piece.size, out);
    }
  };
};

}  // namespace tensormerge
