#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/hana/for_each.hpp>

#include <tensormerge/dtype/dtype.hpp>
#include <tensormerge/engine/tensor_merge.hpp>
#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/parameter_info.hpp>
#include <tensormerge/plan/merge_plan.hpp>
#include <tensormerge/tensor/random_key.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// A method that can be asked for by name at run time.
struct method_entry {
  method_info info;
  /// Makes the merge of one planned tensor, with this seed for random numbers.
  std::unique_ptr<tensor_merge> (*make)(const planned_tensor& tensor, std::uint64_t seed);
  /// Whether the tensor's elements are those of its only input, so that bytes can be copied.
  bool (*copies)(const planned_tensor& tensor);
  /// What the merge of the tensor takes with exact numerics.
  merge_needs (*needs)(const planned_tensor& tensor);
  /// Makes it with numerics::mergekit (see engine/mergekit_numerics.hpp), every source cast to a
  /// dtype first if one is given; nullptr where float64 is computed, for which `make` does.
  std::unique_ptr<tensor_merge> (*make_as_mergekit)(const planned_tensor& tensor,
                                                    std::optional<dtype> cast_to,
                                                    std::uint64_t seed) = nullptr;
};

namespace detail {

inline stored_dtypes dtypes_of(const planned_tensor& tensor) {
  stored_dtypes types{.base = std::nullopt, .inputs = {}, .output = tensor.type};
  if (tensor.base) types.base = tensor.base->tensor->type;
  for (const planned_source& input : tensor.inputs) types.inputs.push_back(input.tensor->type);
  return types;
}

inline tensor_facts facts_of(const planned_tensor& tensor, std::uint64_t seed) {
  return {.elements = tensor.dims.elements(),
          .row_length = tensor.dims.row_length(),
          .random_key = random_key(seed, tensor.name),
          .column_length = tensor.dims.column_length(),
          .axes = tensor.dims.extents.size()};
}

/// The merge of a planned tensor in a given compute type.
template <class Method, class Real>
std::unique_ptr<tensor_merge> make_merge_in(const planned_tensor& tensor, std::uint64_t seed) {
  std::vector<typename Method::input_parameters> inputs;
  for (const planned_source& input : tensor.inputs) {
    inputs.push_back(make_parameters<typename Method::input_parameters>(input.parameters));
  }
  const auto shared = make_parameters<typename Method::parameters>(tensor.parameters);
  const tensor_facts facts = facts_of(tensor, seed);
  return std::make_unique<tensor_merge_with<Method, Real>>(shared, std::move(inputs), facts,
                                                           dtypes_of(tensor));
}

template <class Method>
std::unique_ptr<tensor_merge> make_tensor_merge(const planned_tensor& tensor, std::uint64_t seed) {
  return computes_in_float(dtypes_of(tensor)) ? make_merge_in<Method, float>(tensor, seed)
                                              : make_merge_in<Method, double>(tensor, seed);
}

template <class Method>
merge_needs needs_of(const planned_tensor& tensor) {
  const auto shared = make_parameters<typename Method::parameters>(tensor.parameters);
  const tensor_facts facts = facts_of(tensor, 0);
  const std::size_t inputs = tensor.inputs.size();
  return computes_in_float(dtypes_of(tensor))
             ? tensor_merge_with<Method, float>::needs(shared, inputs, facts)
             : tensor_merge_with<Method, double>::needs(shared, inputs, facts);
}

template <class Method>
bool copies_input(const planned_tensor& tensor) {
  if constexpr (requires(const typename Method::input_parameters& p) { Method::copies(p); }) {
    return tensor.inputs.size() == 1 && tensor.inputs[0].tensor->type == tensor.type &&
           Method::copies(
               make_parameters<typename Method::input_parameters>(tensor.inputs[0].parameters));
  } else {
    return false;
  }
}

}  // namespace detail

/// The methods of a Hana tuple of types as run-time values.
using method_table = std::vector<method_entry>;

template <class Methods>
method_table make_method_table(const Methods& methods) {
  method_table table;
  boost::hana::for_each(methods, [&](auto method) {
    using type = typename decltype(method)::type;
    static_assert(check_merge_method<type>());
    table.push_back({describe_method<type>(), &detail::make_tensor_merge<type>,
                     &detail::copies_input<type>, &detail::needs_of<type>});
  });
  return table;
}

/// The facts and parameters of every method of a table, for a planner.
inline std::vector<method_info> describe_methods(const method_table& table) {
  std::vector<method_info> list;
  for (const method_entry& entry : table) list.push_back(entry.info);
  return list;
}

/// The method of that name, or nullptr.
inline const method_entry* find_method(const method_table& table, std::string_view name) {
  const auto entry = std::find_if(table.begin(), table.end(), [name](const method_entry& e) {
    return e.info.facts.name == name;
  });
  return entry == table.end() ? nullptr : &*entry;
}

}  // namespace tensormerge
