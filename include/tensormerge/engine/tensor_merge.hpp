#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <tensormerge/dtype/convert.hpp>
#include <tensormerge/dtype/dispatch.hpp>
#include <tensormerge/dtype/dtype.hpp>
#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/merge_stored.hpp>
#include <tensormerge/tensor/sample.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>
#include <tensormerge/tensor/tile_size.hpp>

namespace tensormerge {

/// The same range of elements of every tensor of a merge, as they are stored.
struct stored_range {
  std::uint64_t first = 0;
  std::uint64_t elements = 0;
  const std::byte* base = nullptr;
  std::span<const std::byte* const> inputs;
};

/// The dtypes of the tensors of one merge.
struct stored_dtypes {
  std::optional<dtype> base;
  std::vector<dtype> inputs;
  dtype output = dtype::float32;
};

/// Whether arithmetic in float is wide enough: for outputs and inputs of at most 16 bits.
inline bool computes_in_float(const stored_dtypes& types) {
  const auto narrow = [](dtype type) { return bytes_per_element(type) <= 2; };
  return narrow(types.output) && (!types.base || narrow(*types.base)) &&
         std::all_of(types.inputs.begin(), types.inputs.end(), narrow);
}

/// What a tensor's merge takes of memory, in bytes, and of how it is cut.
struct merge_needs {
  std::uint64_t shared = 0;      // once
  std::uint64_t per_thread = 0;  // for each thread, beside what it reads and writes
  std::uint64_t alignment = 1;   // elements; a range has a multiple of it
};

/// What one thread has seen of a tensor in the current round, and its tile buffers.
class merge_worker {
 public:
  virtual ~merge_worker() = default;
};

/// One tensor's merge, whatever its method and dtypes: the one place where the engine forgets
/// types. A call handles a whole range of tiles; within it everything is known at compile time.
class tensor_merge {
 public:
  virtual ~tensor_merge() = default;

  /// A multiple of this many elements makes a range, but for the tensor's last one.
  virtual std::uint64_t alignment() const = 0;
  virtual std::unique_ptr<merge_worker> make_worker() const = 0;
  virtual bool wants_observation() const = 0;
  virtual void observe(const stored_range& range, merge_worker& worker) const = 0;
  /// Ends a round with what all workers saw; they are then ready for the next round.
  virtual void conclude(std::span<const std::unique_ptr<merge_worker>> workers) = 0;
  virtual void apply(const stored_range& range, merge_worker& worker, std::byte* out) const = 0;
  /// What is wrong with the data seen so far; nullptr where nothing is. To be asked before the
  /// first round and after each conclusion.
  virtual const char* problem() const = 0;
};

namespace detail {

template <class Real>
using tile_loader = void (*)(const std::byte*, Real*, std::size_t);
template <class Real>
using tile_storer = void (*)(const Real*, std::byte*, std::size_t);

template <class Real>
tile_loader<Real> loader_for(dtype type) {
  return with_storage_type(type, [](auto storage) -> tile_loader<Real> {
    using stored = typename decltype(storage)::type;
    return [](const std::byte* from, Real* into, std::size_t count) {
      load_tile(reinterpret_cast<const stored*>(from), into, count);
    };
  });
}

template <class Real>
tile_storer<Real> storer_for(dtype type) {
  return with_storage_type(type, [](auto storage) -> tile_storer<Real> {
    using stored = typename decltype(storage)::type;
    return [](const Real* from, std::byte* into, std::size_t count) {
      store_tile(from, reinterpret_cast<stored*>(into), count);
    };
  });
}

/// What a kernel can do without tiles where all dtypes of a merge are one; see merge_stored.hpp.
/// Both return false where it cannot.
template <class Kernel>
struct without_tiles {
  bool (*observe)(const Kernel&, const stored_range&, typename Kernel::statistic&) = nullptr;
  bool (*apply)(const Kernel&, const stored_range&, std::byte* out) = nullptr;
};

/// Calls `visit` with the elements of a range and their number; returns false where there are more
/// inputs than there are pointers for without allocating: these are merged in tiles.
template <class Storage, class Visitor>
bool with_stored(const stored_range& range, std::byte* out, Visitor visit) {
  if (range.inputs.size() > most_stored_inputs) return false;
  std::array<const Storage*, most_stored_inputs> inputs;
  for (std::size_t i = 0; i < range.inputs.size(); ++i) {
    inputs[i] = reinterpret_cast<const Storage*>(range.inputs[i]);
  }
  return visit(stored_elements<Storage>{.out = reinterpret_cast<Storage*>(out),
                                        .base = reinterpret_cast<const Storage*>(range.base),
                                        .inputs = std::span(inputs).first(range.inputs.size()),
                                        .first = range.first},
               static_cast<std::size_t>(range.elements));
}

/// nullptr where the kernel never can, or where the dtypes differ.
template <class Kernel, class Real>
without_tiles<Kernel> without_tiles_for(const stored_dtypes& types) {
  const auto is_other = [&](dtype type) { return type != types.output; };
  if (types.base && is_other(*types.base)) return {};
  if (std::any_of(types.inputs.begin(), types.inputs.end(), is_other)) return {};
  return with_storage_type(types.output, [](auto storage) -> without_tiles<Kernel> {
    using stored = typename decltype(storage)::type;
    // Loading a float8 takes longer than what a tile costs.
    if constexpr (!std::is_same_v<compute_type<stored>, Real> || sizeof(stored) == 1) {
      return {};
    } else {
      without_tiles<Kernel> can;
      if constexpr (observes_stored<Kernel, stored>) {
        can.observe = [](const Kernel& kernel, const stored_range& range,
                         typename Kernel::statistic& seen) {
          return with_stored<stored>(
              range, nullptr, [&](const stored_elements<stored>& elements, std::size_t size) {
                return observe_stored(kernel, elements, size, seen);
              });
        };
      }
      if constexpr (applies_without_tiles<Kernel, stored, nearest_even>) {
        can.apply = [](const Kernel& kernel, const stored_range& range, std::byte* out) {
          return with_stored<stored>(
              range, out, [&](const stored_elements<stored>& elements, std::size_t size) {
                return apply_stored<nearest_even>(kernel, elements, size, 0);
              });
        };
      }
      return can;
    }
  });
}

template <class Method, class Real>
class tensor_merge_with final : public tensor_merge {
  using kernel = typename Method::template kernel<Real>;
  using statistic = typename kernel::statistic;

