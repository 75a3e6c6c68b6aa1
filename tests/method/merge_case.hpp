#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tensormerge/dtype/convert.hpp>
#include <tensormerge/merge.hpp>
#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/shape.hpp>
#include <tensormerge/tensor/tile.hpp>
#include <tensormerge/tensor/tile_size.hpp>

namespace tensormerge {

inline tensor_facts facts_of(const shape& dims, std::uint64_t random_key = 0) {
  return {.elements = dims.elements(),
          .row_length = dims.row_length(),
          .random_key = random_key,
          .column_length = dims.column_length(),
          .axes = dims.extents.size()};
}

template <class Storage>
std::vector<Storage> stored(const std::vector<double>& values) {
  std::vector<Storage> list;
  for (const double value : values) list.push_back(nearest_even::store<Storage>(value));
  return list;
}

template <class Storage>
std::vector<double> loaded(const std::vector<Storage>& values) {
  std::vector<double> list;
  for (const Storage value : values) list.push_back(load<double>(value));
  return list;
}

/// `count` normal numbers of this deviation.
inline std::vector<double> random_values(std::size_t count, unsigned seed, double deviation = 1) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> normal(0, deviation);
  std::vector<double> values(count);
  for (double& value : values) value = normal(generator);
  return values;
}

/// A merge of one tensor, in memory.
template <class Method, class Storage>
struct merge_case {
  shape dims;
  std::vector<std::vector<Storage>> inputs;
  std::vector<Storage> base;  // empty where there is none
  typename Method::parameters shared{};
  std::vector<typename Method::input_parameters> per_input;
  std::uint64_t random_key = 0;

  merge_case(shape extents, std::vector<std::vector<double>> values,
             const std::vector<double>& base_values = {})
      : dims(std::move(extents)), base(stored<Storage>(base_values)), per_input(values.size()) {
    for (const std::vector<double>& input : values) inputs.push_back(stored<Storage>(input));
  }

  /// Sets a member of each input's parameters.
  template <class Member>
  merge_case& set(Member member, const std::vector<double>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) per_input[i].*member = values[i];
    return *this;
  }
};

template <class Storage>
struct merge_outcome {
  std::vector<Storage> values;
  std::string problem;  // empty where there is none
};

/// The merge by tensormerge::merge.
template <class Method, class Storage>
merge_outcome<Storage> merge_at_once(const merge_case<Method, Storage>& given) {
  std::vector<const Storage*> pointers;
  for (const std::vector<Storage>& input : given.inputs) pointers.push_back(input.data());
  const tensor_facts facts = facts_of(given.dims, given.random_key);
  std::vector<std::byte> memory(
      merge_scratch_bytes<Method, Storage>(given.shared, pointers.size(), facts));
  merge_outcome<Storage> outcome;
  outcome.values.resize(static_cast<std::size_t>(facts.elements));
  const char* problem = merge<Method, Storage>(
      {.out = outcome.values.data(),
       .base = given.base.empty() ? nullptr : given.base.data(),
       .inputs = pointers,
       .facts = facts},
      given.shared, given.per_input, memory);
  if (problem != nullptr) outcome.problem = problem;
  return outcome;
}

/// How an engine could go through a tensor.
struct tiling {
  std::uint64_t tile_elements = 1;  // raised to what the method asks for
  std::size_t workers = 1;
  unsigned seed = 0;  // of the order of tiles, of their workers and of the workers' statistics
};

/// What a kernel merges: a tensor's elements in the compute type.
template <class Method, class Real>
struct computed_case {
  tensor_facts facts;
  std::vector<std::vector<Real>> inputs;
  std::vector<Real> base;  // empty where there is none
  typename Method::parameters shared;
  std::vector<typename Method::input_parameters> per_input;
};

