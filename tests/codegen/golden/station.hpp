// Generated from station.schema.json. Change the schema, not this file.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <boost/hana/accessors.hpp>
#include <boost/hana/pair.hpp>
#include <boost/hana/string.hpp>
#include <boost/hana/tuple.hpp>

namespace station {

/// A key that C++ reserves.
enum class station_class { land, sea, union_ };

/// How the values of `station_class` are written, in their order.
inline constexpr std::array<std::string_view, 3> station_class_names{"land", "sea", "union"};

constexpr std::string_view to_string(station_class value) {
  return station_class_names[static_cast<std::size_t>(value)];
}

/// The value that is written `name`, if there is one.
constexpr std::optional<station_class> station_class_from(std::string_view name) {
  for (std::size_t i = 0; i < station_class_names.size(); ++i) {
    if (station_class_names[i] == name) return static_cast<station_class>(i);
  }
  return std::nullopt;
}

/// The names, for code that knows only the type.
constexpr const auto& names_of(station_class) { return station_class_names; }

/// Somebody.
struct person {
  /// The keys that must be given.
  static constexpr std::array<std::string_view, 1> required{"name"};

  std::string name{};

  std::optional<std::string> mail{};
};

enum class station_sensor_range_2 { auto_ };

/// How the values of `station_sensor_range_2` are written, in their order.
inline constexpr std::array<std::string_view, 1> station_sensor_range_2_names{"auto"};

constexpr std::string_view to_string(station_sensor_range_2 value) {
  return station_sensor_range_2_names[static_cast<std::size_t>(value)];
}

/// The value that is written `name`, if there is one.
constexpr std::optional<station_sensor_range_2> station_sensor_range_2_from(std::string_view name) {
  for (std::size_t i = 0; i < station_sensor_range_2_names.size(); ++i) {
    if (station_sensor_range_2_names[i] == name) return static_cast<station_sensor_range_2>(i);
  }
  return std::nullopt;
}

/// The names, for code that knows only the type.
constexpr const auto& names_of(station_sensor_range_2) { return station_sensor_range_2_names; }

struct station_sensor {
  /// The keys that must be given.
  static constexpr std::array<std::string_view, 1> required{"unit"};

  std::string unit{};

  std::optional<std::variant<double, station_sensor_range_2>> range{};
};

/// A weather station, unlike anything that merges models.
struct station {
  /// The keys that must be given.
  static constexpr std::array<std::string_view, 2> required{"name", "class"};

  /// What people call it.
  std::string name{};

  /// A key that C++ reserves.
  station_class class_{};

  /// Another one.
  bool default_ = true;

  /// Metres above the sea.
  double height_m = 2.0;

  std::int64_t interval = 60;

  /// Somebody.
  std::optional<person> owner{};

  std::vector<person> observers{};

  std::array<double, 2> position{};

  /// By their name.
  std::vector<std::pair<std::string, station_sensor>> sensors{};

  std::optional<std::string> note{};
};

}  // namespace station

namespace boost::hana {

template <>
struct accessors_impl<::station::person> {
  static constexpr auto apply() {
    return make_tuple(
        make_pair(BOOST_HANA_STRING("name"),
                  [](auto&& value) -> auto&& { return static_cast<decltype(value)>(value).name; }),
        make_pair(BOOST_HANA_STRING("mail"),
                  [](auto&& value) -> auto&& { return static_cast<decltype(value)>(value).mail; }));
  }
};

template <>
struct accessors_impl<::station::station_sensor> {
  static constexpr auto apply() {
    return make_tuple(
        make_pair(BOOST_HANA_STRING("unit"),
                  [](auto&& value) -> auto&& { return static_cast<decltype(value)>(value).unit; }),
        make_pair(BOOST_HANA_STRING("range"),
                  [](auto&& value) -> auto&& {
                    return static_cast<decltype(value)>(value).range;
                  }));
  }
};

template <>
struct accessors_impl<::station::station> {
  static constexpr auto apply() {
    return make_tuple(
        make_pair(BOOST_HANA_STRING("name"),
                  [](auto&& value) -> auto&& { return static_cast<decltype(value)>(value).name; }),
        make_pair(BOOST_HANA_STRING("class"),
                  [](auto&& value) -> auto&& {
                    return static_cast<decltype(value)>(value).class_;
                  }),
        make_pair(BOOST_HANA_STRING("default"),
                  [](auto&& value) -> auto&& {
                    return static_cast<decltype(value)>(value).default_;
                  }),
        make_pair(BOOST_HANA_STRING("height-m"),
                  [](auto&& value) -> auto&& {
                    return static_cast<decltype(value)>(value).height_m;
                  }),
        make_pair(BOOST_HANA_STRING("interval"),
                  [](auto&& value) -> auto&& {
                    return static_cast<decltype(value)>(value).interval;
                  }),
        make_pair(BOOST_HANA_STRING("owner"),
                  [](auto&& value) -> auto&& { return static_cast<decltype(value)>(value).owner; }),
        make_pair(BOOST_HANA_STRING("observers"),
                  [](auto&& value) -> auto&& {
                    return static_cast<decltype(value)>(value).observers;
                  }),
        make_pair(BOOST_HANA_STRING("position"),
                  [](auto&& value) -> auto&& {
                    return static_cast<decltype(value)>(value).position;
                  }),
        make_pair(BOOST_HANA_STRING("sensors"),
                  [](auto&& value) -> auto&& {
                    return static_cast<decltype(value)>(value).sensors;
                  }),
        make_pair(BOOST_HANA_STRING("note"),
                  [](auto&& value) -> auto&& { return static_cast<decltype(value)>(value).note; }));
  }
};

}  // namespace boost::hana
