#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/policy/accumulate/dot.hpp>
#include <tensormerge/policy/interpolate/arc.hpp>
#include <tensormerge/policy/interpolate/column_products.hpp>
#include <tensormerge/policy/interpolate/spherical.hpp>
#include <tensormerge/policy/interpolate/spherical_mix.hpp>
#include <tensormerge/policy/interpolate/stored_sum.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Interpolates two models, or their task vectors where there is a base, on the sphere; their place
/// is given by their weights. One angle for a whole tensor; without `nuslerp_flatten` one for each
/// row (a vector along the last axis) or, with `nuslerp_row_wise`, for each column (a vector along
/// the first axis), as mergekit understands the words.
/// Cost: two passes; one where it goes by rows, whose tiles hold whole rows. By columns it takes 96
/// bytes of memory a column and thread and two coefficients a column, for at most 2^20 columns.
struct nuslerp {
  static constexpr method_facts facts{
      .name = "nuslerp", .base = base_use::optional, .least_inputs = 2, .most_inputs = 2};
  using parameters = nuslerp_parameters;
  using input_parameters = nuslerp_input_parameters;

  template <class Real>
  class kernel {
    using mixture = spherical_mix<Real>;
    struct lengths {
      Real first{}, second{};
    };

   public:
    class statistic {
     public:
      statistic(std::uint64_t vectors, scratch& memory) : products_(vectors, memory) {}
      void combine(const statistic& other) { products_.combine(other.products_); }
      void clear() { products_.clear(); }

     private:
      friend kernel;
      column_products products_;
    };

    static std::size_t scratch_bytes(std::size_t, const parameters& shared,
                                     const tensor_facts& tensor) {
      const std::size_t columns = layout(shared, tensor).columns;
      const std::size_t rounded_columns = is_rounded<Real> ? columns : 0;
      return 2 * scratch::bytes_for<accumulator<Real>>(columns) +
             scratch::bytes_for<Real>(rounded_columns) +
             scratch::bytes_for<lengths>(rounded_columns);
    }
    static std::size_t statistic_bytes(std::size_t, const parameters& shared,
                                       const tensor_facts& tensor) {
      return column_products::scratch_bytes(layout(shared, tensor).columns);
    }
    static std::uint64_t rows_per_tile(const parameters& shared, const tensor_facts& tensor) {
      const arrangement vectors = layout(shared, tensor);
      if (vectors.row_length != 0) return 1;
      const std::uint64_t group = column_products::group_rows(vectors.columns);
      return vectors.columns <= 1 || group == 1 ? 0 : group * (vectors.columns / tensor.row_length);
    }

    kernel(const parameters& shared, std::span<const input_parameters> inputs,
           const tensor_facts& tensor, scratch& memory)
        : vectors_(layout(shared, tensor)),
          place_(place_by_weight(inputs)),
          first_(memory.take<accumulator<Real>>(vectors_.columns)),
          second_(memory.take<accumulator<Real>>(vectors_.columns)),
          divisor_(memory.take<Real>(is_rounded<Real> ? vectors_.columns : 0)),
          lengths_(memory.take<lengths>(is_rounded<Real> ? vectors_.columns : 0)),
          concluded_(vectors_.row_length != 0) {}

    statistic make_statistic(scratch& memory) const { return {vectors_.columns, memory}; }
    bool wants_observation() const { return !concluded_; }
    const char* problem() const {
      return vectors_.too_many ? "the tensor has more than 1048576 columns, which is too many for "
                                 "nuslerp_row_wise; set nuslerp_flatten to true for it"
                               : nullptr;
    }

    using reads_stored = kernel;
    template <class Element>
    void observe(const tile<Real, Element>& piece, statistic& seen) const {
      if constexpr (is_rounded<Real>) {
        if (has_lengths_) {
          observe_directions(piece, seen);
          return;
        }
      }
      if (vectors_.columns == 1) {
        for_each_block(piece, [&](std::size_t begin, std::size_t count) {
          seen.products_.template add_block<Real>(
              piece.inputs[0] + begin, piece.inputs[1] + begin,
              piece.base == nullptr ? nullptr : piece.base + begin, count);
        });
      } else {
        seen.products_.add(piece.inputs[0], piece.inputs[1], piece.base, piece.first, piece.size);
      }
    }

    void conclude(const statistic& seen) {
      const std::span<const column_products::entry> products = seen.products_.entries();
      for (std::size_t i = 0; i < products.size(); ++i) {
        const column_products::entry& sums = products[i];
        if constexpr (!is_rounded<Real>) {
          const mixture c = mixture::of(place_, sums.first_first.value(),
                                        sums.second_second.value(), sums.first_second.value());
          first_[i] = c.first;
          second_[i] = c.second;
        } else if (has_lengths_) {
          const mixture c = mixture::of(place_, sums.first_second.value());
          first_[i] = c.first;
          second_[i] = c.second;
          divisor_[i] = c.divisor;
        } else {
          lengths_[i] = {mixture::length(sums.first_first.value()),
                         mixture::length(sums.second_second.value())};
        }
      }
      if (vectors_.columns == 1) whole_ = {first_[0], second_[0]};
      concluded_ = !is_rounded<Real> || has_lengths_;
      has_lengths_ = is_rounded<Real>;
    }

    using form_of = kernel;
    weighted_form<Real> form() const
      requires(!is_rounded<Real>)
    {
      if (vectors_.columns != 1) return {};
      return {.terms = weighted_form<Real>::of::deltas, .coefficients = whole_};
    }

