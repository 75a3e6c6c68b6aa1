#pragma once

#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>

#include <tensormerge/method/linear.hpp>
#include <tensormerge/method/mlx_linear.hpp>
#include <tensormerge/method/mlx_passthrough.hpp>
#include <tensormerge/method/mlx_slerp.hpp>
#include <tensormerge/method/passthrough.hpp>
#include <tensormerge/method/slerp.hpp>
#include <tensormerge/method/task_arithmetic.hpp>
#include <tensormerge/method/ties.hpp>

namespace tensormerge {

/// Every method of mergekit's dialect. This list and the schema's `merge_method` name the same
/// methods, or config/check_methods.hpp does not compile.
inline constexpr auto method_list =
    boost::hana::tuple_t<linear, slerp, task_arithmetic, ties, passthrough>;

/// Every method of the MLX dialect.
inline constexpr auto mlx_method_list =
    boost::hana::tuple_t<mlx_slerp, mlx_linear, mlx_passthrough>;

}  // namespace tensormerge
