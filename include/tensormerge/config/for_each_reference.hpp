#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <boost/hana/accessors.hpp>
#include <boost/hana/concept/struct.hpp>
#include <boost/hana/for_each.hpp>
#include <boost/hana/second.hpp>

#include <tensormerge/config/model_reference.hpp>

namespace tensormerge {

template <class Value, class Visitor>
void for_each_reference(Value& value, Visitor& visit);

namespace detail {

template <class Value>
inline constexpr bool holds_values = false;
template <class Value>
inline constexpr bool holds_values<std::vector<Value>> = true;
template <class Value>
inline constexpr bool holds_values<std::optional<Value>> = true;
template <class... Values>
inline constexpr bool holds_values<std::variant<Values...>> = true;
template <class Value>
inline constexpr bool holds_values<std::pair<std::string, Value>> = true;

template <class Value, class Visitor>
void visit_held(std::vector<Value>& values, Visitor& visit) {
  for (Value& value : values) for_each_reference(value, visit);
}
template <class Value, class Visitor>
void visit_held(std::optional<Value>& value, Visitor& visit) {
  if (value) for_each_reference(*value, visit);
}
template <class... Values, class Visitor>
void visit_held(std::variant<Values...>& value, Visitor& visit) {
  std::visit([&visit](auto& held) { for_each_reference(held, visit); }, value);
}
template <class Value, class Visitor>
void visit_held(std::pair<std::string, Value>& entry, Visitor& visit) {
  for_each_reference(entry.second, visit);
}

}  // namespace detail

/// Calls `visit` with every model_reference of a typed configuration, wherever its schema has one.
template <class Value, class Visitor>
void for_each_reference(Value& value, Visitor& visit) {
  if constexpr (std::is_same_v<Value, model_reference>) {
    visit(value);
  } else if constexpr (detail::holds_values<Value>) {
    detail::visit_held(value, visit);
  } else if constexpr (boost::hana::Struct<Value>::value) {
    boost::hana::for_each(boost::hana::accessors<Value>(), [&](auto accessor) {
      for_each_reference(boost::hana::second(accessor)(value), visit);
    });
  }
}

}  // namespace tensormerge
