#pragma once

#include <concepts>
#include <cstddef>
#include <span>

#include <Eigen/Core>

#include <tensormerge/policy/spectrum/spectrum_memory.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// The task matrices of a merge: each input less the base, in double. They are expressions that are
/// computed where they are used.
template <class Real>
class task_matrices {
 public:
  /// `piece` holds a whole tensor with rows of `row_length` elements; `weights` a number an input.
  task_matrices(const tile<Real>& piece, std::size_t row_length, std::span<const double> weights)
      : piece_(piece),
        rows_(static_cast<Eigen::Index>(piece.size / row_length)),
        columns_(static_cast<Eigen::Index>(row_length)),
        weights_(weights) {}

  std::size_t size() const { return weights_.size(); }
  Eigen::Index rows() const { return rows_; }
  Eigen::Index columns() const { return columns_; }
  double weight(std::size_t i) const { return weights_[i]; }

  auto operator[](std::size_t i) const {
    return view(piece_.inputs[i]).template cast<double>() -
           view(piece_.base).template cast<double>();
  }

  /// out = sum over i of weight(i) times the i-th matrix.
  void sum_weighted(matrix_map& out) const {
    out.setZero();
    for (std::size_t i = 0; i < size(); ++i) out += weight(i) * (*this)[i];
  }

 private:
  using row_major = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  Eigen::Map<const row_major> view(const Real* data) const { return {data, rows_, columns_}; }

  tile<Real> piece_;
  Eigen::Index rows_, columns_;
  std::span<const double> weights_;
};

/// How task matrices become one: `static void merge(const task_matrices<Real>&, spectrum_memory&)`,
/// which leaves it in `merged` of the memory, `static Eigen::Index directions(Eigen::Index rows,
/// Eigen::Index columns, Eigen::Index inputs)`, how many pairs of directions it sets aside, and
/// `static double vector_weight(double weight, std::size_t inputs)`, the share of a task vector
/// where a tensor is no matrix.
template <class Update>
concept spectral_update =
    requires(const task_matrices<float>& narrow, const task_matrices<double>& wide,
             spectrum_memory& memory, Eigen::Index count, double weight, std::size_t inputs) {
      Update::merge(narrow, memory);
      Update::merge(wide, memory);
      { Update::directions(count, count, count) } -> std::same_as<Eigen::Index>;
      { Update::vector_weight(weight, inputs) } -> std::same_as<double>;
    };

}  // namespace tensormerge
