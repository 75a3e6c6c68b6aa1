#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include <tensormerge/dtype/convert.hpp>
#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/method_list.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>
#include <tensormerge/tensor/tile_size.hpp>

namespace tensormerge {

/// The tensors of one merge, in memory: `inputs[i]`, `base` and `out` have `facts.elements`
/// elements each. `base` is nullptr where the merge has none. Inputs are never written to.
template <class Storage>
struct merge_tensors {
  Storage* out = nullptr;
  const Storage* base = nullptr;
  std::span<const Storage* const> inputs;
  tensor_facts facts;
};

/// Bytes of scratch memory that `merge` needs for a tensor and this number of inputs. The size
/// depends on the tensor only for methods that look at rows or columns.
template <class Method, class Storage>
std::size_t merge_scratch_bytes(const typename Method::parameters& shared, std::size_t inputs,
                                const tensor_facts& facts) {
  using real = compute_type<Storage>;
  using kernel = typename Method::template kernel<real>;
  const std::uint64_t tile_elements = aligned_tile(
      default_tile_elements, tile_alignment(facts, rows_per_tile<kernel>(shared, facts)));
  return kernel_scratch_bytes<kernel>(inputs, shared, facts) +
         kernel_statistic_bytes<kernel>(inputs, shared, facts) +
         (inputs + 2) * scratch::bytes_for<real>(static_cast<std::size_t>(tile_elements)) +
         scratch::bytes_for<const real*>(inputs);
}

/// Merges one tensor on the calling thread: computes in the next wider type than `Storage` and
/// rounds once, under a policy such as nearest_even or stochastic_rounding. `memory` has
/// merge_scratch_bytes<Method, Storage>(...) bytes.
/// Returns nullptr, or what is wrong with the data where a method is not defined on it; then
/// nothing has been written.
/// Engines with their own threads and tiles use Method::kernel instead (method/merge_method.hpp).
template <class Method, class Storage, class Rounding = nearest_even>
const char* merge(const merge_tensors<Storage>& tensors, const typename Method::parameters& shared,
                  std::span<const typename Method::input_parameters> inputs,
                  std::span<std::byte> memory) {
  static_assert(check_merge_method<Method>());
  using real = compute_type<Storage>;
  scratch rest(memory);
  using kernel_type = typename Method::template kernel<real>;
  kernel_type kernel(shared, inputs, tensors.facts, rest);
  if (const char* problem = kernel_problem(kernel)) return problem;
  if (tensors.facts.elements == 0) return nullptr;
  auto seen = kernel.make_statistic(rest);

  const std::uint64_t whole_rows = rows_per_tile<kernel_type>(shared, tensors.facts);
  const std::uint64_t tile_elements =
      aligned_tile(default_tile_elements, tile_alignment(tensors.facts, whole_rows));
  const std::size_t buffer = static_cast<std::size_t>(tile_elements);
  const std::span<real> base = rest.take<real>(buffer);
  const std::span<real> out = rest.take<real>(buffer);
  const std::size_t count = tensors.inputs.size();
  const std::span<const real*> pointers = rest.take<const real*>(count);

  const auto for_each_tile = [&](auto&& visit) {
    for (std::uint64_t first = 0; first < tensors.facts.elements; first += tile_elements) {
      const std::uint64_t size = std::min(tile_elements, tensors.facts.elements - first);
      visit(tile<real>{.inputs = pointers,
                       .base = tensors.base == nullptr ? nullptr : base.data(),
                       .size = static_cast<std::size_t>(size),
                       .first = first});
    }
  };
  std::span<real> loaded = rest.take<real>(buffer * count);
  for (std::size_t i = 0; i < count; ++i) pointers[i] = loaded.data() + i * buffer;
  const auto load = [&](const tile<real>& piece) {
    if (tensors.base != nullptr) load_tile(tensors.base + piece.first, base.data(), piece.size);
    for (std::size_t i = 0; i < count; ++i) {
      load_tile(tensors.inputs[i] + piece.first, loaded.data() + i * buffer, piece.size);
    }
  };

  while (kernel.wants_observation()) {
    seen.clear();
    for_each_tile([&](const tile<real>& piece) {
      load(piece);
      kernel.observe(piece, seen);
    });
    kernel.conclude(seen);
    if (const char* problem = kernel_problem(kernel)) return problem;
  }
  for_each_tile([&](const tile<real>& piece) {
    load(piece);
    apply_kernel(kernel, piece, out.data(), seen);
    store_tile<Rounding>(out.data(), tensors.out + piece.first, piece.size,
                         tensors.facts.random_key, piece.first);
  });
  return nullptr;
}

}  // namespace tensormerge
