#include <tensormerge/engine/tensor_merge.hpp>

#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include <tensormerge/engine/method_table.hpp>
#include <tensormerge/method/method_list.hpp>

#include "test_models.hpp"

namespace tensormerge {
namespace {

planned_source stored_as(dtype type, std::vector<parameter_value> parameters) {
  return {0, share({.name = "x", .type = type, .dims = shape{4}}), std::move(parameters)};
}

TEST(tensor_merge, computes_mixed_dtypes_in_the_wider_type_and_rounds_once) {
  planned_tensor planned{.name = "x", .type = dtype::float32, .dims = shape{4}, .method = "linear"};
  planned.inputs = {stored_as(dtype::bfloat16, {{"weight", 1.0}}),
                    stored_as(dtype::float16, {{"weight", 2.0}}),
                    stored_as(dtype::float32, {{"weight", 4.0}})};
  planned.parameters = {{"normalize", 1.0}};
  const method_table methods = make_method_table(method_list);
  const auto merge = find_method(methods, "linear")->make(planned, 0);
  const auto worker = merge->make_worker();
  const std::vector<float> a{1, -2, 0.5f, 3}, b{0.25f, 1, -1, 7}, c{0.1f, 1e-30f, -5, 2};
  const auto stored_a = testing::stored<bfloat16>(a), stored_b = testing::stored<float16>(b),
             stored_c = testing::stored<float>(c);
  const std::array<const std::byte*, 3> inputs{stored_a.data(), stored_b.data(), stored_c.data()};
  std::vector<float> out(4);
  ASSERT_FALSE(merge->wants_observation());
  merge->apply({.first = 0, .elements = 4, .base = nullptr, .inputs = inputs}, *worker,
               reinterpret_cast<std::byte*>(out.data()));
  for (std::size_t i = 0; i < 4; ++i) {
    const double exact = (1.0 * a[i] + 2.0 * b[i] + 4.0 * c[i]) / 7;
    EXPECT_NEAR(out[i], exact, std::abs(exact) * 6e-8) << i;
  }
}

TEST(tensor_merge, keeps_what_16_bit_inputs_say_when_the_output_is_wider) {
  planned_tensor planned{.name = "x", .type = dtype::float32, .dims = shape{4}, .method = "linear"};
  planned.inputs = {stored_as(dtype::bfloat16, {{"weight", 1.0}}),
                    stored_as(dtype::bfloat16, {{"weight", 3.0}})};
  const method_table methods = make_method_table(method_list);
  const auto merge = find_method(methods, "linear")->make(planned, 0);
  const auto worker = merge->make_worker();
  const auto a = testing::stored<bfloat16>({1, 1, 1, 1}), b = testing::stored<bfloat16>({0, 0, 0, 0});
  const std::array<const std::byte*, 2> inputs{a.data(), b.data()};
  std::vector<float> out(4);
  merge->apply({.first = 0, .elements = 4, .base = nullptr, .inputs = inputs}, *worker,
               reinterpret_cast<std::byte*>(out.data()));
  EXPECT_EQ(out[0], 0.25f);
}

}  // namespace
}  // namespace tensormerge
