// Laws that the methods of the task-vector and element-wise families obey.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/arcee_fusion.hpp>
#include <tensormerge/method/breadcrumbs.hpp>
#include <tensormerge/method/breadcrumbs_ties.hpp>
#include <tensormerge/method/cabs.hpp>
#include <tensormerge/method/consensus_ta.hpp>
#include <tensormerge/method/dare_linear.hpp>
#include <tensormerge/method/dare_ties.hpp>
#include <tensormerge/method/della.hpp>
#include <tensormerge/method/della_linear.hpp>
#include <tensormerge/method/magmax.hpp>
#include <tensormerge/method/mlx_dare.hpp>
#include <tensormerge/method/mlx_ties.hpp>
#include <tensormerge/method/nearswap.hpp>
#include <tensormerge/method/ram.hpp>
#include <tensormerge/method/ramplus_tl.hpp>
#include <tensormerge/method/sce.hpp>
#include <tensormerge/method/task_arithmetic.hpp>
#include <tensormerge/method/ties.hpp>

#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

/// A random merge of as many models as the method takes, up to three, that uses all of its steps.
template <class Method, class Storage>
merge_case<Method, Storage> some_case(shape dims, unsigned seed = 1) {
  const std::size_t size = dims.elements();
  const std::size_t models = std::min<std::size_t>(3, Method::facts.most_inputs);
  const numbers base = random_values(size, seed, 0.05);
  std::vector<numbers> inputs;
  for (std::size_t i = 0; i < models; ++i) {
    inputs.push_back(random_values(size, seed + 10 + static_cast<unsigned>(i), 0.01));
    for (std::size_t j = 0; j < size; ++j) inputs[i][j] += base[j];
  }
  merge_case<Method, Storage> given(std::move(dims), std::move(inputs), base);
  given.random_key = 77;
  const numbers weights{1, 0.7, -0.4}, densities{0.6, 0.35, 0.5};
  for (std::size_t i = 0; i < models; ++i) {
    auto& input = given.per_input[i];
    if constexpr (requires { input.weight; }) input.weight = weights[i];
    if constexpr (requires { input.density; }) input.density = densities[i];
    if constexpr (requires { input.gamma; }) input.gamma = 0.05;
    if constexpr (requires { input.epsilon; }) input.epsilon = 0.2;
  }
  if constexpr (requires { given.shared.rescale; }) given.shared.rescale = true;
  if constexpr (requires { given.shared.select_topk; }) given.shared.select_topk = 0.4;
  if constexpr (requires { given.shared.t; }) given.shared.t = 0.01;
  return given;
}

/// The same with every model whole, of weight 1 the first and 0 the others.
template <class Method, class Storage>
merge_case<Method, Storage> first_model_only(shape dims) {
  auto given = some_case<Method, Storage>(std::move(dims));
  for (std::size_t i = 0; i < given.per_input.size(); ++i) {
    auto& input = given.per_input[i];
    if constexpr (requires { input.density; }) input.density = 1;
    input.weight = i == 0 ? 1 : 0;
  }
  return given;
}

template <class Storage>
void expect_same(const std::vector<Storage>& found, const std::vector<Storage>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  std::size_t differing = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const double a = load<double>(found[i]), b = load<double>(expected[i]);
    if (a != b && !(std::isnan(a) && std::isnan(b))) ++differing;
  }
  EXPECT_EQ(differing, 0u);
}

/// Equal but for the last place of what sums of another order may round otherwise.
template <class Storage>
void expect_close(const std::vector<Storage>& found, const std::vector<Storage>& expected) {
  constexpr double unit = std::is_same_v<Storage, bfloat16>  ? 0x1p-7
                          : std::is_same_v<Storage, float16> ? 0x1p-10
                                                             : 0x1p-23;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const double a = load<double>(found[i]), b = load<double>(expected[i]);
    ASSERT_NEAR(a, b, unit * std::max(std::abs(b), 1e-4)) << i;
  }
}

template <class Method, class Storage>
struct law {
  using method = Method;
  using storage = Storage;
};

template <class Law>
class laws_of : public testing::Test {};

/// The laws of each method for each dtype that it is stored in.
template <class... Methods>
using every_dtype = testing::Types<law<Methods, bfloat16>..., law<Methods, float16>...,
                                   law<Methods, float>...>;


template <class Law>
class all_methods : public laws_of<Law> {};
using all = every_dtype<task_arithmetic, ties, dare_linear, dare_ties, breadcrumbs,
                        breadcrumbs_ties, della, della_linear, sce, ram, ramplus_tl, nearswap,
                        arcee_fusion, magmax, consensus_ta, cabs, mlx_ties, mlx_dare>;
