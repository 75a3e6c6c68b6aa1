#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <boost/hana/accessors.hpp>
#include <boost/hana/concept/struct.hpp>
#include <boost/hana/first.hpp>
#include <boost/hana/for_each.hpp>
#include <boost/hana/second.hpp>
#include <boost/hana/string.hpp>
#include <boost/hana/tuple.hpp>

#include <tensormerge/config/value_path.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// A struct whose members are known by name: a generated one, or any that Hana knows.
template <class T>
concept reflected = std::is_class_v<T> && boost::hana::Struct<T>::value;

/// An enum whose values have names: a generated one.
template <class T>
concept named_enum = std::is_enum_v<T> && requires(T value) { names_of(value).size(); };

// Reading is open to new types: read_value(const node&, T&, const value_path&) stores a value or
// throws failure, accepts_value(const node&, std::type_identity<T>) tells whether it would, which
// is how a variant finds its alternative. Both are found by argument-dependent look-up.

/// The failure of a value that is not what it must be. The file is not known here.
inline failure wrong_value(const node& value, const value_path& path, std::string expected) {
  std::string found(to_string(value.type));
  if (value.is_scalar() && !value.text.empty()) found = '`' + value.text + '`';
  return failure(diagnostic{.at = value.at,
                            .path = path.text(),
                            .what = "wrong value",
                            .expected = std::move(expected),
                            .found = std::move(found)});
}

inline bool accepts_value(const node& value, std::type_identity<bool>) {
  return value.type == node::kind::boolean;
}
inline bool accepts_value(const node& value, std::type_identity<double>) {
  return value.is_number();
}
inline bool accepts_value(const node& value, std::type_identity<std::int64_t>) {
  return value.is_number() && value.number == std::floor(value.number) &&
         std::abs(value.number) < 0x1p63;
}
inline bool accepts_value(const node& value, std::type_identity<std::string>) {
  return value.is_string();
}
template <named_enum T>
bool accepts_value(const node& value, std::type_identity<T>) {
  for (const std::string_view name : names_of(T{})) {
    if (value.is_string() && value.text == name) return true;
  }
  return false;
}
template <class T>
bool accepts_value(const node& value, std::type_identity<std::vector<T>>) {
  return value.is_sequence();
}
template <class T>
bool accepts_value(const node& value, std::type_identity<std::vector<std::pair<std::string, T>>>) {
  return value.is_mapping();
}
template <class T, std::size_t Count>
bool accepts_value(const node& value, std::type_identity<std::array<T, Count>>) {
  return value.is_sequence() && value.items.size() == Count;
}
template <class... Alternatives>
bool accepts_value(const node& value, std::type_identity<std::variant<Alternatives...>>) {
  return (accepts_value(value, std::type_identity<Alternatives>{}) || ...);
}
/// A mapping that has all required keys and no unknown one.
template <reflected T>
bool accepts_value(const node& value, std::type_identity<T>) {
  if (!value.is_mapping()) return false;
  if constexpr (requires { T::required; }) {
    for (const std::string_view key : T::required) {
      if (value.find(key) == nullptr) return false;
    }
  }
  for (const node_entry& entry : value.entries) {
    bool known = false;
    boost::hana::for_each(boost::hana::accessors<T>(), [&](const auto& accessor) {
      known = known || entry.key == boost::hana::first(accessor).c_str();
    });
    if (!known) return false;
  }
  return true;
}

/// A value of any kind, as it is.
inline bool accepts_value(const node&, std::type_identity<node>) { return true; }
inline void read_value(const node& value, node& result, const value_path&) { result = value; }

inline void read_value(const node& value, bool& result, const value_path& path) {
  if (value.type != node::kind::boolean) throw wrong_value(value, path, "a boolean");
  result = value.number != 0;
}

inline void read_value(const node& value, double& result, const value_path& path) {
  if (!value.is_number()) throw wrong_value(value, path, "a number");
  result = value.number;
}