  class worker final : public merge_worker {
   public:
    worker(const kernel& merged, std::size_t statistic_bytes, std::size_t inputs,
           std::size_t tile_elements)
        : memory_(statistic_bytes),
          rest_(memory_),
          seen(merged.make_statistic(rest_)),
          base(tile_elements),
          out(tile_elements),
          loaded(tile_elements * inputs),
          pointers(inputs) {
      for (std::size_t i = 0; i < inputs; ++i) pointers[i] = loaded.data() + i * tile_elements;
    }

   private:
    std::vector<std::byte> memory_;
    scratch rest_;

   public:
    statistic seen;
    std::vector<Real> base, out, loaded;
    std::vector<const Real*> pointers;
  };

 public:
  tensor_merge_with(const typename Method::parameters& shared,
                    std::vector<typename Method::input_parameters> inputs,
                    const tensor_facts& facts, const stored_dtypes& types)
      : inputs_(std::move(inputs)),
        memory_(kernel_scratch_bytes<kernel>(inputs_.size(), shared, facts)),
        rest_(memory_),
        kernel_(shared, std::span<const typename Method::input_parameters>(inputs_), facts, rest_),
        statistic_bytes_(kernel_statistic_bytes<kernel>(inputs_.size(), shared, facts)),
        alignment_(tile_alignment(facts, rows_per_tile<kernel>(shared, facts))),
        tile_elements_(
            static_cast<std::size_t>(aligned_tile(default_tile_elements<Real>, alignment_))),
        output_bytes_(bytes_per_element(types.output)),
        store_(storer_for<Real>(types.output)),
        without_tiles_(without_tiles_for<kernel, Real>(types)) {
    if (types.base) {
      base_bytes_ = bytes_per_element(*types.base);
      load_base_ = loader_for<Real>(*types.base);
    }
    for (const dtype type : types.inputs) {
      loaders_.push_back({loader_for<Real>(type), bytes_per_element(type)});
    }
  }

