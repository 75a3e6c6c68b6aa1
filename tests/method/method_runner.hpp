#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/hana/for_each.hpp>

#include <tensormerge/dtype/convert.hpp>
#include <tensormerge/dtype/dispatch.hpp>
#include <tensormerge/dtype/dtype.hpp>
#include <tensormerge/method/method_list.hpp>
#include <tensormerge/method/parameter_info.hpp>

#include "merge_case.hpp"

namespace tensormerge {

/// A merge of one tensor by any method and dtype: what merge_case is to one of each. Values are
/// numbers that the dtype can hold.
struct any_case {
  dtype type = dtype::float32;
  shape dims;
  std::vector<std::vector<double>> inputs;
  std::vector<double> base;  // empty where there is none
  std::vector<parameter_value> shared;
  std::vector<std::vector<parameter_value>> per_input;
  std::uint64_t random_key = 0;
};

/// A method that is known at run time only.
struct method_runner {
  method_info info;
  std::string dialect;  // empty, or what comes before the name in the MLX dialect
  merge_outcome<double> (*in_float)(const any_case&, const tiling&);
  merge_outcome<double> (*in_double)(const any_case&, const tiling&);
};

/// Every value as the dtype holds it.
inline void round_to(dtype type, std::vector<double>& values) {
  with_storage_type(type, [&]<class Storage>(std::type_identity<Storage>) {
    for (double& x : values) x = load<double>(nearest_even::store<Storage>(x));
  });
}

/// The merge in the dtype's compute type, rounded once.
inline merge_outcome<double> run(const method_runner& method, const any_case& given,
                                 const tiling& order) {
  const bool narrow = bytes_per_element(given.type) == 2;
  merge_outcome<double> outcome =
      narrow ? method.in_float(given, order) : method.in_double(given, order);
  round_to(given.type, outcome.values);
  return outcome;
}

/// The same in one tile that is the whole tensor.
inline merge_outcome<double> run(const method_runner& method, const any_case& given) {
  return run(method, given, {.tile_elements = std::max<std::uint64_t>(1, given.dims.elements())});
}

namespace detail {

template <class Method, class Real>
merge_outcome<double> run_in(const any_case& given, const tiling& order) {
  computed_case<Method, Real> merge{
      .facts = facts_of(given.dims, given.random_key),
      .inputs = {},
      .base = std::vector<Real>(given.base.begin(), given.base.end()),
      .shared = make_parameters<typename Method::parameters>(given.shared),
      .per_input = {}};
  for (const std::vector<double>& input : given.inputs) {
    merge.inputs.emplace_back(input.begin(), input.end());
  }
  for (const std::vector<parameter_value>& parameters : given.per_input) {
    merge.per_input.push_back(
        make_parameters<typename Method::input_parameters>(parameters));
  }
  const merge_outcome<Real> outcome = merge_computed(merge, order);
  return {{outcome.values.begin(), outcome.values.end()}, outcome.problem};
}

}  // namespace detail

/// A runner for each method of a Hana tuple of types.
template <class Methods>
std::vector<method_runner> runners_of(const Methods& methods, const std::string& dialect = "") {
  std::vector<method_runner> list;
  boost::hana::for_each(methods, [&](auto method) {
    using type = typename decltype(method)::type;
    list.push_back({describe_method<type>(), dialect, &detail::run_in<type, float>,
                    &detail::run_in<type, double>});
  });
  return list;
}

}  // namespace tensormerge
