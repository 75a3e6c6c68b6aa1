#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <boost/hana/for_each.hpp>
#include <gtest/gtest.h>

#include <tensormerge/merge.hpp>
#include <tensormerge/method/check_merge.hpp>
#include <tensormerge/method/linear.hpp>
#include <tensormerge/method/method_list.hpp>
#include <tensormerge/method/task_arithmetic.hpp>

namespace tensormerge {
namespace {

using merged_method = task_arithmetic;

/// A merge of two vectors with their base that is sound, to be spoilt in one respect.
struct given_merge {
  std::vector<float> base = std::vector<float>(300, 1), first = std::vector<float>(300, 2),
                     second = std::vector<float>(300, 4), out = std::vector<float>(300, -1);
  std::vector<std::span<const float>> inputs{first, second};
  std::span<const float> origin = base;
  std::span<float> result = out;
  std::vector<merged_method::input_parameters> weights{{.weight = 1}, {.weight = 0.5}};
  tensor_facts facts = vector_facts(300);
  std::vector<std::byte> memory =
      std::vector<std::byte>(merge_scratch_bytes<merged_method, float>({}, 2, vector_facts(300)));

  std::string run() {
    const char* problem =
        merge<merged_method, float>(result, origin, inputs, {}, weights, facts, memory);
    return problem == nullptr ? "" : problem;
  }
};

/// The merge is refused with this in the sentence, and has written nothing.
void expect_refusal(given_merge& given, const std::string& part) {
  EXPECT_NE(given.run().find(part), std::string::npos) << given.run();
  EXPECT_EQ(given.out, std::vector<float>(300, -1));
}

TEST(merge, merges_spans_of_the_tensors_size) {
  given_merge given;
  EXPECT_EQ(given.run(), "");
  EXPECT_EQ(given.out, std::vector<float>(300, 3.5));
}

TEST(merge, may_write_over_an_input) {
  given_merge given;
  given.result = given.first;
  EXPECT_EQ(given.run(), "");
  EXPECT_EQ(given.first, std::vector<float>(300, 3.5));
}

TEST(merge, refuses_spans_of_another_size) {
  given_merge output;
  output.result = output.result.first(299);
  expect_refusal(output, "number of elements");
  given_merge base;
  base.origin = base.origin.first(1);
  expect_refusal(base, "number of elements");
  given_merge input;
  input.inputs[1] = input.inputs[1].first(299);
  expect_refusal(input, "number of elements");
}

TEST(merge, refuses_inputs_without_parameters_of_their_own) {
  given_merge given;
  given.weights.pop_back();
  expect_refusal(given, "of their parameters");
}

TEST(merge, refuses_a_method_without_its_base) {
  given_merge given;
  given.origin = {};
  expect_refusal(given, "needs a base");
}

TEST(merge, refuses_too_little_memory_of_any_size) {
  given_merge given;
  const std::size_t needed = given.memory.size();
  for (std::size_t size = 0; size < needed; size += 97) {
    given.memory.resize(size);
    expect_refusal(given, "less memory");
  }
  given.memory.resize(needed - 1);
  expect_refusal(given, "less memory");
}

TEST(merge, refuses_facts_that_contradict_each_other) {
  given_merge given;
  given.facts.row_length = 7;
  expect_refusal(given, "extents");
}

TEST(merge, refuses_extents_of_zero_before_any_method_divides_by_them) {
  boost::hana::for_each(method_list, [](auto method) {
    using type = typename decltype(method)::type;
    for (const auto& [row, column] : {std::pair{0u, 10u}, {30u, 0u}, {0u, 0u}}) {
      const tensor_facts facts{
          .elements = 300, .row_length = row, .column_length = column, .axes = 2};
      const std::vector<float> values(300, 1);
      const float* inputs[] = {values.data(), values.data()};
      const std::vector<typename type::input_parameters> weights(2);
      typename type::parameters shared{};
      if constexpr (requires { shared.nuslerp_flatten; }) {
        shared.nuslerp_flatten = false;
        shared.nuslerp_row_wise = true;
      }
      std::vector<float> out(300);
      std::vector<std::byte> memory(merge_scratch_bytes<type, float>(shared, 2, facts));
      EXPECT_NE((merge<type, float>({out.data(), values.data(), inputs, facts}, shared, weights,
                                    memory)),
                nullptr)
          << type::facts.name;
    }
  });
}

TEST(merge, refuses_pointers_to_nothing) {
  const float input = 1;
  const float* inputs[] = {&input, nullptr};
  const linear_input_parameters weights[] = {{.weight = 1}, {.weight = 1}};
  std::vector<std::byte> memory(merge_scratch_bytes<linear, float>({}, 2, vector_facts(1)));
  float out = -1;
  EXPECT_NE((merge<linear, float>({&out, nullptr, inputs, vector_facts(1)}, {}, weights, memory)),
            nullptr);
  inputs[1] = &input;
  EXPECT_NE(
      (merge<linear, float>({nullptr, nullptr, inputs, vector_facts(1)}, {}, weights, memory)),
      nullptr);
  EXPECT_EQ((merge<linear, float>({&out, nullptr, inputs, vector_facts(1)}, {}, weights, memory)),
            nullptr);
  EXPECT_EQ(out, 1);
}

TEST(merge, takes_a_tensor_without_elements) {
  std::vector<std::byte> memory(merge_scratch_bytes<linear, float>({}, 1, vector_facts(0)));
  const float* inputs[] = {nullptr};
  const linear_input_parameters weights[] = {{.weight = 1}};
  EXPECT_EQ(
      (merge<linear, float>({nullptr, nullptr, inputs, vector_facts(0)}, {}, weights, memory)),
      nullptr);
}

TEST(check_merge, knows_extents_that_give_the_elements) {
  static_assert(check_facts(matrix_facts(3, 5)) == nullptr);
  static_assert(check_facts(vector_facts(0)) == nullptr);
  static_assert(check_facts({.elements = 1}) == nullptr);
  static_assert(check_facts({.elements = 24, .row_length = 4, .column_length = 2, .axes = 3}) ==
                nullptr);
  static_assert(check_facts({.elements = 16, .row_length = 4, .column_length = 2, .axes = 2}) !=
                nullptr);
  static_assert(check_facts({.elements = 16, .row_length = 0}) != nullptr);
}

}  // namespace
}  // namespace tensormerge
