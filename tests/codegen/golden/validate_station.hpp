// Generated from station.schema.json. Change the schema, not this file.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include <tensormerge/config/schema/check_list.hpp>
#include <tensormerge/config/schema/check_mapping.hpp>
#include <tensormerge/config/schema/check_union.hpp>
#include <tensormerge/config/schema/check_value.hpp>
#include <tensormerge/config/schema/validate.hpp>

namespace station {

namespace station_checks {

using namespace tensormerge::schema;

// #/properties/name
inline void station_name_rule(const node& value, const value_path& path, findings& found) {
  if (!check_kind(value, path, text_kind, found)) return;
  check_length(value, path, 1, no_limit, found);
}

// #/properties/class
inline void station_class_rule(const node& value, const value_path& path, findings& found) {
  static constexpr std::array<std::string_view, 3> values{"\"land\"", "\"sea\"", "\"union\""};
  static constexpr std::array<std::string_view, 3> words{"land", "sea", "union"};
  check_values(value, path, values, words, {}, found);
}

// #/properties/default
inline void station_default_rule(const node& value, const value_path& path, findings& found) {
  check_kind(value, path, boolean_kind, found);
}

// #/properties/height-m
inline void station_height_m_rule(const node& value, const value_path& path, findings& found) {
  check_kind(value, path, number_kind, found);
}

// #/properties/interval
inline void station_interval_rule(const node& value, const value_path& path, findings& found) {
  if (!check_kind(value, path, integer_kind, found)) return;
  check_minimum(value, path, 1.0, found);
}

// #/definitions/person/properties/name
inline void person_name_rule(const node& value, const value_path& path, findings& found) {
  check_kind(value, path, text_kind, found);
}

// #/definitions/person/properties/mail
inline void person_mail_rule(const node& value, const value_path& path, findings& found) {
  const expectation said(found, path, "an address");
  if (!check_kind(value, path, text_kind, found)) return;
  static const text_pattern pattern("^[^@]+@[^@]+$");
  check_pattern(value, path, pattern, found);
}

// #/definitions/person
inline void person_rule(const node& value, const value_path& path, findings& found) {
  if (!check_kind(value, path, mapping_kind, found)) return;
  static constexpr std::array<property_check, 2> properties{
      property_check{"name", person_name_rule}, property_check{"mail", person_mail_rule},
  };
  static constexpr std::array<std::string_view, 1> required{"name"};
  static constexpr std::array<std::string_view, 2> known{"name", "mail"};
  const mapping_rules rules{
      .properties = properties, .closed = true, .required = required, .known = known,
  };
  check_mapping(value, path, rules, found);
}

// #/properties/observers
inline void station_observers_rule(const node& value, const value_path& path, findings& found) {
  if (!check_kind(value, path, list_kind, found)) return;
  check_items(value, path, {}, person_rule, found);
  check_unique(value, path, found);
}

// #/properties/position/items
inline void station_position_items_rule(const node& value, const value_path& path,
                                        findings& found) {
  check_kind(value, path, number_kind, found);
}

// #/properties/position
inline void station_position_rule(const node& value, const value_path& path, findings& found) {
  if (!check_kind(value, path, list_kind, found)) return;
  check_items(value, path, {}, station_position_items_rule, found);
  check_item_count(value, path, 2, 2, found);
}

// #/properties/sensors/propertyNames
inline void station_sensors_propertyNames_rule(const node& value, const value_path& path,
                                               findings& found) {
  static const text_pattern pattern("^[a-z]+$");
  check_pattern(value, path, pattern, found);
}

// #/properties/sensors/additionalProperties/properties/unit
inline void station_sensors_additionalProperties_unit_rule(
    const node& value, const value_path& path, findings& found) {
  check_kind(value, path, text_kind, found);
}

// #/properties/sensors/additionalProperties/properties/range/oneOf/0
inline void station_sensors_additionalProperties_range_oneOf_0_rule(
    const node& value, const value_path& path, findings& found) {
  check_kind(value, path, number_kind, found);
}

// #/properties/sensors/additionalProperties/properties/range/oneOf/1
inline void station_sensors_additionalProperties_range_oneOf_1_rule(
    const node& value, const value_path& path, findings& found) {
  static constexpr std::array<std::string_view, 1> values{"\"auto\""};
  static constexpr std::array<std::string_view, 1> words{"auto"};
  check_values(value, path, values, words, {}, found);
}

// #/properties/sensors/additionalProperties/properties/range
inline void station_sensors_additionalProperties_range_rule(
    const node& value, const value_path& path, findings& found) {
  static constexpr std::array<check, 2> one{
      station_sensors_additionalProperties_range_oneOf_0_rule,
      station_sensors_additionalProperties_range_oneOf_1_rule,
  };
  check_one_of(value, path, one, "", found);
}

// #/properties/sensors/additionalProperties
inline void station_sensors_additionalProperties_rule(const node& value, const value_path& path,
                                                      findings& found) {
  if (!check_kind(value, path, mapping_kind, found)) return;
  static constexpr std::array<property_check, 2> properties{
      property_check{"unit", station_sensors_additionalProperties_unit_rule},
      property_check{"range", station_sensors_additionalProperties_range_rule},
  };
  static constexpr std::array<std::string_view, 1> required{"unit"};
  static constexpr std::array<std::string_view, 2> known{"unit", "range"};
  const mapping_rules rules{
      .properties = properties, .closed = true, .required = required, .known = known,
  };
  check_mapping(value, path, rules, found);
}

// #/properties/sensors
inline void station_sensors_rule(const node& value, const value_path& path, findings& found) {
  if (!check_kind(value, path, mapping_kind, found)) return;
  const mapping_rules rules{.additional = station_sensors_additionalProperties_rule};
  check_mapping(value, path, rules, found);
  check_key_names(value, path, station_sensors_propertyNames_rule, found);
}

// #/properties/note
inline void station_note_rule(const node& value, const value_path& path, findings& found) {
  check_kind(value, path, null_kind | text_kind, found);
}

// #
inline void station_rule(const node& value, const value_path& path, findings& found) {
  if (!check_kind(value, path, mapping_kind, found)) return;
  static constexpr std::array<property_check, 10> properties{
      property_check{"name", station_name_rule}, property_check{"class", station_class_rule},
      property_check{"default", station_default_rule},
      property_check{"height-m", station_height_m_rule},
      property_check{"interval", station_interval_rule}, property_check{"owner", person_rule},
      property_check{"observers", station_observers_rule},
      property_check{"position", station_position_rule},
      property_check{"sensors", station_sensors_rule}, property_check{"note", station_note_rule},
  };
  static constexpr std::array<std::string_view, 2> required{"name", "class"};
  static constexpr std::array<std::string_view, 10> known{
      "name", "class", "default", "height-m", "interval", "owner", "observers", "position",
      "sensors", "note",
  };
  const mapping_rules rules{
      .properties = properties, .closed = true, .required = required, .known = known,
  };
  check_mapping(value, path, rules, found);
  static constexpr std::array<std::string_view, 1> needed_1{"sensors"};
  check_dependency(value, path, "interval", needed_1, nullptr, found);
}

}  // namespace station_checks

/// What is wrong with a document that should be a station; nothing where it is one. `file` is the
/// name to report.
inline tensormerge::diagnostics validate_station(const tensormerge::node& document,
                                            const std::string& file = {}) {
  return tensormerge::schema::validate(document, file, station_checks::station_rule);
}

}  // namespace station
