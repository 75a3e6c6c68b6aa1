#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <boost/hana/accessors.hpp>
#include <boost/hana/core/to.hpp>
#include <boost/hana/first.hpp>
#include <boost/hana/for_each.hpp>
#include <boost/hana/second.hpp>
#include <boost/hana/string.hpp>
#include <boost/hana/tuple.hpp>

#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/parameter_accessors.hpp>

namespace tensormerge {

/// The types of parameters that methods take.
enum class parameter_kind { boolean, integer, number };

/// One parameter of a method, as its generated struct declares it.
struct parameter_info {
  std::string_view name;
  parameter_kind kind = parameter_kind::number;
  bool required = false;
  std::optional<double> default_value;  // booleans as 0 and 1; none where absence has a meaning
};

/// A method's facts and parameters as run-time values, for readers of configurations.
struct method_info {
  method_facts facts;
  std::vector<parameter_info> shared;
  std::vector<parameter_info> per_input;
};

/// A parameter with the value that applies to one tensor; no value where an optional one is absent.
struct parameter_value {
  std::string name;
  std::optional<double> value;
  friend bool operator==(const parameter_value&, const parameter_value&) = default;
};

namespace detail {

template <class T>
struct parameter_type {
  using type = T;
};
template <class T>
struct parameter_type<std::optional<T>> {
  using type = T;
};

template <class T>
constexpr parameter_kind kind_of() {
  using value = typename parameter_type<T>::type;
  static_assert(std::is_arithmetic_v<value>,
                "tensormerge: a method's parameter is a bool, an integer, a double or a "
                "std::optional of these");
  if constexpr (std::same_as<value, bool>) return parameter_kind::boolean;
  else if constexpr (std::integral<value>) return parameter_kind::integer;
  else return parameter_kind::number;
}

template <class Parameters>
bool is_required(std::string_view name) {
  return std::find(Parameters::required.begin(), Parameters::required.end(), name) !=
         Parameters::required.end();
}

}  // namespace detail

/// The members of a generated parameter struct.
template <class Parameters>
std::vector<parameter_info> describe_parameters() {
  std::vector<parameter_info> list;
  const Parameters defaults{};
  boost::hana::for_each(boost::hana::accessors<Parameters>(), [&](auto accessor) {
    const std::string_view name = boost::hana::to<const char*>(boost::hana::first(accessor));
    const auto& value = boost::hana::second(accessor)(defaults);
    using member = std::remove_cvref_t<decltype(value)>;
    parameter_info info{.name = name,
                        .kind = detail::kind_of<member>(),
                        .required = detail::is_required<Parameters>(name),
                        .default_value = {}};
    if constexpr (std::is_arithmetic_v<member>) {
      if (!info.required) info.default_value = static_cast<double>(value);
    }
    list.push_back(info);
  });
  return list;
}

/// A parameter struct filled from values by name; members without a value keep their default.
template <class Parameters>
Parameters make_parameters(const std::vector<parameter_value>& values) {
  Parameters made{};
  boost::hana::for_each(boost::hana::accessors<Parameters>(), [&](auto accessor) {
    const std::string_view name = boost::hana::to<const char*>(boost::hana::first(accessor));
    auto& member = boost::hana::second(accessor)(made);
    using type = typename detail::parameter_type<std::remove_cvref_t<decltype(member)>>::type;
    for (const parameter_value& given : values) {
      if (given.name != name || !given.value) continue;
      if constexpr (std::same_as<type, bool>) member = *given.value != 0;
      else member = static_cast<type>(*given.value);
    }
  });
  return made;
}

/// The facts and parameters of one method.
template <class Method>
method_info describe_method() {
  return {Method::facts, describe_parameters<typename Method::parameters>(),
          describe_parameters<typename Method::input_parameters>()};
}

/// The same for each method of a Hana tuple of types, in its order.
template <class Methods>
std::vector<method_info> describe_methods(const Methods& methods) {
  std::vector<method_info> list;
  boost::hana::for_each(methods, [&](auto method) {
    list.push_back(describe_method<typename decltype(method)::type>());
  });
  return list;
}

}  // namespace tensormerge
