// What the methods that draw at random have in common.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>
#include <gtest/gtest.h>

#include <tensormerge/method/dare_linear.hpp>
#include <tensormerge/method/dare_ties.hpp>
#include <tensormerge/method/della.hpp>
#include <tensormerge/method/della_linear.hpp>
#include <tensormerge/tensor/random_key.hpp>

#include "method_runner.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

constexpr double density = 0.4, epsilon = 0.3;

class random_method : public testing::TestWithParam<std::pair<std::string, method_runner>> {
 protected:
  /// One model whose task vector this is, from a base of zeros.
  static any_case drawn(shape dims, numbers delta, bool rescale) {
    any_case given{.type = dtype::float32, .dims = std::move(dims), .inputs = {}, .base = {},
                   .shared = {{"rescale", rescale ? 1.0 : 0.0}},
                   .per_input = {{{"weight", 1.0}, {"density", density}, {"epsilon", epsilon}}},
                   .random_key = random_key(1, "tensor")};
    round_to(given.type, delta);
    given.base.resize(delta.size());
    given.inputs.push_back(std::move(delta));
    return given;
  }

  static numbers merged(const any_case& given) { return run(GetParam().second, given).values; }

  static bool draws_by_rank() { return GetParam().first.starts_with("della"); }
};

std::vector<std::pair<std::string, method_runner>> random_methods() {
  std::vector<std::pair<std::string, method_runner>> list;
  for (const method_runner& method :
       runners_of(boost::hana::tuple_t<dare_linear, dare_ties, della, della_linear>)) {
    list.emplace_back(method.info.facts.name, method);
  }
  return list;
}

INSTANTIATE_TEST_SUITE_P(methods, random_method, testing::ValuesIn(random_methods()),
                         [](const auto& one) { return one.param.first; });

TEST_P(random_method, keeps_the_share_that_was_asked_for_as_it_is) {
  constexpr std::size_t rows = 40, columns = 700;
  const any_case given = drawn({rows, columns}, random_values(rows * columns, 1), false);
  const numbers found = merged(given);
  double kept = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i] == 0) continue;
    EXPECT_EQ(found[i], given.inputs[0][i]);
    kept += 1;
  }
  const double size = rows * columns;
  EXPECT_NEAR(kept, density * size, 4 * std::sqrt(size * density * (1 - density)));
}

TEST_P(random_method, rescales_what_is_kept_by_one_factor_to_the_norm_of_all) {
  const any_case whole = drawn({30, 100}, random_values(3000, 2), false);
  any_case rescaled = whole;
  rescaled.shared[0].value = 1;
  const numbers kept = merged(whole), found = merged(rescaled);
  double all = 0, left = 0;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    all += std::abs(whole.inputs[0][i]);
    left += std::abs(kept[i]);
  }
  for (std::size_t i = 0; i < kept.size(); ++i) {
    EXPECT_EQ(found[i], static_cast<double>(static_cast<float>(kept[i] * (all / left)))) << i;
  }
}

TEST_P(random_method, keeps_each_element_with_its_probability_over_seeds) {
  constexpr std::size_t row = 20, seeds = 3000;
  numbers delta;
  for (std::size_t i = 0; i < 2 * row; ++i) delta.push_back(static_cast<double>(i % row + 1));
  any_case given = drawn({2, row}, delta, false);
  numbers mean(delta.size());
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    given.random_key = random_key(seed, "tensor");
    const numbers found = merged(given);
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += found[i] / seeds;
  }
  for (std::size_t i = 0; i < mean.size(); ++i) {
    const double place = static_cast<double>(i % row) / (row - 1);
    const double chance = draws_by_rank() ? density - epsilon + 2 * epsilon * place : density;
    const double deviation = std::sqrt(chance * (1 - chance) / seeds);
    EXPECT_NEAR(mean[i] / delta[i], chance, 4 * deviation) << i;
  }
}

TEST_P(random_method, is_unbiased_over_seeds_where_it_rescales) {
  constexpr std::size_t size = 64, seeds = 3000;
  numbers delta;
  for (std::size_t i = 0; i < size; ++i) delta.push_back(i % 2 == 0 ? 1 : -1);
  any_case given = drawn({size}, delta, true);
  numbers mean(size);
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    given.random_key = random_key(seed, "tensor");
    const numbers found = merged(given);
    for (std::size_t i = 0; i < size; ++i) mean[i] += found[i] * delta[i] / seeds;
  }
  double sum = 0;
  for (std::size_t i = 0; i < size; ++i) {
    sum += mean[i];
    // Of equal magnitudes della prefers the last by their index, so that only the sum is unbiased.
    if (draws_by_rank()) continue;
    EXPECT_NEAR(mean[i], 1, 4 * std::sqrt((1 - density) / density / seeds)) << i;
  }
  EXPECT_NEAR(sum, size, 1e-3);
}

}  // namespace
}  // namespace tensormerge
