#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <tensormerge/checkpoint/source_elements.hpp>
#include <tensormerge/checkpoint/tensor_view.hpp>
#include <tensormerge/dtype/convert.hpp>
#include <tensormerge/dtype/dispatch.hpp>
#include <tensormerge/dtype/dtype.hpp>
#include <tensormerge/tensor/elements.hpp>

namespace tensormerge {

/// What an adapter of low rank adds to a tensor W of m rows (axes behind the first count as one):
/// scale * B A, with A of `rank` rows and B of `rank` columns, or its transpose.
struct low_rank_change {
  source_elements a{}, b{};  // without an a, all of its elements are 1
  std::uint64_t rank = 1;
  double scale = 1;
  bool is_transposed = false;
  /// DoRA: the norm that each row of the changed tensor is given (each column if transposed).
  std::optional<source_elements> magnitude{};
};

/// W + scale * B A, computed in float64 element by element in a fixed order while it is read, and
/// rounded once to the view's type.
/// Ref: Hu et al. 2021, "LoRA"; magnitudes: Liu et al. 2024, "DoRA", equation 5.
class low_rank_view final : public tensor_view {
 public:
  /// `type`: of the elements that are made, float32 or float64.
  low_rank_view(source_elements base, low_rank_change change, dtype type)
      : base_(std::move(base)),
        change_(std::move(change)),
        type_(type),
        rows_(base_.tensor.dims.column_length()),
        columns_(rows_ == 0 ? 0 : base_.tensor.dims.elements() / rows_) {}

  void read(std::uint64_t byte_offset, std::span<std::byte> into) const override {
    const std::uint64_t element = bytes_per_element(type_);
    std::vector<double> values(static_cast<std::size_t>(into.size() / element));
    const std::uint64_t first = byte_offset / element;
    add(first, values);
    if (change_.magnitude) {
      std::call_once(factors_made_, [this] { make_factors(); });
      for (std::size_t i = 0; i < values.size(); ++i) {
        const std::uint64_t place = first + i;
        values[i] *= factors_[static_cast<std::size_t>(
            change_.is_transposed ? place % columns_ : place / columns_)];
      }
    }
    with_storage_type(type_, [&](auto storage) {
      using stored = typename decltype(storage)::type;
      store_tile(values.data(), reinterpret_cast<stored*>(into.data()), values.size());
    });
  }

 private:
  using matrix = Eigen::Array<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

  static Eigen::Index index(std::uint64_t value) { return static_cast<Eigen::Index>(value); }

  /// Rows `first` to `first + count` of the left factor, B or the transpose of A.
  matrix left(std::uint64_t first, std::uint64_t count, std::vector<std::byte>& buffer) const {
    matrix rows(index(count), index(change_.rank));
    if (!change_.is_transposed) {
      change_.b.read(first * change_.rank, {rows.data(), static_cast<std::size_t>(rows.size())},
                     buffer);
      return rows;
    }
    std::vector<double> line(static_cast<std::size_t>(count));
    for (std::uint64_t k = 0; k < change_.rank; ++k) {
      change_.a.read(k * rows_ + first, line, buffer);
      rows.col(index(k)) = elements(line.data(), line.size());
    }
    return rows;
  }

  /// The right factor, A or the transpose of B.
  matrix right(std::vector<std::byte>& buffer) const {
    if (change_.a.reader == nullptr) return matrix::Ones(1, index(columns_));
    if (change_.is_transposed) {
      matrix b(index(columns_), index(change_.rank));
      change_.b.read(0, {b.data(), static_cast<std::size_t>(b.size())}, buffer);
      return b.transpose();
    }
    matrix a(index(change_.rank), index(columns_));
    change_.a.read(0, {a.data(), static_cast<std::size_t>(a.size())}, buffer);
    return a;
  }

  /// Fills `values` with W + scale * B A from element `first` on.
  void add(std::uint64_t first, std::span<double> values) const {
    if (values.empty()) return;
    constexpr std::uint64_t block = 512;  // columns of the right factor that stay in the cache
    std::vector<std::byte> buffer;
    base_.read(first, values, buffer);
    const std::uint64_t first_row = first / columns_, end = first + values.size();
    const matrix rows = left(first_row, (end - 1) / columns_ + 1 - first_row, buffer);
    const matrix all = right(buffer);
    Eigen::Array<double, 1, Eigen::Dynamic> sum;
    for (std::uint64_t begin = 0; begin < columns_; begin += block) {
      for (std::uint64_t row = first_row; row * columns_ < end; ++row) {
        const std::uint64_t from = std::max(first, row * columns_ + begin);
        const std::uint64_t to = std::min(end, row * columns_ + std::min(begin + block, columns_));
        if (from >= to) continue;
        const Eigen::Index column = index(from - row * columns_), count = index(to - from);
        sum.setZero(count);
        for (std::uint64_t k = 0; k < change_.rank; ++k) {
          sum += rows(index(row - first_row), index(k)) * all.row(index(k)).segment(column, count);
        }
        elements(values.data() + (from - first), static_cast<std::size_t>(count)) +=
            change_.scale * sum.transpose();
      }
    }
  }

  /// Magnitude by norm, for each row or column.
  void make_factors() const {
    constexpr std::uint64_t block = 1 << 17;
    const std::uint64_t count = change_.is_transposed ? columns_ : rows_;
    std::vector<double> squares(static_cast<std::size_t>(count)), values;
    const std::uint64_t step = columns_ < block ? block / std::max(columns_, std::uint64_t{1}) : 1;
    for (std::uint64_t row = 0; row < rows_; row += step) {
      values.resize(static_cast<std::size_t>(std::min(step, rows_ - row) * columns_));
      add(row * columns_, values);
      for (std::size_t i = 0; i < values.size(); ++i) {
        const std::uint64_t place = change_.is_transposed ? i % columns_ : row + i / columns_;
        squares[static_cast<std::size_t>(place)] += values[i] * values[i];
      }
    }
    std::vector<std::byte> buffer;
    factors_.resize(static_cast<std::size_t>(count));
    change_.magnitude->read(0, factors_, buffer);
    for (std::size_t i = 0; i < factors_.size(); ++i) {
      // Nothing but zeros has no direction, and stays.
      factors_[i] = squares[i] == 0 ? 0 : factors_[i] / std::sqrt(squares[i]);
    }
  }

  source_elements base_;
  low_rank_change change_;
  dtype type_;
  std::uint64_t rows_, columns_;
  mutable std::once_flag factors_made_;
  mutable std::vector<double> factors_;
};

}  // namespace tensormerge