    void apply(const tile<Real>& piece, Real* out) const {
      if (vectors_.row_length != 0) {
        for (std::size_t begin = 0; begin < piece.size; begin += vectors_.row_length) {
          const mixture row = mixture_of_row(piece, begin);
          mix(piece, begin, vectors_.row_length, out, [=](std::size_t) { return row; });
        }
      } else if (vectors_.columns == 1) {
        const mixture whole = mixtures_from(0)(0);
        mix(piece, 0, piece.size, out, [=](std::size_t) { return whole; });
      } else {
        apply_by_columns(piece, out);
      }
    }

   private:
    /// Which elements make a vector: those of a row, or those of one of some columns; a tensor that
    /// is one vector has one column.
    struct arrangement {
      std::size_t row_length = 0;  // 0: by columns
      std::size_t columns = 0;     // 0: by rows
      bool too_many = false;
    };

    static arrangement layout(const parameters& shared, const tensor_facts& tensor) {
      constexpr std::uint64_t most_columns = 1 << 20;
      if (shared.nuslerp_flatten || tensor.elements == 0) return {.columns = 1};
      if (!shared.nuslerp_row_wise) {
        if (tensor.elements == tensor.row_length) return {.columns = 1};
        return {.row_length = static_cast<std::size_t>(tensor.row_length)};
      }
      const std::uint64_t columns = tensor.elements / tensor.column_length;
      if (columns > most_columns) return {.too_many = true};
      return {.columns = static_cast<std::size_t>(columns)};
    }

    mixture mixture_of_row(const tile<Real>& piece, std::size_t begin) const {
      const std::size_t count = vectors_.row_length;
      const products_of_two products =
          dots_of_two<Real>(piece.inputs[0] + begin, piece.inputs[1] + begin,
                            piece.base == nullptr ? nullptr : piece.base + begin, count);
      if constexpr (is_rounded<Real>) {
        const lengths of_row{mixture::length(products.first_first),
                             mixture::length(products.second_second)};
        return mixture::of(place_, detail::sum_in_lanes(count, [&](std::size_t i) {
                             return product_of_directions(piece, begin + i, of_row);
                           }));
      } else {
        return mixture::of(place_, products.first_first, products.second_second,
                           products.first_second);
      }
    }

    /// How the columns from this one on are mixed.
    auto mixtures_from(std::size_t column) const {
      return [first = first_.data() + column, second = second_.data() + column,
              divisor = divisor_.data() + (is_rounded<Real> ? column : 0)](std::size_t i) {
        if constexpr (is_rounded<Real>) {
          return mixture{first[i], second[i], divisor[i]};
        } else {
          return mixture{first[i], second[i]};
        }
      };
    }

    void apply_by_columns(const tile<Real>& piece, Real* out) const {
      std::size_t done = 0;
      while (done < piece.size) {
        const std::size_t column =
            static_cast<std::size_t>((piece.first + done) % vectors_.columns);
        const std::size_t width = std::min(vectors_.columns - column, piece.size - done);
        mix(piece, done, width, out, mixtures_from(column));
        done += width;
      }
    }

    /// `count` elements from `begin` on, the i-th mixed by `mixture_at(i)`.
    template <class MixtureAt>
    static void mix(const tile<Real>& piece, std::size_t begin, std::size_t count, Real* out,
                    MixtureAt mixture_at) {
      const Real* a = piece.inputs[0] + begin;
      const Real* b = piece.inputs[1] + begin;
      Real* to = out + begin;
      if (piece.base == nullptr) {
        for (std::size_t i = 0; i < count; ++i) to[i] = mixture_at(i)(a[i], b[i]);
        return;
      }
      const Real* base = piece.base + begin;
      for (std::size_t i = 0; i < count; ++i) {
        to[i] = base[i] + mixture_at(i)(a[i] - base[i], b[i] - base[i]);
      }
    }

    /// An element's product of the two directions, for a rounded type.
    static double product_of_directions(const tile<Real>& piece, std::size_t i,
                                        const lengths& of) {
      const Real origin = piece.base == nullptr ? Real{0} : piece.base[i];
      return static_cast<double>(((piece.inputs[0][i] - origin) / of.first) *
                                 ((piece.inputs[1][i] - origin) / of.second));
    }

    /// The second round of a rounded type. Row by row, so that tiles do not matter.
    void observe_directions(const tile<Real>& piece, statistic& seen) const {
      std::array<double, block_elements> products, ones;
      ones.fill(1);
      for (std::size_t done = 0, width = 0; done < piece.size; done += width) {
        const std::size_t column =
            static_cast<std::size_t>((piece.first + done) % vectors_.columns);
        const std::size_t rest = vectors_.columns == 1 ? block_elements : vectors_.columns - column;
        width = std::min({rest, block_elements, piece.size - done});
        for (std::size_t i = 0; i < width; ++i) {
          products[i] = product_of_directions(
              piece, done + i, lengths_[vectors_.columns == 1 ? 0 : column + i]);
        }
        const double* none = nullptr;
        if (vectors_.columns == 1) {
          seen.products_.template add_block<double>(products.data(), ones.data(), none, width);
        } else {
          seen.products_.add(products.data(), ones.data(), none, column, width);
        }
      }
    }

    arrangement vectors_;
    double place_;
    std::span<accumulator<Real>> first_;  // one coefficient a column, as all below
    std::span<accumulator<Real>> second_;
    std::array<accumulator<Real>, 2> whole_{};  // both coefficients of an only column
    std::span<Real> divisor_;     // of a rounded type
    std::span<lengths> lengths_;  // of a rounded type, which takes a round to find them
    bool has_lengths_ = false;
    bool concluded_;
  };
};

}  // namespace tensormerge
