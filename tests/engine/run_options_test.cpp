#include <cstdint>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/hana/tuple.hpp>

#include <tensormerge/engine/method_table.hpp>
#include <tensormerge/engine/run_memory.hpp>
#include <tensormerge/engine/run_options.hpp>
#include <tensormerge/method/linear.hpp>
#include <tensormerge/method/ties.hpp>

namespace tensormerge {
namespace {

const method_table methods_of_work = make_method_table(boost::hana::tuple_t<linear, ties>);

merge_plan plan_to_divide(const std::string& method) {
  const planned_source source{
      .model = 0,
      .tensor = share({.name = "w",
                       .type = dtype::bfloat16,
                       .dims = {20'000, 20'000},
                       .bytes = 800'000'000})};
  planned_tensor tensor{
      .name = "w", .type = dtype::bfloat16, .dims = {20'000, 20'000}, .method = method};
  tensor.inputs = {source, source};
  if (method == "ties") {
    tensor.base = source;
    for (planned_source& input : tensor.inputs) input.parameters = {{"density", 0.5}};
  }
  merge_plan plan;
  plan.tensors.push_back(std::move(tensor));
  return plan;
}

TEST(divide_work, keeps_what_is_read_only_where_it_is_read_again) {
  EXPECT_EQ(divide_work(plan_to_divide("linear"), methods_of_work, {}).kept_bytes, 0u);
  EXPECT_EQ(divide_work(plan_to_divide("ties"), methods_of_work, {}).kept_bytes,
            run_options{}.kept_bytes);
}

TEST(divide_work, stays_within_the_memory_that_is_allowed) {
  const merge_plan plan = plan_to_divide("ties");
  const std::uint64_t most = resident_bytes() + (40u << 20);
  const work_division work =
      divide_work(plan, methods_of_work, {.threads = 2, .most_memory = most});
  EXPECT_LE(resident_bytes() + run_memory(plan, methods_of_work, work), most + (4u << 20));
}

TEST(describe_work, tells_memory_threads_and_time) {
  EXPECT_THAT(describe_work(plan_to_divide("linear"), methods_of_work, {.threads = 2}),
              ::testing::MatchesRegex("memory: about [0-9]+\\.[0-9] MiB, with 2 threads\n"
                                      "time: 3 s or more, where storage moves 1 GB a second"));
}

}  // namespace
}  // namespace tensormerge
