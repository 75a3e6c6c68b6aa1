#include <algorithm>
#include <cstddef>
#include <cstring>
#include <random>
#include <type_traits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/merge_steps.hpp>
#include <tensormerge/method/task_vector_merge.hpp>
#include <tensormerge/policy/consensus/all_agree.hpp>
#include <tensormerge/policy/consensus/sign_of_sum.hpp>
#include <tensormerge/policy/sparsify/keep_all.hpp>
#include <tensormerge/policy/sparsify/keep_largest.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

struct task_parameters {
  double lambda = 1;
  bool normalize = false;
  bool rescale = false;
};
struct task_input_parameters {
  double weight = 1;
  double density = 1;
};

/// A method of a user's own, of policies that no method of the library combines.
struct largest_summed
    : task_vector_merge<keep_largest, all_agree, task_parameters, task_input_parameters> {
  static constexpr method_facts facts{.name = "largest_summed", .base = base_use::required};
};
struct all_elected
    : task_vector_merge<keep_all, sign_of_sum, task_parameters, task_input_parameters> {
  static constexpr method_facts facts{.name = "all_elected", .base = base_use::required};
};

TEST(task_vector_merge, combines_any_sparsifier_with_any_consensus) {
  merge_case<largest_summed, float> summed({3}, {{4, 1, 0}, {0, 3, 2}}, {1, 1, 1});
  summed.set(&task_input_parameters::density, {0.34, 0.67});
  expect_values(merge_at_once(summed), {4 - 1, 3, 1});
  const merge_case<all_elected, float> elected({2}, {{4, 1}, {0, 3}}, {1, 1});
  expect_values(merge_at_once(elected), {4, 3});
}

// A policy that is derived from one of the library may do otherwise.
struct keeps_otherwise : keep_all {};
struct sums_otherwise : all_agree {};
static_assert(keeps_everything<keep_all> && !keeps_everything<keeps_otherwise> &&
              !keeps_everything<keep_largest>);
static_assert(sums_everything<all_agree> && !sums_everything<sums_otherwise> &&
              !sums_everything<sign_of_sum>);

TEST(task_vector_merge, observes_only_inputs_that_want_it) {
  merge_case<largest_summed, float> given({2}, {{4, 1}, {0, 3}}, {1, 1});
  given.set(&task_input_parameters::density, {1, 0.5});
  expect_values(merge_at_once(given), {4, 3});
}

/// Two models, of which some elements cancel, vanish or overflow in the compute type.
template <class Storage>
struct two_models {
  static constexpr std::size_t size = 6 * block_elements + 9;
  std::vector<Storage> base, first, second;

  two_models() {
    std::mt19937 random(2);
    std::normal_distribution<float> weight(0, 1), change(0, 0.1f);
    constexpr float most = std::is_same_v<Storage, float16> ? 6e4f : 3e38f;
    constexpr float least = std::is_same_v<Storage, float16> ? 0x1p-24f : 0x1p-133f;
    for (std::size_t i = 0; i < size; ++i) {
      const bool is_plain = i / block_elements % 2 == 1;
      const float origin = is_plain ? weight(random) : 0;
      float a = change(random), b = change(random);
      if (!is_plain && random() % 16 == 0) b = -a;
      if (!is_plain && random() % 16 == 0) a = most, b = -0.7f * most;
      if (!is_plain && random() % 16 == 0) a = 8 * least, b = -36 * least;
      base.push_back(nearest_even::store<Storage>(origin));
      first.push_back(nearest_even::store<Storage>(origin + a));
      second.push_back(nearest_even::store<Storage>(origin + b));
    }
  }

  /// Merged by calls of so many elements, into any of the tensors or another one.
  template <class Method>
  std::vector<Storage> merged(double weight_a, double weight_b, std::size_t at_once,
                              std::vector<Storage> two_models::*into = nullptr) const {
    using steps = merge_steps<Method, Storage>;
    const typename Method::input_parameters own[] = {{.weight = weight_a}, {.weight = weight_b}};
    const tensor_facts facts = vector_facts(size);
    std::vector<std::byte> memory(steps::shared_bytes({}, 2, facts)),
        own_memory(steps::worker_bytes({}, 2, facts));
    const steps merging({}, own, facts, memory);
    auto mine = merging.make_worker(own_memory);
    two_models read = *this;
    std::vector<Storage> apart(size);
    std::vector<Storage>& out = into == nullptr ? apart : read.*into;
    for (std::size_t i = 0; i < size; i += at_once) {
      const Storage* inputs[] = {read.first.data() + i, read.second.data() + i};
      merging.apply({.out = out.data() + i, .base = read.base.data() + i, .inputs = inputs,
                     .first = i},
                    std::min(at_once, size - i), *mine);
    }
    return out;
  }
};

template <class Storage>
bool same_bytes(const std::vector<Storage>& a, const std::vector<Storage>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(Storage)) == 0;
}

struct all_summed
    : task_vector_merge<keep_largest, all_agree, task_parameters, task_input_parameters> {
  static constexpr method_facts facts{.name = "all_summed", .base = base_use::required};
};

template <class Storage>
struct task_vector_merge_of_two : testing::Test {};
using storage_types = testing::Types<bfloat16, float16, float>;
TYPED_TEST_SUITE(task_vector_merge_of_two, storage_types);

TYPED_TEST(task_vector_merge_of_two, does_not_depend_on_what_is_made_at_once_or_where) {
  using models = two_models<TypeParam>;
  const models given;
  // The weights of the second pair make products vanish or overflow.
  for (const auto& [a, b] : {std::pair{0.3, 0.7}, {9.5367432414215109e-07, 2.1192762424822309e-07},
                             {135297281.0, 241531433.0}, {1e-44, 1.0}}) {
    const auto check = [&]<class Method>(Method) {
      const auto whole = given.template merged<Method>(a, b, models::size);
      EXPECT_TRUE(same_bytes(whole, given.template merged<Method>(a, b, block_elements)));
      EXPECT_TRUE(same_bytes(whole, given.template merged<Method>(a, b, 2 * block_elements)));
      for (const auto into : {&models::base, &models::first, &models::second}) {
        EXPECT_TRUE(same_bytes(whole, given.template merged<Method>(a, b, models::size, into)));
      }
    };
    check(all_elected{});
    check(all_summed{});
  }
}

TEST(task_vector_merge, merges_empty_tensors) {
  const merge_case<largest_summed, float> given({0}, {{}}, {});
  expect_values(merge_at_once(given), {});
}

}  // namespace
}  // namespace tensormerge
