#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/merge.hpp>
#include <tensormerge/method/merge_steps.hpp>
#include <tensormerge/method/ties.hpp>
#include <tensormerge/policy/select/radix_select.hpp>
#include <tensormerge/tensor/tile_size.hpp>

#include "merge_case.hpp"

namespace tensormerge {
namespace {

using ties_steps = merge_steps<ties, bfloat16>;

template <class Method>
merge_case<Method, bfloat16> three_tuned_models(std::uint64_t elements) {
  merge_case<Method, bfloat16> given({elements},
                                     {random_values(elements, 1), random_values(elements, 2),
                                      random_values(elements, 3)},
                                     random_values(elements, 4));
  return given.set(&ties_input_parameters::weight, {0.5, 0.3, 0.4})
      .set(&ties_input_parameters::density, {0.3, 0.6, 1});
}

TEST(merge_steps, give_with_threads_and_ranges_of_the_callers_what_merge_gives) {
  constexpr std::uint64_t size = 10'000;
  const merge_case<ties, bfloat16> given = three_tuned_models<ties>(size);
  const tensor_facts facts = vector_facts(size);
  const std::vector<bfloat16> expected = merge_at_once(given).values;

  std::vector<std::byte> shared(ties_steps::shared_bytes(given.shared, 3, facts));
  ties_steps steps(given.shared, given.per_input, facts, shared);
  ASSERT_EQ(steps.problem(), nullptr);
  constexpr std::size_t threads = 3;
  std::vector<std::vector<std::byte>> memory(
      threads, std::vector<std::byte>(ties_steps::worker_bytes(given.shared, 3, facts)));
  std::vector<ties_steps::worker> workers;
  for (std::vector<std::byte>& each : memory) workers.push_back(*steps.make_worker(each));

  const std::uint64_t range = 3 * steps.alignment();
  std::vector<bfloat16> out(size);
  const auto on_every_thread = [&](auto&& step) {
    std::vector<std::thread> running;
    for (std::size_t thread = 0; thread < threads; ++thread) {
      running.emplace_back([&, thread] {
        for (std::uint64_t first = thread * range; first < size; first += threads * range) {
          const bfloat16* inputs[] = {given.inputs[0].data() + first,
                                      given.inputs[1].data() + first,
                                      given.inputs[2].data() + first};
          step(stored_elements<bfloat16>{.out = out.data() + first,
                                         .base = given.base.data() + first,
                                         .inputs = inputs,
                                         .first = first},
               std::min(range, size - first), workers[thread]);
        }
      });
    }
    for (std::thread& each : running) each.join();
  };
  int rounds = 0;
  while (steps.wants_observation()) {
    on_every_thread([&](const auto& elements, std::uint64_t count, auto& worker) {
      steps.observe(elements, count, worker);
    });
    steps.combine(workers[2], workers[0]);
    steps.combine(workers[2], workers[1]);
    steps.conclude(workers[2]);
    ASSERT_EQ(steps.problem(), nullptr);
    ++rounds;
  }
  EXPECT_GT(rounds, 1);
  on_every_thread([&](const auto& elements, std::uint64_t count, auto& worker) {
    steps.apply(elements, count, worker);
  });
  EXPECT_EQ(loaded(out), loaded(expected));
}

/// Derived from a method that reads elements as they are stored, and takes them in tiles.
struct ties_by_tiles : ties {
  template <class Real>
  class kernel : public ties::kernel<Real> {
   public:
    using ties::kernel<Real>::kernel;
  };
};

TEST(merge_steps, give_without_tiles_the_bits_of_tiles_where_a_sample_is_observed) {
  constexpr std::uint64_t size = radix_select<float>::least_sampled + 77;
  EXPECT_EQ(loaded(merge_at_once(three_tuned_models<ties>(size)).values),
            loaded(merge_at_once(three_tuned_models<ties_by_tiles>(size)).values));
}

TEST(merge_steps, need_no_memory_of_tiles_where_there_are_none) {
  const tensor_facts facts = vector_facts(10'000);
  const std::size_t tiles =
      merge_steps<ties_by_tiles, bfloat16>::worker_bytes({}, 3, facts) -
      ties_steps::worker_bytes({}, 3, facts);
  EXPECT_GE(tiles, 5 * default_tile_elements<float> * sizeof(float));
}

TEST(merge_steps, have_a_problem_without_inputs_or_memory) {
  const tensor_facts facts = vector_facts(8);
  const ties_input_parameters weights[] = {{.weight = 1}};
  std::vector<std::byte> memory(ties_steps::shared_bytes({}, 1, facts));
  EXPECT_EQ(ties_steps({}, weights, facts, memory).problem(), nullptr);
  EXPECT_NE(ties_steps({}, weights, facts, std::span(memory).first(memory.size() - 1)).problem(),
            nullptr);
  EXPECT_NE(ties_steps({}, {}, facts, memory).problem(), nullptr);
}

TEST(merge_steps, make_no_worker_of_too_little_memory) {
  const tensor_facts facts = vector_facts(8);
  const ties_input_parameters weights[] = {{.weight = 1}};
  std::vector<std::byte> memory(ties_steps::shared_bytes({}, 1, facts));
  const ties_steps steps({}, weights, facts, memory);
  std::vector<std::byte> enough(ties_steps::worker_bytes({}, 1, facts));
  EXPECT_TRUE(steps.make_worker(enough).has_value());
  EXPECT_FALSE(steps.make_worker(std::span(enough).first(enough.size() - 1)).has_value());
}

}  // namespace
}  // namespace tensormerge