  /// The same without making one.
  static merge_needs needs(const typename Method::parameters& shared, std::size_t inputs,
                           const tensor_facts& facts) {
    const std::uint64_t alignment = tile_alignment(facts, rows_per_tile<kernel>(shared, facts));
    const std::uint64_t tile_bytes =
        aligned_tile(default_tile_elements<Real>, alignment) * sizeof(Real);
    return {.shared = kernel_scratch_bytes<kernel>(inputs, shared, facts),
            .per_thread =
                kernel_statistic_bytes<kernel>(inputs, shared, facts) + (inputs + 2) * tile_bytes,
            .alignment = alignment};
  }

  std::uint64_t alignment() const override { return alignment_; }
  std::unique_ptr<merge_worker> make_worker() const override {
    return std::make_unique<worker>(kernel_, statistic_bytes_, inputs_.size(), tile_elements_);
  }
  bool wants_observation() const override { return kernel_.wants_observation(); }

  void observe(const stored_range& range, merge_worker& any) const override {
    worker& mine = static_cast<worker&>(any);
    const auto observe = [&](const tile<Real>& piece) { kernel_.observe(piece, mine.seen); };
    if (wants_sample(kernel_)) {
      for_each_sampled(range.elements, alignment_, range.first / alignment_,
                       [&](std::uint64_t begin, std::uint64_t count) {
                         observe(load(range, mine, static_cast<std::size_t>(begin),
                                      static_cast<std::size_t>(count)));
                       });
    } else if (without_tiles_.observe == nullptr ||
               !without_tiles_.observe(kernel_, range, mine.seen)) {
      for_each_tile(range, mine, [&](const tile<Real>& piece, std::size_t) { observe(piece); });
    }
  }

  void conclude(std::span<const std::unique_ptr<merge_worker>> workers) override {
    statistic* all = nullptr;
    for (const std::unique_ptr<merge_worker>& any : workers) {
      if (any == nullptr) continue;
      statistic& seen = static_cast<worker&>(*any).seen;
      if (all == nullptr) all = &seen;
      else all->combine(seen);
    }
    if (all == nullptr) return;
    kernel_.conclude(*all);
    for (const std::unique_ptr<merge_worker>& any : workers) {
      if (any != nullptr) static_cast<worker&>(*any).seen.clear();
    }
  }

  void apply(const stored_range& range, merge_worker& any, std::byte* out) const override {
    if (without_tiles_.apply != nullptr && without_tiles_.apply(kernel_, range, out)) return;
    worker& mine = static_cast<worker&>(any);
    for_each_tile(range, mine, [&](const tile<Real>& piece, std::size_t begin) {
      apply_kernel(kernel_, piece, mine.out.data(), mine.seen);
      store_(mine.out.data(), out + begin * output_bytes_, piece.size);
    });
  }

  const char* problem() const override { return kernel_problem(kernel_); }

 private:
  struct input_loader {
    tile_loader<Real> load;
    std::size_t bytes;
  };

  template <class Visitor>
  void for_each_tile(const stored_range& range, worker& mine, Visitor&& visit) const {
    const std::size_t elements = static_cast<std::size_t>(range.elements);
    for (std::size_t begin = 0; begin < elements; begin += tile_elements_) {
      visit(load(range, mine, begin, std::min(tile_elements_, elements - begin)), begin);
    }
  }

  /// A tile of a range, in a worker's buffers.
  tile<Real> load(const stored_range& range, worker& mine, std::size_t begin,
                  std::size_t size) const {
    if (range.base != nullptr) {
      load_base_(range.base + begin * base_bytes_, mine.base.data(), size);
    }
    for (std::size_t i = 0; i < loaders_.size(); ++i) {
      loaders_[i].load(range.inputs[i] + begin * loaders_[i].bytes,
                       mine.loaded.data() + i * tile_elements_, size);
    }
    return {.inputs = mine.pointers,
            .base = range.base == nullptr ? nullptr : mine.base.data(),
            .size = size,
            .first = range.first + begin};
  }

  std::vector<typename Method::input_parameters> inputs_;
  std::vector<std::byte> memory_;
  scratch rest_;
  kernel kernel_;
  std::size_t statistic_bytes_;
  std::uint64_t alignment_;
  std::size_t tile_elements_;
  std::size_t base_bytes_ = 0;
  std::size_t output_bytes_;
  tile_loader<Real> load_base_ = nullptr;
  tile_storer<Real> store_;
  without_tiles<kernel> without_tiles_;
  std::vector<input_loader> loaders_;
};

}  // namespace detail

}  // namespace tensormerge
