#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/method/gram_merge.hpp>
#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/policy/accumulate/dot.hpp>
#include <tensormerge/policy/interpolate/stock_share.hpp>
#include <tensormerge/policy/interpolate/stored_sum.hpp>
#include <tensormerge/tensor/elements.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Moves from the base towards the mean of the inputs, the further the smaller the angles between
/// their task vectors: one ratio for a tensor or, with `filter_wise`, one for each row.
/// out = base + t * (mean(inputs) - base). Cost: two passes; one where it goes by rows, whose tiles
/// hold whole rows. Ref: Jang et al. 2024, "Model Stock" (arXiv 2403.19522).
struct model_stock {
  static constexpr method_facts facts{
      .name = "model_stock", .base = base_use::required, .least_inputs = 2};
  using parameters = model_stock_parameters;
  using input_parameters = model_stock_input_parameters;

  template <class Real>
  class kernel
      : public gram_merge<equal_stock_shares, parameters, input_parameters>::template kernel<Real> {
    using whole = typename gram_merge<equal_stock_shares, parameters,
                                      input_parameters>::template kernel<Real>;

   public:
    kernel(const parameters& shared, std::span<const input_parameters> inputs,
           const tensor_facts& tensor, scratch& memory)
        : whole(shared, inputs, tensor, memory),
          row_length_(by_row(shared, tensor) ? static_cast<std::size_t>(tensor.row_length) : 0) {}

    static std::uint64_t rows_per_tile(const parameters& shared, const tensor_facts& tensor) {
      return by_row(shared, tensor) ? 1 : 0;
    }

    bool wants_observation() const { return row_length_ == 0 && whole::wants_observation(); }

    using reads_stored = kernel;  // in `observe`, which is the whole tensor's

    void conclude(const typename whole::statistic& seen) {
      whole::conclude(seen);
      if constexpr (is_rounded<Real>) {
        ratio_ = rounded_stock_ratio<Real>(
            whole::inputs(),
            [&](std::size_t i, std::size_t j) { return whole::product(seen, i, j); });
      }
    }

    using form_of = kernel;
    weighted_form<Real> form() const
      requires(!is_rounded<Real>)
    {
      return row_length_ == 0 ? whole::form() : weighted_form<Real>{};
    }

    void apply(const tile<Real>& piece, Real* out) const {
      if constexpr (is_rounded<Real>) {
        apply_rounded(piece, out);
        return;
      }
      if (row_length_ == 0) {
        whole::apply(piece, out);
        return;
      }
      for (std::size_t begin = 0; begin < piece.size; begin += row_length_) {
        const Real share = static_cast<Real>(share_of_row(piece, begin));
        const auto base = elements(piece.base + begin, row_length_);
        auto row = elements(out + begin, row_length_);
        row = share * (elements(piece.inputs[0] + begin, row_length_) - base);
        for (const Real* input : piece.inputs.subspan(1)) {
          row += share * (elements(input + begin, row_length_) - base);
        }
        row += base;
      }
    }

   private:
    /// In a rounded type the mean of the inputs, not of their differences, is mixed with the base.
    void apply_rounded(const tile<Real>& piece, Real* out) const
      requires is_rounded<Real>
    {
      const accumulator<Real> count = static_cast<accumulator<Real>>(piece.inputs.size());
      const std::size_t step = row_length_ == 0 ? piece.size : row_length_;
      for (std::size_t begin = 0; begin < piece.size; begin += step) {
        const auto product = [&](std::size_t i, std::size_t j) {
          return dot_of_deltas(piece.inputs[i] + begin, piece.inputs[j] + begin,
                               piece.base + begin, row_length_);
        };
        const Real ratio =
            row_length_ == 0 ? ratio_ : rounded_stock_ratio<Real>(piece.inputs.size(), product);
        for (std::size_t i = begin; i < begin + step; ++i) {
          Real sum = 0;
          for (const Real* input : piece.inputs) sum += input[i];
          const Real mean = static_cast<Real>(static_cast<accumulator<Real>>(sum) / count);
          out[i] = ratio * mean + (1 - ratio) * piece.base[i];
        }
      }
    }

    /// A tensor of one row is one vector either way; the whole tensor's way needs no whole row.
    static bool by_row(const parameters& shared, const tensor_facts& tensor) {
      return shared.filter_wise && tensor.elements > tensor.row_length;
    }

    double share_of_row(const tile<Real>& piece, std::size_t begin) const {
      const auto product = [&](const Real* a, const Real* b) {
        return dot_of_deltas(a + begin, b + begin, piece.base + begin, row_length_);
      };
      stock_share stock(piece.inputs.size());
      for (std::size_t i = 0; i < piece.inputs.size(); ++i) {
        const double square = product(piece.inputs[i], piece.inputs[i]);
        for (std::size_t j = 0; j < i; ++j) {
          stock.add_pair(square, product(piece.inputs[j], piece.inputs[j]),
                         product(piece.inputs[i], piece.inputs[j]));
        }
      }
      return stock.share();
    }

    std::size_t row_length_;  // 0: the whole tensor has one ratio
    Real ratio_{};            // that ratio, in a rounded type
  };
};

}  // namespace tensormerge
