#pragma once

#include <concepts>
#include <cstddef>
#include <span>

#include <Eigen/Core>

#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// The task matrices of a merge: each input less the base, as matrices in double. They are made one
/// at a time, since a matrix is as large as the tensor.
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

  Eigen::MatrixXd operator[](std::size_t i) const {
    return view(piece_.inputs[i]).template cast<double>() -
           view(piece_.base).template cast<double>();
  }

  /// sum over i of weight(i) times the i-th matrix.
  Eigen::MatrixXd weighted_sum() const {
    Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(rows_, columns_);
    for (std::size_t i = 0; i < size(); ++i) sum += weight(i) * (*this)[i];
    return sum;
  }

 private:
  using row_major = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  Eigen::Map<const row_major> view(const Real* data) const { return {data, rows_, columns_}; }

  tile<Real> piece_;
  Eigen::Index rows_, columns_;
  std::span<const double> weights_;
};

/// How task matrices become one: `static Eigen::MatrixXd merge(const task_matrices<Real>&)`, and
/// `static double vector_weight(double weight, std::size_t inputs)`, the share of a task vector
/// where a tensor is no matrix.
template <class Update>
concept spectral_update = requires(const task_matrices<float>& narrow,
                                   const task_matrices<double>& wide, double weight,
                                   std::size_t inputs) {
  { Update::merge(narrow) } -> std::same_as<Eigen::MatrixXd>;
  { Update::merge(wide) } -> std::same_as<Eigen::MatrixXd>;
  { Update::vector_weight(weight, inputs) } -> std::same_as<double>;
};

}  // namespace tensormerge
