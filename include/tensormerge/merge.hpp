#pragma once

#include <cstddef>
#include <span>

#include <tensormerge/dtype/convert.hpp>
#include <tensormerge/method/check_merge.hpp>
#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/merge_steps.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

// A method is included beside this header, as in <tensormerge/method/ties.hpp>; all of them are in
// <tensormerge/method/method_list.hpp>.

namespace tensormerge {

/// The tensors of one merge, in memory: `inputs[i]`, `base` and `out` have `facts.elements`
/// elements each. `base` is nullptr where the merge has none. Inputs are never written to; `out`
/// may be one of them, but may not overlap them otherwise.
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
  using steps = merge_steps<Method, Storage>;
  return steps::shared_bytes(shared, inputs, facts) + steps::worker_bytes(shared, inputs, facts) +
         scratch::bytes_for<const Storage*>(inputs);
}

/// Merges one tensor on the calling thread: computes in the next wider type than `Storage` and
/// rounds once, under a policy such as nearest_even or stochastic_rounding. `memory` has
/// merge_scratch_bytes<Method, Storage>(...) bytes.
/// Returns nullptr, or what is wrong: with the arguments (their counts, a pointer or a base that
/// is missing, extents that contradict each other, too little memory), or with the data where a
/// method is not defined on it. Then nothing has been written.
/// Engines with their own threads and tiles use merge_steps instead (method/merge_steps.hpp).
template <class Method, class Storage, class Rounding = nearest_even>
const char* merge(const merge_tensors<Storage>& tensors, const typename Method::parameters& shared,
                  std::span<const typename Method::input_parameters> inputs,
                  std::span<std::byte> memory) {
  using steps_type = merge_steps<Method, Storage, Rounding>;
  if (tensors.inputs.size() != inputs.size()) {
    return "the merge has another number of inputs than of their parameters";
  }
  if (tensors.facts.elements != 0) {
    if (Method::facts.base == base_use::required && tensors.base == nullptr) {
      return "the method needs a base, and the merge has none";
    }
    bool is_complete = tensors.out != nullptr;
    for (const Storage* input : tensors.inputs) is_complete = is_complete && input != nullptr;
    if (!is_complete) return "a tensor of the merge has no memory";
  }
  const std::size_t shared_bytes =
      steps_type::shared_bytes(shared, inputs.size(), tensors.facts);
  if (memory.size() < shared_bytes) return too_little_memory;
  steps_type steps(shared, inputs, tensors.facts, memory.first(shared_bytes));
  if (steps.problem() != nullptr || tensors.facts.elements == 0) return steps.problem();
  auto worker = steps.make_worker(memory.subspan(shared_bytes));
  if (!worker) return too_little_memory;
  const stored_elements<Storage> all{
      .out = tensors.out, .base = tensors.base, .inputs = tensors.inputs};
  while (steps.wants_observation()) {
    steps.observe(all, tensors.facts.elements, *worker);
    steps.conclude(*worker);
    if (steps.problem() != nullptr) return steps.problem();
  }
  steps.apply(all, tensors.facts.elements, *worker);
  return nullptr;
}

/// The same for spans, whose sizes are checked too: each has `facts.elements` elements, `base` none
/// where the merge has none.
template <class Method, class Storage, class Rounding = nearest_even>
const char* merge(std::span<Storage> out, std::span<const Storage> base,
                  std::span<const std::span<const Storage>> inputs,
                  const typename Method::parameters& shared,
                  std::span<const typename Method::input_parameters> input_parameters,
                  const tensor_facts& facts, std::span<std::byte> memory) {
  bool fits = out.size() == facts.elements && (base.empty() || base.size() == facts.elements);
  for (const std::span<const Storage>& input : inputs) {
    fits = fits && input.size() == facts.elements;
  }
  if (!fits) return "a tensor of the merge has another number of elements";
  scratch rest(memory);
  const std::size_t pointer_bytes = scratch::bytes_for<const Storage*>(inputs.size());
  if (memory.size() < pointer_bytes) return too_little_memory;
  const auto pointers = rest.template make<const Storage*>(
      inputs.size(), [&](std::size_t i) { return inputs[i].data(); });
  return merge<Method, Storage, Rounding>(
      {out.data(), base.empty() ? nullptr : base.data(), pointers, facts}, shared,
      input_parameters, memory.subspan(pointer_bytes));
}

}  // namespace tensormerge
