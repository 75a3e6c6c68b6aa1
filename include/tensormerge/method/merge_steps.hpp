#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>

#include <tensormerge/dtype/convert.hpp>
#include <tensormerge/method/check_merge.hpp>
#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/merge_stored.hpp>
#include <tensormerge/tensor/sample.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>
#include <tensormerge/tensor/tile_size.hpp>

namespace tensormerge {

/// The steps of one tensor's merge on the elements as they are stored, for callers with threads
/// and tiles of their own; `merge` does the same on one thread.
///
///     merge_steps<ties, bfloat16> steps(shared, inputs, facts, memory);  // steps.problem()?
///     while (steps.wants_observation()) {
///       // each thread, with a worker of its own from make_worker:
///       steps.observe(elements, size, worker);  // every range once, in any order
///       // then one thread:
///       steps.combine(first_worker, other_worker);
///       steps.conclude(first_worker);  // steps.problem()?
///     }
///     steps.apply(elements, size, worker);  // every range, in any order, on any thread
///
/// The result depends on neither the ranges nor the threads. A range begins at a multiple of
/// alignment() elements, and has a multiple of it unless the tensor ends with it. Nothing is
/// allocated or thrown.
template <class Method, class Storage, class Rounding = nearest_even>
class merge_steps {
  static_assert(check_merge_method<Method>());
  using real = compute_type<Storage>;
  using kernel_type = typename Method::template kernel<real>;
  static constexpr std::size_t cache_line = 64;
  static constexpr bool has_tiles = !needs_no_tiles<kernel_type, Storage, Rounding>;
  using element = std::conditional_t<has_tiles, real, Storage>;  // what the kernel is shown

 public:
  using parameters = typename Method::parameters;
  using input_parameters = typename Method::input_parameters;

  /// What one thread has seen in the current round, and its tiles if it has any.
  class worker {
   public:
    worker(const kernel_type& kernel, std::size_t inputs, std::size_t tile_elements,
           scratch memory)
        : seen_(kernel.make_statistic(memory)),
          inputs_(memory.take<const element*>(inputs)) {
      if constexpr (has_tiles) {
        base_ = memory.take<real>(tile_elements, cache_line).data();
        out_ = memory.take<real>(tile_elements, cache_line).data();
        loaded_ = memory.take<real>(inputs * tile_elements, cache_line).data();
      }
    }

   private:
    friend merge_steps;
    typename kernel_type::statistic seen_;
    std::span<const element*> inputs_;
    real *base_ = nullptr, *out_ = nullptr, *loaded_ = nullptr;
  };

  /// Bytes of memory that the steps need for a tensor and this number of inputs, once; 0 where
  /// these are refused (see check_tensor).
  static std::size_t shared_bytes(const parameters& shared, std::size_t inputs,
                                  const tensor_facts& facts) {
    if (check_tensor<Method>(inputs, facts) != nullptr) return 0;
    return kernel_scratch_bytes<kernel_type>(inputs, shared, facts);
  }

  /// Bytes of memory that each worker needs, under the same terms.
  static std::size_t worker_bytes(const parameters& shared, std::size_t inputs,
                                  const tensor_facts& facts) {
    if (check_tensor<Method>(inputs, facts) != nullptr) return 0;
    const std::size_t bytes = kernel_statistic_bytes<kernel_type>(inputs, shared, facts) +
                              scratch::bytes_for<const element*>(inputs);
    if constexpr (!has_tiles) return bytes;
    return bytes + 2 * scratch::bytes_for<real>(tile_elements(shared, facts), cache_line) +
           scratch::bytes_for<real>(inputs * tile_elements(shared, facts), cache_line);
  }

  /// The parameters, one of them an input, and `memory` must outlive the steps. What does not fit
  /// together is a problem().
  merge_steps(const parameters& shared, std::span<const input_parameters> inputs,
              const tensor_facts& facts, std::span<std::byte> memory)
      : problem_(check_tensor<Method>(inputs.size(), facts)),
        inputs_(inputs.size()),
        random_key_(facts.random_key) {
    if (problem_ != nullptr) return;
    worker_bytes_ = worker_bytes(shared, inputs.size(), facts);
    tile_elements_ = tile_elements(shared, facts);
    alignment_ = tile_alignment(facts, rows_per_tile<kernel_type>(shared, facts));
    if (memory.size() < shared_bytes(shared, inputs.size(), facts)) {
      problem_ = too_little_memory;
      return;
    }
    scratch rest(memory);
    kernel_.emplace(shared, inputs, facts, rest);
    problem_ = kernel_problem(*kernel_);
  }

