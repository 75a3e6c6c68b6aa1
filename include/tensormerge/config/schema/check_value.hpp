#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <tensormerge/config/schema/canonical_text.hpp>
#include <tensormerge/config/schema/decimal.hpp>
#include <tensormerge/config/schema/finding.hpp>
#include <tensormerge/config/text_pattern.hpp>

namespace tensormerge::schema {

// Kinds of values, as bits.
inline constexpr std::uint8_t null_kind = 1, boolean_kind = 2, integer_kind = 4, number_kind = 8,
                              text_kind = 16, list_kind = 32, mapping_kind = 64;

/// Whether an unquoted number is one for YAML 1.2 alone and text for YAML 1.1 (`1e5`, `-.5`):
/// there an exponent needs a point before it and a sign, and a sign needs a digit behind it.
inline bool is_text_in_yaml_1_1(const node& value) {
  if (value.type != node::kind::number || !value.plain) return false;
  const std::string& text = value.text;
  const auto exponent = text.find_first_of("eE");
  if (exponent != text.npos && exponent + 1 < text.size()) {
    const bool has_sign = text[exponent + 1] == '+' || text[exponent + 1] == '-';
    if (!has_sign || text.find('.') == text.npos) return true;
  }
  return text.starts_with("-.") || text.starts_with("+.");
}

/// The bits that a value has: an integral number such as 1.0 is an integer too.
inline std::uint8_t kinds_of(const node& value) {
  switch (value.type) {
    case node::kind::null: return null_kind;
    case node::kind::boolean: return boolean_kind;
    case node::kind::integer: return integer_kind | number_kind;
    case node::kind::number:
      if (!std::isfinite(value.number)) return 0;
      return static_cast<std::uint8_t>(
          number_kind | (value.number == std::floor(value.number) ? integer_kind : 0) |
          (is_text_in_yaml_1_1(value) ? text_kind : 0));
    case node::kind::string: return text_kind;
    case node::kind::sequence: return list_kind;
    default: return mapping_kind;
  }
}

inline std::string name_kinds(std::uint8_t kinds) {
  if ((kinds & number_kind) != 0) kinds = static_cast<std::uint8_t>(kinds & ~integer_kind);
  constexpr std::array<std::pair<std::uint8_t, std::string_view>, 7> names{{
      {mapping_kind, "a mapping"},
      {list_kind, "a list"},
      {text_kind, "text"},
      {number_kind, "a number"},
      {integer_kind, "an integer"},
      {boolean_kind, "a boolean"},
      {null_kind, "null"},
  }};
  std::string text;
  for (const auto& [bit, name] : names) {
    if ((kinds & bit) == 0) continue;
    if (!text.empty()) text += " or ";
    text += name;
  }
  return text;
}

/// `type`. Returns whether the kind is right: other keywords would only repeat that it is not.
inline bool check_kind(const node& value, const value_path& path, std::uint8_t kinds,
                       findings& found) {
  if ((kinds_of(value) & kinds) != 0) return true;
  const std::string expected =
      value.is_number() && (kinds & number_kind) != 0 ? "a finite number" : name_kinds(kinds);
  const bool unquoted =
      (value.plain || value.is_number()) && !value.is_null() && (kinds & text_kind) != 0;
  report(value, path, "wrong type", expected, found,
         unquoted ? "quote it if text is meant" : std::string());
  found.back().wrong_kind = true;
  found.back().kind = expected;
  return false;
}

/// `enum` and `const`: `values` are canonical texts, `words` those that are texts, as they are.
inline void check_values(const node& value, const value_path& path,
                         std::span<const std::string_view> values,
                         std::span<const std::string_view> words, std::span<const word_hint> hints,
                         findings& found) {
  const std::string text = canonical_text(value);
  if (std::find(values.begin(), values.end(), text) != values.end()) return;
  const bool only_words = words.size() == values.size();
  const std::span<const std::string_view> shown = only_words ? words : values;
  std::string expected;
  for (const std::string_view each : shown) {
    if (!expected.empty()) expected += ", ";
    expected += each;
  }
  if (shown.size() > 1) expected = "one of " + expected;
  report(value, path, "wrong value", expected, found,
         value.is_scalar() ? hint_for(value.text, hints, words) : std::string{});
  found.back().wrong_kind = !value.is_string() && only_words;
  found.back().kind = found.back().wrong_kind ? expected : std::string{};
}

inline void check_minimum(const node& value, const value_path& path, double least,
                          findings& found) {
  if (!value.is_number() || value.number >= least) return;
  report(value, path, "out of range", "at least " + number_text(least), found);
}
inline void check_maximum(const node& value, const value_path& path, double most,
                          findings& found) {
  if (!value.is_number() || value.number <= most) return;
  report(value, path, "out of range", "at most " + number_text(most), found);
}
inline void check_exclusive_minimum(const node& value, const value_path& path, double below,
                                    findings& found) {
  if (!value.is_number() || value.number > below) return;
  report(value, path, "out of range", "more than " + number_text(below), found);
}
inline void check_exclusive_maximum(const node& value, const value_path& path, double above,
                                    findings& found) {
  if (!value.is_number() || value.number < above) return;
  report(value, path, "out of range", "less than " + number_text(above), found);
}
/// `multipleOf`, of the numbers as they are written in decimals: 0.3 is a multiple of 0.1.
inline void check_multiple(const node& value, const value_path& path, double step,
                           findings& found) {
  if (!value.is_number() || is_multiple(value, step)) return;
  report(value, path, "wrong value", "a multiple of " + number_text(step), found);
}

using tensormerge::text_pattern;

/// Stands for a missing maxLength, maxItems or maxProperties.
inline constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

inline std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

inline std::string plural(std::size_t count, std::string_view thing) {
  return std::to_string(count) + ' ' + std::string(thing) + (count == 1 ? "" : "s");
}

inline void check_length(const node& value, const value_path& path, std::size_t least,
                         std::size_t most, findings& found) {
  if (!value.is_string()) return;
  const std::size_t length = count_characters(value.text);
  if (length < least) {
    report(value, path, "too short", "at least " + plural(least, "character"), found);
  } else if (length > most) {
    report(value, path, "too long", "at most " + plural(most, "character"), found);
  }
}

/// `pattern`
inline void check_pattern(const node& value, const value_path& path, const text_pattern& pattern,
                          findings& found) {
  if (!value.is_string() || pattern.search(value.text)) return;
  report(value, path, "wrong text", "text that matches " + pattern.text(), found);
}

}  // namespace tensormerge::schema
