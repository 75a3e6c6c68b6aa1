#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <boost/hana/tuple.hpp>

#include <tensormerge/engine/method_table.hpp>
#include <tensormerge/engine/run_memory.hpp>
#include <tensormerge/error/failure.hpp>
#include <tensormerge/method/della.hpp>
#include <tensormerge/method/linear.hpp>
#include <tensormerge/method/ties.hpp>

namespace tensormerge {
namespace {

const method_table two_methods = make_method_table(boost::hana::tuple_t<linear, ties>);
const method_table masking_methods = make_method_table(boost::hana::tuple_t<della, linear>);

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

/// A plan of tensors that are merged by della, which holds masks, or linear, which holds little.
merge_plan merged_by(const std::vector<std::string>& methods) {
  merge_plan plan;
  for (const std::string& method : methods) {
    plan.tensors.push_back(merged(method, {4000, 4000}));
    if (method == "della") plan.tensors.back().base = source({4000, 4000});
  }
  return plan;
}

std::uint64_t memory_of(const std::vector<std::string>& methods, work_division work) {
  return run_memory(merged_by(methods), masking_methods, work);
}

TEST(run_memory, counts_what_two_tensors_in_a_row_hold) {
  const std::uint64_t held = held_memory(merged_by({"della"}).tensors[0], masking_methods, 2);
  EXPECT_GT(held, 2u * 4000 * 4000 / 8);  // a bit for each element of two inputs
  EXPECT_EQ(memory_of({"della", "della"}, {2}), memory_of({"della"}, {2}) + held);
  EXPECT_EQ(memory_of({"della", "della", "della"}, {2}), memory_of({"della", "della"}, {2}));
  EXPECT_LT(memory_of({"della", "linear", "della"}, {2}), memory_of({"della", "della"}, {2}));
}

TEST(run_memory, counts_one_tensor_where_none_is_begun_while_another_ends) {
  EXPECT_EQ(memory_of({"della", "della"}, {1}), memory_of({"della"}, {1}));
  EXPECT_EQ(memory_of({"della", "della"}, {.threads = 2, .overlaps = false}),
            memory_of({"della"}, {2}));
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

TEST(mapped_surplus, is_a_piece_of_each_source_where_not_all_is_kept) {
  const merge_plan plan = plan_of(merged("ties", {4000, 4000}));
  const std::uint64_t whole = 2 * source_bytes(plan.tensors[0]);
  EXPECT_EQ(mapped_surplus(plan, {.kept_bytes = 0}), 0u);
  EXPECT_EQ(mapped_surplus(plan, {.kept_bytes = 1 << 20}), 3u * (2 << 20));
  EXPECT_EQ(mapped_surplus(plan, {.kept_bytes = whole - 1000}), 1000u);
  EXPECT_EQ(mapped_surplus(plan, {.kept_bytes = whole}), 0u);
}

TEST(divide_within, begins_tensors_one_by_one_before_it_takes_fewer_threads) {
  const merge_plan plan = merged_by({"della", "della"});
  const work_division least{.threads = 2, .range_bytes = 1 << 16, .overlaps = false};
  const std::uint64_t room = 1 << 20;  // for what the tests themselves take meanwhile
  const std::uint64_t limit = resident_bytes() + run_memory(plan, masking_methods, least) + room;
  const work_division work = divide_within(limit, plan, masking_methods, {2, 1 << 20});
  EXPECT_EQ(work.threads, 2u);
  EXPECT_FALSE(work.overlaps);
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