  /// What is wrong with the arguments, or with the data where the method is not defined on it;
  /// nullptr where nothing is. To be asked at first and after each conclusion: once there is a
  /// problem, no other function may be called.
  const char* problem() const { return problem_; }

  std::uint64_t alignment() const { return alignment_; }
  bool wants_observation() const { return kernel_->wants_observation(); }

  /// Nothing where the memory, which must outlive the worker, has less than worker_bytes().
  std::optional<worker> make_worker(std::span<std::byte> memory) const {
    if (memory.size() < worker_bytes_) return std::nullopt;
    return worker(*kernel_, inputs_, tile_elements_, scratch(memory));
  }

  /// Looks at `size` elements.
  void observe(const stored_elements<Storage>& elements, std::uint64_t size, worker& mine) const {
    const auto observe = [&](std::uint64_t begin, std::uint64_t count) {
      kernel_->observe(show(elements, begin, static_cast<std::size_t>(count), mine), mine.seen_);
    };
    if (wants_sample(*kernel_)) {
      for_each_sampled(size, alignment_, elements.first / alignment_, observe);
    } else if (!observe_stored(*kernel_, elements, static_cast<std::size_t>(size), mine.seen_)) {
      if constexpr (has_tiles) for_each_tile(size, observe);
    }
  }

  /// Adds what `from` has seen to `into`; `from` is then ready for the next round.
  void combine(worker& into, worker& from) const {
    into.seen_.combine(from.seen_);
    from.seen_.clear();
  }

  /// Ends a round with the worker that has seen, or been given, all of the tensor.
  void conclude(worker& all) {
    kernel_->conclude(all.seen_);
    all.seen_.clear();
    problem_ = kernel_problem(*kernel_);
  }

  /// Makes `size` elements of the result, rounded once, at `elements.out`.
  void apply(const stored_elements<Storage>& elements, std::uint64_t size, worker& mine) const {
    if (apply_stored<Rounding>(*kernel_, elements, static_cast<std::size_t>(size), random_key_)) {
      return;
    }
    if constexpr (has_tiles) {
      for_each_tile(size, [&](std::uint64_t begin, std::uint64_t count) {
        const tile<real> piece = show(elements, begin, static_cast<std::size_t>(count), mine);
        apply_kernel(*kernel_, piece, mine.out_, mine.seen_);
        store_tile<Rounding>(mine.out_, elements.out + begin, piece.size, random_key_,
                             piece.first);
      });
    }
  }

 private:
  static std::size_t tile_elements(const parameters& shared, const tensor_facts& facts) {
    return static_cast<std::size_t>(
        aligned_tile(default_tile_elements<real>,
                     tile_alignment(facts, rows_per_tile<kernel_type>(shared, facts))));
  }

  template <class Visitor>
  void for_each_tile(std::uint64_t size, Visitor visit) const {
    for (std::uint64_t begin = 0; begin < size; begin += tile_elements_) {
      visit(begin, std::min<std::uint64_t>(size - begin, tile_elements_));
    }
  }

  /// Some of the elements as the kernel is shown them, in a worker's tiles if it has any.
  tile<real, element> show(const stored_elements<Storage>& elements, std::uint64_t begin,
                           std::size_t count, worker& mine) const {
    const element* base = nullptr;
    if constexpr (has_tiles) {
      if (elements.base != nullptr) {
        load_tile(elements.base + begin, mine.base_, count);
        base = mine.base_;
      }
      for (std::size_t i = 0; i < inputs_; ++i) {
        real* const loaded = mine.loaded_ + i * tile_elements_;
        load_tile(elements.inputs[i] + begin, loaded, count);
        mine.inputs_[i] = loaded;
      }
    } else {
      if (elements.base != nullptr) base = elements.base + begin;
      for (std::size_t i = 0; i < inputs_; ++i) mine.inputs_[i] = elements.inputs[i] + begin;
    }
    return {.inputs = mine.inputs_, .base = base, .size = count, .first = elements.first + begin};
  }

  const char* problem_;
  std::size_t inputs_;
  std::uint64_t random_key_;
  std::size_t worker_bytes_ = 0;
  std::size_t tile_elements_ = 0;
  std::uint64_t alignment_ = 1;
  std::optional<kernel_type> kernel_;
};

}  // namespace tensormerge
