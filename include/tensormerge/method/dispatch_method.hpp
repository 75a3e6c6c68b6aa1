#pragma once

#include <string_view>
#include <type_traits>

#include <boost/hana/tuple.hpp>
#include <boost/hana/unpack.hpp>

#include <tensormerge/dtype/dispatch.hpp>
#include <tensormerge/dtype/dtype.hpp>

namespace tensormerge {

/// Calls `visitor(std::type_identity<Method>{})` with the method of that name among those of a Hana
/// tuple of types: method_list, mlx_method_list, or only those that a program wants to pay for.
/// Returns false where none has the name.
template <class Methods, class Visitor>
constexpr bool with_method(const Methods& methods, std::string_view name, Visitor&& visitor) {
  return boost::hana::unpack(methods, [&](auto... method) {
    const auto visit = [&]<class Method>(std::type_identity<Method> type) {
      if (Method::facts.name != name) return false;
      visitor(type);
      return true;
    };
    return (visit(std::type_identity<typename decltype(method)::type>{}) || ...);
  });
}

/// Calls `visitor(std::type_identity<Method>{}, std::type_identity<Storage>{})` with the method of
/// that name and the storage type of that dtype, as one table of methods by dtypes would. Returns
/// false where there is no such method, or where the dtype is not of floats.
template <class Methods, class Visitor>
constexpr bool with_method_and_storage(const Methods& methods, std::string_view name, dtype type,
                                       Visitor&& visitor) {
  return is_mergeable(type) && with_method(methods, name, [&](auto method) {
           with_storage_type(type, [&](auto storage) { visitor(method, storage); });
         });
}

}  // namespace tensormerge
