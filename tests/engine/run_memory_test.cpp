#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include <boost/hana/tuple.hpp>

#include <tensormerge/engine/method_table.hpp>
#include <tensormerge/engine/run_memory.hpp>
#include <tensormerge/error/failure.hpp>
#include <tensormerge/method/linear.hpp>
#include <tensormerge/method/ties.hpp>

namespace tensormerge {
namespace {

const method_table two_methods = make_method_table(boost::hana::tuple_t<linear, ties>);

planned_source source(shape dims) {
  const std::uint64_t bytes = 2 * dims.elements();
  return {.model = 0,
          .tensor = share({.name = "w",
                           .type = dtype::bfloat16,
                           .dims = std::move(dims),
                           .bytes = bytes})};
}

planned_tensor merged(const std::string& method, shape dims) {
  planned_tensor tensor{.name = "w", .type = dtype::bfloat16, .dims = dims, .method = method};
  tensor.inputs = {source(dims), source(dims)};
  if (method == "ties") tensor.base = source(dims);
  return tensor;
}

merge_plan plan_of(planned_tensor tensor) {
  merge_plan plan;
  plan.tensors.push_back(std::move(tensor));
  return plan;
}

TEST(run_memory, grows_with_threads_and_ranges_but_not_with_the_tensor) {
  const merge_plan large = plan_of(merged("ties", {20'000, 20'000}));
  const merge_plan larger = plan_of(merged("ties", {80'000, 20'000}));
  const std::uint64_t two = run_memory(large, two_methods, {2, 1 << 20});
  EXPECT_EQ(two, run_memory(larger, two_methods, {2, 1 << 20}));
  EXPECT_GT(two, run_memory(large, two_methods, {1, 1 << 20}));
  EXPECT_GT(two, run_memory(large, two_methods, {2, 1 << 16}));
  EXPECT_LT(two, 16u << 20);
}

TEST(run_memory, counts_what_is_read_and_written_at_a_time) {
  const merge_plan plan = plan_of(merged("linear", {20'000, 20'000}));
  const std::uint64_t least = 3u << 20;  // a range each of two inputs and of the output
  EXPECT_GE(run_memory(plan, two_methods, {1, 1 << 20}), least);
  EXPECT_LT(run_memory(plan, two_methods, {1, 1 << 20}), least + (1 << 18));
}

TEST(run_memory, is_nothing_for_copies) {
  planned_tensor copy = merged("linear", {20'000, 20'000});
  copy.is_copy = true;
  EXPECT_EQ(run_memory(plan_of(copy), two_methods, {8, 1 << 20}), 0u);
}

TEST(divide_within, cuts_ranges_then_threads_and_then_refuses) {
  const merge_plan plan = plan_of(merged("ties", {20'000, 20'000}));
  const std::uint64_t present = resident_bytes();
  ASSERT_GT(present, 0u);
  const std::uint64_t most = run_memory(plan, two_methods, {8, 1 << 20});
  const work_division whole = divide_within(present + 2 * most, plan, two_methods, {8, 1 << 20});
  EXPECT_EQ(whole.range_bytes, 1u << 20);
  EXPECT_EQ(whole.threads, 8u);
  const work_division smaller = divide_within(present + most / 2, plan, two_methods, {8, 1 << 20});
  EXPECT_LT(smaller.range_bytes, 1u << 20);
  const work_division fewer = divide_within(present + most / 8, plan, two_methods, {8, 1 << 20});
  EXPECT_LT(fewer.threads, 8u);
  try {
    divide_within(1, plan, two_methods, {8, 1 << 20});
    FAIL() << "fits into a byte";
  } catch (const failure& problem) {
    EXPECT_NE(std::string(problem.what()).find("`w`: the merge does not fit"), std::string::npos)
        << problem.what();
  }
}

TEST(useful_kept_bytes, are_of_two_tensors_that_are_observed_and_none_of_others) {
  planned_tensor trimmed = merged("ties", {100, 1000});
  for (planned_source& input : trimmed.inputs) input.parameters = {{"density", 0.5}};
  const merge_plan observed = plan_of(trimmed);
  const std::uint64_t sources = source_bytes(observed.tensors[0]);
  EXPECT_EQ(useful_kept_bytes(observed, two_methods, 1 << 30), 2 * sources);
  EXPECT_EQ(useful_kept_bytes(observed, two_methods, 1000), 1000u);
  EXPECT_EQ(useful_kept_bytes(plan_of(merged("linear", {100, 1000})), two_methods, 1 << 30), 0u);
}

TEST(divide_within, keeps_less_before_it_cuts_ranges) {
  const merge_plan plan = plan_of(merged("ties", {20'000, 20'000}));
  const std::uint64_t limit =
      resident_bytes() + run_memory(plan, two_methods, {2, 1 << 20}) + (std::uint64_t{20} << 20);
  const work_division work =
      divide_within(limit, plan, two_methods, {2, 1 << 20, std::uint64_t{96} << 20});
  EXPECT_EQ(work.range_bytes, 1u << 20);
  EXPECT_GT(work.kept_bytes, 0u);
  EXPECT_LT(work.kept_bytes, std::uint64_t{21} << 20);
}

}  // namespace
}  // namespace tensormerge
