#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <boost/hana/unpack.hpp>

#include <tensormerge/config/merge_config.hpp>
#include <tensormerge/config/mlx_config.hpp>
#include <tensormerge/method/method_list.hpp>

namespace tensormerge {

/// The names of the methods in a Hana tuple of types, in its order.
template <class Methods>
constexpr auto names_of_methods(const Methods& methods) {
  return boost::hana::unpack(methods, [](auto... method) {
    return std::array<std::string_view, sizeof...(method)>{
        decltype(method)::type::facts.name...};
  });
}

/// Whether every name of `names` is among `others`.
template <std::size_t N, std::size_t M>
constexpr bool all_among(const std::array<std::string_view, N>& names,
                         const std::array<std::string_view, M>& others) {
  for (const std::string_view name : names) {
    bool found = false;
    for (const std::string_view other : others) found = found || name == other;
    if (!found) return false;
  }
  return true;
}

// What a configuration may name and what can be merged are the same.
static_assert(all_among(merge_method_names, names_of_methods(method_list)),
              "tensormerge: schema/merge.schema.json names a merge_method that method_list lacks");
static_assert(all_among(names_of_methods(method_list), merge_method_names),
              "tensormerge: method_list has a method that merge_method in "
              "schema/merge.schema.json lacks");
static_assert(all_among(mlx_merge_method_names, names_of_methods(mlx_method_list)),
              "tensormerge: schema/mlx.schema.json names a merge_method that mlx_method_list lacks");
static_assert(all_among(names_of_methods(mlx_method_list), mlx_merge_method_names),
              "tensormerge: mlx_method_list has a method that merge_method in "
              "schema/mlx.schema.json lacks");

}  // namespace tensormerge
