#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include <boost/hana/tuple.hpp>

#include <tensormerge/merge.hpp>
#include <tensormerge/method/dispatch_method.hpp>
#include <tensormerge/method/linear.hpp>
#include <tensormerge/method/slerp.hpp>
#include <tensormerge/method/task_arithmetic.hpp>
#include <tensormerge/method/ties.hpp>

#include "host.hpp"

namespace host {

/// The methods that this engine offers, and compiles.
inline constexpr auto methods =
    boost::hana::tuple_t<tensormerge::linear, tensormerge::slerp, tensormerge::task_arithmetic,
                         tensormerge::ties>;

/// Settings of all methods; each takes those that it knows.
struct merge_settings {
  double t = 0.5, lambda = 1, density = 1;
  std::vector<double> weights;  // one an input
};

namespace detail {

inline tensormerge::dtype dtype_of(element_type type) {
  switch (type) {
    case element_type::float32: return tensormerge::dtype::float32;
    case element_type::float16: return tensormerge::dtype::float16;
    case element_type::bfloat16: return tensormerge::dtype::bfloat16;
    case element_type::int64: break;
  }
  return tensormerge::dtype::int64;
}

/// `size` elements of a tensor in row-major order from `first` on: where they lie, or packed into
/// the thread's buffer where the tensor has gaps or another order.
template <class Storage>
const Storage* packed(const tensor& from, std::uint64_t first, std::size_t size,
                      std::vector<Storage>& buffer) {
  const Storage* data = reinterpret_cast<const Storage*>(from.data);
  if (from.is_contiguous()) return data + first;
  buffer.resize(size);
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t place = static_cast<std::size_t>(first) + i;
    buffer[i] = data[place / from.shape[1] * from.strides[0] +
                     place % from.shape[1] * from.strides[1]];
  }
  return buffer.data();
}

/// What a thread of the pool keeps during a merge.
template <class Steps, class Storage>
struct thread_state {
  std::vector<std::byte> memory;
  std::vector<typename Steps::worker> worker;  // one
  std::vector<std::vector<Storage>> buffers;
  std::vector<const Storage*> inputs;
};

template <class Method, class Storage>
const char* merge_with(thread_pool& pool, const tensor& out, const tensor& base,
                       std::span<const tensor> inputs, const merge_settings& settings) {
  using steps_type = tensormerge::merge_steps<Method, Storage>;
  typename Method::parameters shared{};
  if constexpr (requires { shared.t; }) shared.t = settings.t;
  if constexpr (requires { shared.lambda; }) shared.lambda = settings.lambda;
  std::vector<typename Method::input_parameters> own(inputs.size());
  for (std::size_t i = 0; i < own.size(); ++i) {
    if constexpr (requires { own[i].weight; }) own[i].weight = settings.weights[i];
    if constexpr (requires { own[i].density; }) own[i].density = settings.density;
  }
  const tensormerge::tensor_facts facts = tensormerge::matrix_facts(out.shape[0], out.shape[1]);
  std::vector<std::byte> memory(steps_type::shared_bytes(shared, own.size(), facts));
  steps_type steps(shared, own, facts, memory);
  if (steps.problem() != nullptr) return steps.problem();

  std::vector<thread_state<steps_type, Storage>> threads(pool.size());
  for (auto& each : threads) {
    each.memory.resize(steps_type::worker_bytes(shared, own.size(), facts));
    each.worker.push_back(*steps.make_worker(each.memory));
    each.buffers.resize(inputs.size() + 1);
    each.inputs.resize(inputs.size());
  }
  constexpr std::uint64_t wanted = 1 << 14;
  const std::uint64_t range = tensormerge::aligned_tile(wanted, steps.alignment());
  const auto on_every_range = [&](auto&& step) {
    std::atomic<std::uint64_t> next = 0;
    pool.on_each_thread([&](std::size_t thread) {
      auto& mine = threads[thread];
      for (;;) {
        const std::uint64_t first = next.fetch_add(range);
        if (first >= facts.elements) return;
        const std::size_t size = static_cast<std::size_t>(std::min(range, facts.elements - first));
        for (std::size_t i = 0; i < inputs.size(); ++i) {
          mine.inputs[i] = packed(inputs[i], first, size, mine.buffers[i]);
        }
        step(tensormerge::stored_elements<Storage>{
                 .out = reinterpret_cast<Storage*>(out.data) + first,
                 .base = packed(base, first, size, mine.buffers.back()),
                 .inputs = mine.inputs,
                 .first = first},
             size, mine.worker.front());
      }
    });
  };
  while (steps.wants_observation()) {
    on_every_range([&](const auto& elements, std::size_t size, auto& worker) {
      steps.observe(elements, size, worker);
    });
    for (std::size_t i = 1; i < threads.size(); ++i) {
      steps.combine(threads[0].worker.front(), threads[i].worker.front());
    }
    steps.conclude(threads[0].worker.front());
    if (steps.problem() != nullptr) return steps.problem();
  }
  on_every_range([&](const auto& elements, std::size_t size, auto& worker) {
    steps.apply(elements, size, worker);
  });
  return nullptr;
}

}  // namespace detail

/// Merges tensors of one type and shape into a contiguous one on the engine's threads. Returns
/// nullptr, or what is wrong.
inline const char* merge_tensors(thread_pool& pool, std::string_view method, const tensor& out,
                                 const tensor& base, std::span<const tensor> inputs,
                                 const merge_settings& settings) {
  const auto fits = [&](const tensor& each) {
    return each.type == out.type && each.shape == out.shape;
  };
  if (!fits(base) || !std::all_of(inputs.begin(), inputs.end(), fits)) {
    return "the tensors differ in type or shape";
  }
  if (!out.is_contiguous()) return "the result has strides of its own";
  if (settings.weights.size() != inputs.size()) return "each input needs a weight";
  const char* problem = nullptr;
  const bool is_known = tensormerge::with_method_and_storage(
      methods, method, detail::dtype_of(out.type),
      [&]<class Method, class Storage>(std::type_identity<Method>, std::type_identity<Storage>) {
        problem = detail::merge_with<Method, Storage>(pool, out, base, inputs, settings);
      });
  return is_known ? problem : "this engine has no such method, or cannot merge this type";
}

}  // namespace host
