#include <cstdint>

#include <gtest/gtest.h>

#include <tensormerge/plan/plan_traffic.hpp>

namespace tensormerge {
namespace {

TEST(plan_traffic, counts_bases_and_inputs_as_read_and_results_as_written) {
  const auto source = [](dtype type, std::uint64_t bytes) {
    return planned_source{0, share({.name = "w", .type = type, .dims = {2, 3}, .bytes = bytes})};
  };
  const planned_source half = source(dtype::bfloat16, 12), whole = source(dtype::float32, 24);
  planned_tensor tensor{.name = "w", .type = dtype::bfloat16, .dims = {2, 3}};
  tensor.base = half;
  tensor.inputs = {whole, half};
  merge_plan plan;
  plan.tensors = {tensor};
  const plan_traffic traffic = traffic_of(plan);
  EXPECT_EQ(traffic.read, 48u);
  EXPECT_EQ(traffic.written, 12u);
}

TEST(plan_traffic, counts_blocks_as_they_are_stored) {
  const planned_source packed{0, share({.name = "w",
                                        .type = dtype::float32,
                                        .dims = {64},
                                        .bytes = 256,
                                        .packing = block_format::q8_0})};
  planned_tensor tensor{.name = "w", .type = dtype::float32, .dims = {64}};
  tensor.inputs = {packed};
  merge_plan plan;
  plan.tensors = {tensor};
  EXPECT_EQ(traffic_of(plan).read, 2u * 34);
}

TEST(least_seconds, is_rounded_up) {
  EXPECT_EQ(least_seconds({}), 0);
  EXPECT_EQ(least_seconds({.read = 1, .written = 0}), 1);
  EXPECT_EQ(least_seconds({.read = 2'000'000'000, .written = 1'000'000'000}), 3);
}

}  // namespace
}  // namespace tensormerge