inline void read_value(const node& value, std::int64_t& result, const value_path& path) {
  if (!accepts_value(value, std::type_identity<std::int64_t>{})) {
    throw wrong_value(value, path, "an integer");
  }
  result = static_cast<std::int64_t>(value.number);
}

inline void read_value(const node& value, std::string& result, const value_path& path) {
  if (!value.is_string()) throw wrong_value(value, path, "text");
  result = value.text;
}

template <named_enum T>
void read_value(const node& value, T& result, const value_path& path) {
  std::size_t index = 0;
  for (const std::string_view name : names_of(T{})) {
    if (value.is_string() && value.text == name) {
      result = static_cast<T>(index);
      return;
    }
    ++index;
  }
  throw wrong_value(value, path, "one of its names");
}

template <class T>
void read_value(const node& value, std::optional<T>& result, const value_path& path) {
  result.reset();
  if (!value.is_null()) read_value(value, result.emplace(), path);
}

template <class T>
void read_value(const node& value, std::vector<T>& result, const value_path& path) {
  if (!value.is_sequence()) throw wrong_value(value, path, "a list");
  result.resize(value.items.size());
  for (std::size_t i = 0; i < result.size(); ++i) {
    read_value(value.items[i], result[i], value_path(path, i));
  }
}

template <class T, std::size_t Count>
void read_value(const node& value, std::array<T, Count>& result, const value_path& path) {
  if (!value.is_sequence() || value.items.size() != Count) {
    throw wrong_value(value, path, "a list of " + std::to_string(Count) + " items");
  }
  for (std::size_t i = 0; i < Count; ++i) {
    read_value(value.items[i], result[i], value_path(path, i));
  }
}

template <class T>
void read_value(const node& value, std::vector<std::pair<std::string, T>>& result,
                const value_path& path) {
  if (!value.is_mapping()) throw wrong_value(value, path, "a mapping");
  result.clear();
  for (const node_entry& entry : value.entries) {
    result.emplace_back(entry.key, T{});
    read_value(entry.value, result.back().second, value_path(path, entry));
  }
}

/// A mapping that has all required keys, and perhaps others that the schema lets pass.
template <class T>
bool accepts_with_more_keys(const node& value) {
  if constexpr (reflected<T> && requires { T::required; }) {
    return value.is_mapping() &&
           std::all_of(T::required.begin(), T::required.end(),
                       [&](std::string_view key) { return value.find(key) != nullptr; });
  }
  return false;
}

/// The first alternative that accepts the value, or else the first that would without some keys.
template <class... Alternatives>
void read_value(const node& value, std::variant<Alternatives...>& result, const value_path& path) {
  const auto try_one = [&]<class T>(std::type_identity<T> type, bool more_keys) {
    const bool accepts = more_keys ? accepts_with_more_keys<T>(value) : accepts_value(value, type);
    if (!accepts) return false;
    read_value(value, result.template emplace<T>(), path);
    return true;
  };
  if (!(try_one(std::type_identity<Alternatives>{}, false) || ...) &&
      !(try_one(std::type_identity<Alternatives>{}, true) || ...)) {
    throw wrong_value(value, path, "another form");
  }
}

/// Members whose key is missing or null keep their default; keys without a member are left to the
/// validator. A member `at` of type text_position gets the place of the mapping.
template <reflected T>
void read_value(const node& value, T& result, const value_path& path) {
  if (!value.is_mapping()) throw wrong_value(value, path, "a mapping");
  boost::hana::for_each(boost::hana::accessors<T>(), [&](const auto& accessor) {
    const std::string_view key = boost::hana::first(accessor).c_str();
    for (const node_entry& entry : value.entries) {
      if (entry.key != key || entry.value.is_null()) continue;
      read_value(entry.value, boost::hana::second(accessor)(result), value_path(path, entry));
    }
  });
  if constexpr (requires { result.at = value.at; }) result.at = value.at;
}

/// A new T with what the document says.
template <reflected T>
T read_struct(const node& document) {
  T result{};
  read_value(document, result, value_path());
  return result;
}

}  // namespace tensormerge
