#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tensormerge/engine/difference_source.hpp>
#include <tensormerge/engine/merged_source.hpp>
#include <tensormerge/error/failure.hpp>
#include <tensormerge/method/linear.hpp>
#include <tensormerge/method/task_arithmetic.hpp>

#include "memory_source.hpp"

namespace tensormerge {
namespace {

using test::memory_source;
using test::all_values_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using numbers = std::vector<double>;

static_assert(tensor_source<merged_source<task_arithmetic>>);

using arithmetic_coefficients = merge_coefficients<task_arithmetic>;

/// (1 - t) of the first model's changes and t of the second's, in tensors whose name begins so.
merged_source<task_arithmetic>::rule between(double t, std::string prefix = {}) {
  return [t, prefix](std::string_view name) {
    const double share = name.starts_with(prefix) ? t : 0;
    return arithmetic_coefficients{.shared = {},
                                   .inputs = {{.weight = 1 - share}, {.weight = share}}};
  };
}

class merged_models : public ::testing::Test {
 protected:
  merged_models() {
    base_.add<bfloat16>("layers.0", {2, 2}, {1, 2, 3, 4}).add<bfloat16>("layers.1", {2}, {1, 1});
    first_.add<bfloat16>("layers.0", {2, 2}, {2, 2, 3, 4}).add<bfloat16>("layers.1", {2}, {1, 3});
    second_.add<float>("layers.0", {2, 2}, {1, 2, 5, 8}).add<float>("layers.1", {2}, {5, 1});
    base_.add_integer("steps", 7);
    first_.add_integer("steps", 8);
  }

  memory_source base_, first_, second_;
};

TEST_F(merged_models, are_merged_into_the_callers_memory_in_the_bases_dtype) {
  const merged_source<task_arithmetic> model(base_, {first_, second_}, between(0.5));
  EXPECT_EQ(model.describe("layers.0")->type, dtype::bfloat16);
  EXPECT_EQ(all_values_of(model, "layers.0"), numbers({1.5, 2, 4, 6}));
  EXPECT_EQ(all_values_of(model, "layers.1"), numbers({3, 2}));
  EXPECT_EQ(all_values_of(base_, "layers.0"), numbers({1, 2, 3, 4}));
}

TEST_F(merged_models, take_tensors_that_are_not_of_floats_from_the_base) {
  const merged_source<task_arithmetic> model(base_, {first_, second_}, between(0.5));
  std::int64_t steps = 0;
  model.read("steps", std::as_writable_bytes(std::span(&steps, 1)));
  EXPECT_EQ(steps, 7);
}

TEST_F(merged_models, name_the_tensors_that_other_coefficients_change_and_no_others) {
  merged_source<task_arithmetic> model(base_, {first_, second_}, between(0.25, "layers.1"));
  EXPECT_THAT(model.changed(), ElementsAre("layers.0", "layers.1", "steps"));
  for (const std::string& name : model.names()) {
    std::vector<std::byte> memory(model.describe(name)->bytes());
    model.read(name, memory);
  }
  EXPECT_TRUE(model.changed().empty());
  model.set(between(0.75, "layers.1"));
  EXPECT_THAT(model.changed(), ElementsAre("layers.1"));
  model.set(between(0.25, "layers.1"));
  EXPECT_TRUE(model.changed().empty());
}

TEST_F(merged_models, come_back_to_the_same_bytes_since_merges_start_from_the_sources) {
  merged_source<task_arithmetic> model(base_, {first_, second_}, between(0.3));
  const numbers before = all_values_of(model, "layers.0");
  for (const double t : {0.9, 0.1, 0.7}) {
    model.set(between(t));
    EXPECT_NE(all_values_of(model, "layers.0"), before);
  }
  model.set(between(0.3));
  EXPECT_EQ(all_values_of(model, "layers.0"), before);
}

TEST_F(merged_models, count_a_model_without_a_tensor_as_one_that_has_not_changed_it) {
  memory_source partial;
  partial.add<bfloat16>("layers.1", {2}, {3, 1});
  const merged_source<task_arithmetic> model(base_, {first_, partial}, between(0.5));
  EXPECT_EQ(all_values_of(model, "layers.0"), numbers({1.5, 2, 3, 4}));
  EXPECT_EQ(all_values_of(model, "layers.1"), numbers({2, 2}));
}

TEST_F(merged_models, may_be_differences_and_merged_again) {
  memory_source change;
  change.add<bfloat16>("layers.1", {2}, {4, 0});
  const difference_source second(base_, change);
  const merged_source<task_arithmetic> inner(base_, {first_, second}, between(0.5));
  EXPECT_EQ(all_values_of(inner, "layers.1"), numbers({3, 2}));
  const merged_source<linear> outer(inner, {inner, base_}, [](std::string_view) {
    return merge_coefficients<linear>{.shared = {}, .inputs = {{.weight = 1}, {.weight = 1}}};
  });
  EXPECT_EQ(all_values_of(outer, "layers.1"), numbers({2, 1.5}));
}

TEST_F(merged_models, are_read_by_several_threads_at_once) {
  const merged_source<task_arithmetic> model(base_, {first_, second_}, between(0.5));
  numbers zero, one;
  std::thread other([&] { one = all_values_of(model, "layers.1"); });
  zero = all_values_of(model, "layers.0");
  other.join();
  EXPECT_EQ(zero, numbers({1.5, 2, 4, 6}));
  EXPECT_EQ(one, numbers({3, 2}));
}

template <class Call>
std::string merge_message_of(const Call& call) {
  try {
    call();
  } catch (const failure& found) {
    return found.what();
  }
  return {};
}

TEST_F(merged_models, are_refused_where_models_do_not_fit) {
  memory_source other;
  other.add<float>("layers.0", {4}, {1, 2, 3, 4}).add_integer("layers.1", 1);
  const std::string message = merge_message_of([&] {
    const merged_source<task_arithmetic> model(base_, {first_, other}, between(0.5));
  });
  EXPECT_THAT(message, HasSubstr("`layers.0`: the tensor has another shape"));
  EXPECT_THAT(message, HasSubstr("`layers.1`: the tensor has another shape"));
  EXPECT_THAT(merge_message_of([&] {
                const merged_source<task_arithmetic> model(base_, {}, between(0.5));
              }),
              HasSubstr("number of models"));
}

TEST_F(merged_models, refuse_reads_that_do_not_fit) {
  merged_source<task_arithmetic> model(base_, {first_, second_}, between(0.5));
  std::vector<std::byte> memory(8);
  model.read("layers.0", memory);
  EXPECT_THAT(merge_message_of([&] { model.read("layers.7", memory); }),
              HasSubstr("no such tensor"));
  EXPECT_THAT(merge_message_of([&] { model.read("layers.1", memory); }), HasSubstr("another size"));
  model.set([](std::string_view) { return arithmetic_coefficients{}; });
  EXPECT_THAT(merge_message_of([&] { model.read("layers.0", memory); }),
              HasSubstr("another number of coefficients"));
  model.set(between(0.5));
  EXPECT_THAT(model.changed(), ::testing::Contains("layers.0"));
}

}  // namespace
}  // namespace tensormerge
