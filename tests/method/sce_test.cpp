#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/sce.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

merge_case<sce, float> fused(std::vector<numbers> inputs, const numbers& base,
                             double select_topk = 1) {
  merge_case<sce, float> given({base.size()}, std::move(inputs), base);
  given.shared.select_topk = select_topk;
  return given;
}

TEST(sce, weighs_models_by_the_mean_square_of_their_task_vectors) {
  // Mean squares 4.5 and 0.5, weights 0.9 and 0.1.
  expect_values(merge_at_once(fused({{1 + 3, 1}, {1 + 1, 1}}, {1, 1})), {1 + 0.9 * 3 + 0.1, 1});
}

TEST(sce, erases_those_that_disagree_with_the_sign_of_the_sum) {
  // Votes are not weighted: 3 - 2 > 0 and 1 - 2 < 0.
  expect_values(merge_at_once(fused({{3, 1}, {-2, -2}}, {0, 0})), {3, -2});
}

TEST(sce, selects_the_elements_that_vary_most) {
  expect_values(merge_at_once(fused({{4, 1, 0, 2}, {0, 1, 0, 1}}, {0, 0, 0, 0}, 0.5)),
                {4, 0, 0, 0});
}

TEST(sce, gives_the_base_where_nothing_varies_or_nothing_is_selected) {
  expect_values(merge_at_once(fused({{4, 1}, {4, 1}}, {1, 2}, 0.5)), {1, 2});
  expect_values(merge_at_once(fused({{4, 1}, {0, 1}}, {1, 2}, 0)), {1, 2});
  expect_values(merge_at_once(fused({{4, 1}}, {1, 2}, 0.5)), {1, 2});
}

TEST(sce, weighs_models_alike_where_all_task_vectors_are_negligible) {
  const double mean = (static_cast<double>(3e-4f) + static_cast<double>(1e-4f)) / 2;
  expect_values(merge_at_once(fused({{3e-4}, {1e-4}}, {0})), {mean});
}

TEST(sce, gives_a_single_model_back_at_topk_1) {
  expect_values(merge_at_once(fused({{4, -1}}, {1, 2})), {4, -1});
}

}  // namespace
}  // namespace tensormerge