TYPED_TEST_SUITE(all_methods, all);

TYPED_TEST(all_methods, give_the_same_bytes_for_any_tiles_order_and_workers) {
  using method = typename TypeParam::method;
  using storage = typename TypeParam::storage;
  for (const shape& dims : {shape{7, 300}, shape{2100}, shape{300, 7}}) {
    const auto given = some_case<method, storage>(dims);
    const auto expected = merge_at_once(given);
    ASSERT_EQ(expected.problem, "");
    for (const tiling& order : {tiling{1, 1, 1}, tiling{256, 3, 2}, tiling{1024, 2, 3}}) {
      expect_same(merge_in_tiles(given, order).values, expected.values);
    }
  }
}

TYPED_TEST(all_methods, give_the_base_back_where_all_models_equal_it) {
  using method = typename TypeParam::method;
  using storage = typename TypeParam::storage;
  auto given = some_case<method, storage>({4, 100});
  for (std::vector<storage>& input : given.inputs) input = given.base;
  // The MLX tool's dare prunes the model itself instead of a task vector.
  if constexpr (std::is_same_v<method, mlx_dare>) given.shared.density = 1;
  expect_same(merge_at_once(given).values, given.base);
}

TYPED_TEST(all_methods, never_hide_a_nan_or_an_infinity) {
  using method = typename TypeParam::method;
  using storage = typename TypeParam::storage;
  for (const double special : {std::numeric_limits<double>::quiet_NaN(),
                               std::numeric_limits<double>::infinity()}) {
    for (const std::size_t place : {0u, 150u, 399u}) {
      auto given = some_case<method, storage>({4, 100});
      given.inputs[0][place] = nearest_even::store<storage>(special);
      const double found = load<double>(merge_at_once(given).values[place]);
      EXPECT_FALSE(std::isfinite(found)) << special << " at " << place;
    }
  }
}

template <class Law>
class weighted_methods : public laws_of<Law> {};
using weighted = every_dtype<task_arithmetic, ties, dare_linear, dare_ties, breadcrumbs,
                             breadcrumbs_ties, della, della_linear, magmax>;
TYPED_TEST_SUITE(weighted_methods, weighted);

TYPED_TEST(weighted_methods, give_a_model_back_that_has_all_weight) {
  using method = typename TypeParam::method;
  using storage = typename TypeParam::storage;
  const auto given = first_model_only<method, storage>({4, 100});
  expect_close(merge_at_once(given).values, given.inputs[0]);
}

template <class Law>
class symmetric_methods : public laws_of<Law> {};
using symmetric = every_dtype<task_arithmetic, ties, breadcrumbs, breadcrumbs_ties, sce, ram,
                              ramplus_tl, magmax, consensus_ta>;
TYPED_TEST_SUITE(symmetric_methods, symmetric);

TYPED_TEST(symmetric_methods, do_not_depend_on_the_order_of_the_models) {
  using method = typename TypeParam::method;
  using storage = typename TypeParam::storage;
  const auto given = some_case<method, storage>({500});
  auto turned = given;
  std::rotate(turned.inputs.begin(), turned.inputs.begin() + 1, turned.inputs.end());
  std::rotate(turned.per_input.begin(), turned.per_input.begin() + 1, turned.per_input.end());
  expect_close(merge_at_once(turned).values, merge_at_once(given).values);
}

template <class Law>
class homogeneous_methods : public laws_of<Law> {};
using homogeneous = every_dtype<task_arithmetic, ties, dare_linear, dare_ties, breadcrumbs,
                                breadcrumbs_ties, della, della_linear, sce, magmax, consensus_ta,
                                cabs, mlx_ties>;
TYPED_TEST_SUITE(homogeneous_methods, homogeneous);

TYPED_TEST(homogeneous_methods, scale_with_their_models) {
  using method = typename TypeParam::method;
  using storage = typename TypeParam::storage;
  const auto given = some_case<method, storage>({4, 100});
  auto larger = given;
  const auto scale = [](std::vector<storage>& values) {
    for (storage& x : values) x = nearest_even::store<storage>(8 * load<double>(x));
  };
  for (std::vector<storage>& input : larger.inputs) scale(input);
  scale(larger.base);
  std::vector<storage> expected = merge_at_once(given).values;
  scale(expected);
  expect_close(merge_at_once(larger).values, expected);
}

}  // namespace
}  // namespace tensormerge