/// The merge by the kernel, tile by tile in a shuffled order, the statistics of several workers
/// combined in a shuffled order.
template <class Method, class Real>
merge_outcome<Real> merge_computed(const computed_case<Method, Real>& given, const tiling& order) {
  using kernel_type = typename Method::template kernel<Real>;
  const tensor_facts& facts = given.facts;
  const std::size_t count = given.inputs.size();
  std::vector<std::byte> memory(kernel_scratch_bytes<kernel_type>(count, given.shared, facts));
  scratch rest(memory);
  const std::span<const typename Method::input_parameters> per_input = given.per_input;
  kernel_type kernel(given.shared, per_input, facts, rest);
  merge_outcome<Real> outcome;
  if (const char* problem = kernel_problem(kernel)) {
    outcome.problem = problem;
    return outcome;
  }

  std::vector<Real> out(static_cast<std::size_t>(facts.elements));
  std::mt19937 generator(order.seed);
  const std::uint64_t step = aligned_tile(
      order.tile_elements, tile_alignment(facts, rows_per_tile<kernel_type>(given.shared, facts)));
  std::vector<std::uint64_t> starts;
  for (std::uint64_t first = 0; first < facts.elements; first += step) starts.push_back(first);
  const auto for_each_tile = [&](auto&& visit) {
    std::shuffle(starts.begin(), starts.end(), generator);
    std::vector<const Real*> pointers(count);
    for (const std::uint64_t first : starts) {
      for (std::size_t i = 0; i < count; ++i) pointers[i] = given.inputs[i].data() + first;
      visit(tile<Real>{.inputs = pointers,
                       .base = given.base.empty() ? nullptr : given.base.data() + first,
                       .size = static_cast<std::size_t>(std::min(step, facts.elements - first)),
                       .first = first});
    }
  };

  const std::size_t statistic_bytes =
      kernel_statistic_bytes<kernel_type>(count, given.shared, facts);
  std::vector<std::vector<std::byte>> worker_memory(order.workers,
                                                    std::vector<std::byte>(statistic_bytes));
  std::vector<typename kernel_type::statistic> seen;
  std::vector<std::size_t> workers;  // places in `seen`
  for (std::vector<std::byte>& lent : worker_memory) {
    scratch mine(lent);
    workers.push_back(seen.size());
    seen.push_back(kernel.make_statistic(mine));
  }
  while (kernel.wants_observation()) {
    for (typename kernel_type::statistic& statistic : seen) statistic.clear();
    for_each_tile([&](const tile<Real>& piece) {
      kernel.observe(piece, seen[generator() % seen.size()]);
    });
    std::shuffle(workers.begin(), workers.end(), generator);
    for (std::size_t i = 1; i < seen.size(); ++i) seen[workers[0]].combine(seen[workers[i]]);
    kernel.conclude(seen[workers[0]]);
    if (const char* problem = kernel_problem(kernel)) {
      outcome.problem = problem;
      return outcome;
    }
  }
  for_each_tile([&](const tile<Real>& piece) {
    apply_kernel(kernel, piece, out.data() + piece.first, seen[generator() % seen.size()]);
  });
  outcome.values = std::move(out);
  return outcome;
}

/// A case of task vectors over a base of ones.
template <class Method>
merge_case<Method, float> tasks_over_ones(shape dims, std::vector<std::vector<double>> deltas) {
  const std::vector<double> base(static_cast<std::size_t>(dims.elements()), 1);
  for (std::vector<double>& delta : deltas) {
    for (double& x : delta) x += 1;
  }
  return {std::move(dims), std::move(deltas), base};
}

/// The same of a merge_case.
template <class Method, class Storage>
merge_outcome<Storage> merge_in_tiles(const merge_case<Method, Storage>& given,
                                      const tiling& order) {
  using real = compute_type<Storage>;
  computed_case<Method, real> loaded{.facts = facts_of(given.dims, given.random_key),
                                     .inputs = {},
                                     .base = std::vector<real>(given.base.size()),
                                     .shared = given.shared,
                                     .per_input = given.per_input};
  load_tile(given.base.data(), loaded.base.data(), loaded.base.size());
  for (const std::vector<Storage>& input : given.inputs) {
    loaded.inputs.emplace_back(input.size());
    load_tile(input.data(), loaded.inputs.back().data(), input.size());
  }
  const merge_outcome<real> computed = merge_computed(loaded, order);
  merge_outcome<Storage> outcome{std::vector<Storage>(computed.values.size()), computed.problem};
  store_tile(computed.values.data(), outcome.values.data(), computed.values.size());
  return outcome;
}

}  // namespace tensormerge
