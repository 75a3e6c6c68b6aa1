#pragma once

#include <cstddef>

#include <tensormerge/method/merge_method.hpp>

namespace tensormerge {

/// Which tensors may be made of fewer models than the configuration names.
enum class partial_policy { none, vectors, all };

/// What becomes of a tensor that some of its models lack.
enum class partial_outcome { merged, carried_over, left_out, refused };

/// By the rules that mergekit has for weights it knows as optional: a method merges what is there
/// where that is enough for it; a base alone stays as it is; what one of two models alone has is
/// carried over; without a base that was asked for nothing is merged; and what is too little for
/// anything is left out. `others` counts the models besides the base that have the tensor.
inline partial_outcome judge_partial(const method_facts& facts, bool base_is_asked_for,
                                     bool base_has_it, std::size_t others) {
  const bool is_for_two = facts.most_inputs <= (facts.base == base_use::required ? 1u : 2u);
  if (base_is_asked_for && !base_has_it) {
    return others == 1 && is_for_two ? partial_outcome::carried_over : partial_outcome::refused;
  }
  if (base_is_asked_for && others == 0) return partial_outcome::carried_over;
  if (others >= facts.least_inputs) return partial_outcome::merged;
  const bool is_alone = others == 1 && !base_is_asked_for;
  return is_alone ? partial_outcome::carried_over : partial_outcome::left_out;
}

}  // namespace tensormerge
