#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <tensormerge/dtype/bfloat16.hpp>
#include <tensormerge/dtype/rounded.hpp>

#include "merge_case.hpp"

namespace tensormerge {

/// Elements of a bfloat16 tensor as they are stored.
using bits = std::vector<std::uint16_t>;

// Twelve values near 0.05 and what two fine-tunes made of them. The bits that tests expect are what
// torch 2.15 computes of them in bfloat16 by the operations of mergekit 0.1.5.
inline const bits tuned_base{0xbbf1, 0x3d21, 0x3d42, 0xbd64, 0x3dad, 0xbd37,
                             0xbc92, 0x3d7c, 0x3be2, 0xbdac, 0x3c82, 0x3bda};
inline const bits first_tune{0xbbc4, 0x3d2b, 0x3d7b, 0xbd2d, 0x3ddf, 0xbd2f,
                             0x3bdb, 0x3da7, 0x3cca, 0xbdbf, 0x3c39, 0xba1b};
inline const bits second_tune{0x3bb2, 0x3cf1, 0x3d86, 0xbd7d, 0x3dce, 0xbcd0,
                              0xbcb5, 0x3d79, 0xbb41, 0xbdc6, 0x3c65, 0x3c1b};

/// A merge in bfloat16 that rounds every step.
template <class Method>
computed_case<Method, rounded<bfloat16>> rounded_case(const std::vector<bits>& inputs,
                                                      const bits& base) {
  const auto values = [](const bits& stored) {
    std::vector<rounded<bfloat16>> list;
    for (const std::uint16_t pattern : stored) list.emplace_back(to_float(bfloat16{pattern}));
    return list;
  };
  computed_case<Method, rounded<bfloat16>> given{
      .facts = facts_of({inputs[0].size()}), .inputs = {}, .base = values(base), .shared = {},
      .per_input = std::vector<typename Method::input_parameters>(inputs.size())};
  for (const bits& input : inputs) given.inputs.push_back(values(input));
  return given;
}

template <class Method>
bits merged_bits(const computed_case<Method, rounded<bfloat16>>& given) {
  bits list;
  for (const rounded<bfloat16> x : merge_computed(given, {.tile_elements = 256}).values) {
    list.push_back(to_bfloat16(static_cast<float>(x)).bits);
  }
  return list;
}

}  // namespace tensormerge
