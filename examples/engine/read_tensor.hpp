#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <Eigen/Core>

#include <tensormerge/checkpoint/checkpoint.hpp>
#include <tensormerge/checkpoint/tensor_reader.hpp>
#include <tensormerge/engine/tensor_source.hpp>

namespace engine {

/// Rows and columns of a weight as config and safetensors count them: a linear layer of `out`
/// outputs and `in` inputs is (out, in).
using matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// A tensor of any float dtype as float32. Throws tensormerge::failure where it is missing, has
/// another shape (`columns` 1 stands for a vector of `rows`), or is not of floats.
matrix read_matrix(const tensormerge::checkpoint& weights, const tensormerge::tensor_reader& reader,
                   std::string_view name, Eigen::Index rows, Eigen::Index columns);

/// The same of any source of tensors.
matrix read_matrix(const tensormerge::source_reference& weights, std::string_view name,
                   Eigen::Index rows, Eigen::Index columns);

/// A vector of int32 or int64. Throws tensormerge::failure where it is missing or something else.
std::vector<std::int64_t> read_integers(const tensormerge::checkpoint& weights,
                                        const tensormerge::tensor_reader& reader,
                                        std::string_view name);

}  // namespace engine
