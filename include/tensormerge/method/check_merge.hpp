#pragma once

#include <cstddef>

#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

inline constexpr const char* too_little_memory =
    "the merge was given less memory than it says that it needs";

/// What is wrong with facts that contradict each other; nullptr where nothing is. The extents of a
/// tensor with elements divide their number, and those of a matrix have it as their product.
constexpr const char* check_facts(const tensor_facts& facts) {
  if (facts.elements == 0) return nullptr;
  const bool divides = facts.row_length != 0 && facts.elements % facts.row_length == 0 &&
                       facts.column_length != 0 && facts.elements % facts.column_length == 0;
  const bool is_product =
      facts.axes != 2 || (divides && facts.elements / facts.row_length == facts.column_length);
  return divides && is_product ? nullptr
                               : "the extents of the tensor do not give its number of elements";
}

/// The same for a merge by the method of that many inputs, beside the base where it uses one.
template <class Method>
constexpr const char* check_tensor(std::size_t inputs, const tensor_facts& facts) {
  constexpr method_facts method = Method::facts;
  if (inputs < method.least_inputs) return "the merge has fewer inputs than the method takes";
  if (inputs > method.most_inputs) return "the merge has more inputs than the method takes";
  return check_facts(facts);
}

}  // namespace tensormerge
