#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include <boost/hana/for_each.hpp>

#include <tensormerge/dtype/dtype.hpp>
#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/engine/method_table.hpp>
#include <tensormerge/engine/tensor_merge.hpp>
#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/plan/merge_plan.hpp>

namespace tensormerge {

namespace detail {

/// The dtype in which mergekit computes a tensor: the one that everything is cast to, else the one
/// that holds the values of all its sources.
inline dtype working_dtype(const planned_tensor& tensor, std::optional<dtype> cast_to) {
  if (cast_to) return *cast_to;
  std::optional<dtype> type;
  if (tensor.base) type = tensor.base->tensor->nominal_type();
  for (const planned_source& input : tensor.inputs) {
    const dtype its = input.tensor->nominal_type();
    type = type ? promote(*type, its) : its;
  }
  return type.value_or(tensor.type);
}

template <class Method>
std::unique_ptr<tensor_merge> make_mergekit_merge(const planned_tensor& tensor,
                                                  std::optional<dtype> cast_to,
                                                  std::uint64_t seed) {
  const dtype working = working_dtype(tensor, cast_to);
  if (working == dtype::float64 || bytes_per_element(working) == 1) return nullptr;
  if (working == dtype::float32 || Method::facts.writes_float32) {
    return make_merge_in<Method, rounded<float>>(tensor, seed);
  }
  return working == dtype::float16 ? make_merge_in<Method, rounded<float16>>(tensor, seed)
                                   : make_merge_in<Method, rounded<bfloat16>>(tensor, seed);
}

}  // namespace detail

/// Lets a table's methods that are in this Hana tuple of types be run with numerics::mergekit.
template <class Methods>
void add_mergekit_numerics(method_table& table, const Methods& methods) {
  boost::hana::for_each(methods, [&](auto method) {
    using type = typename decltype(method)::type;
    for (method_entry& entry : table) {
      if (entry.info.facts.name == type::facts.name) {
        entry.make_as_mergekit = &detail::make_mergekit_merge<type>;
      }
    }
  });
}

}  // namespace tensormerge
