#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <tensormerge/document/node.hpp>

namespace tensormerge {

/// What an unquoted text means.
struct resolved_scalar {
  node::kind type = node::kind::string;
  double number = 0;
};

namespace detail {

inline bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

/// Digits with an optional fraction and exponent, without a sign; too large becomes infinity,
/// too small zero.
inline double parse_decimal(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc::result_out_of_range) return value;
  // The power of ten of the first digit that is not zero tells on which side the range was left.
  std::int64_t power = 0;
  bool counting = false, fraction = false;
  std::size_t i = 0;
  for (; i < text.size() && text[i] != 'e' && text[i] != 'E'; ++i) {
    if (text[i] == '.') {
      fraction = true;
    } else {
      if (fraction && !counting) --power;
      counting = counting || text[i] != '0';
      if (!fraction && counting) ++power;
    }
  }
  if (i < text.size()) {
    constexpr std::int64_t beyond_any_text = std::int64_t{1} << 60;
    const bool negative = text[++i] == '-';
    if (negative || text[i] == '+') ++i;
    std::int64_t exponent = 0;
    if (std::from_chars(text.data() + i, text.data() + text.size(), exponent).ec != std::errc{}) {
      exponent = beyond_any_text;
    }
    power += negative ? -exponent : exponent;
  }
  return power > 0 ? std::numeric_limits<double>::infinity() : 0.0;
}

/// The value of an integer of YAML 1.1 (decimal, 0b, 0x, leading-zero octal, base 60, with
/// underscores) or of YAML 1.2 (0o, decimal with leading zeros), without its sign.
inline std::optional<double> parse_yaml_integer(std::string_view text) {
  if (text.empty() || !is_digit(text.front())) return std::nullopt;
  int base = 10;
  if (text.size() > 1 && text.front() == '0') {
    const char mark = text[1];
    if (mark == 'x' || mark == 'b' || mark == 'o') {
      base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
      text.remove_prefix(2);
    } else if (text.find_first_not_of("01234567_") == std::string_view::npos) {
      base = 8;
    }
  }
  double value = 0, sixties = 0;
  bool any_digit = false, base_60 = false;
  std::size_t digits_in_part = 0;
  for (const char letter : text) {
    if (letter == '_' && !base_60) continue;
    if (letter == ':' && base == 10 && text.front() != '0' && any_digit) {
      if (base_60 && (digits_in_part == 0 || digits_in_part > 2 || value > 59)) return std::nullopt;
      sixties = (sixties + value) * 60;
      value = 0;
      digits_in_part = 0;
      base_60 = true;
      continue;
    }
    const int digit = is_digit(letter)                 ? letter - '0'
                      : letter >= 'a' && letter <= 'f' ? letter - 'a' + 10
                      : letter >= 'A' && letter <= 'F' ? letter - 'A' + 10
                                                       : base;
    if (digit >= base) return std::nullopt;
    value = value * base + digit;
    any_digit = true;
    ++digits_in_part;
  }
  if (!any_digit) return std::nullopt;
  if (base_60 && (digits_in_part == 0 || digits_in_part > 2 || value > 59)) return std::nullopt;
  constexpr double exact_integers = 9007199254740992.0;
  if (base == 10 && !base_60 && value >= exact_integers) {  // rounded digit by digit
    std::string digits(text);
    std::erase(digits, '_');
    return parse_decimal(digits);
  }
  return sixties + value;
}

/// The value of a decimal number with a fraction or an exponent, without its sign.
inline std::optional<double> parse_yaml_float(std::string_view text) {
  std::string digits;
  std::size_t mantissa_digits = 0, exponent_digits = 0;
  bool point = false, exponent = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char letter = text[i];
    if (is_digit(letter)) {
      ++(exponent ? exponent_digits : mantissa_digits);
    } else if (letter == '_' && !exponent && mantissa_digits > 0) {
      continue;
    } else if (letter == '.' && !point && !exponent) {
      point = true;
    } else if ((letter == 'e' || letter == 'E') && !exponent && mantissa_digits > 0) {
      exponent = true;
    } else if (!((letter == '+' || letter == '-') && exponent && exponent_digits == 0 &&
                 (text[i - 1] == 'e' || text[i - 1] == 'E'))) {
      return std::nullopt;
    }
    // std::from_chars knows no plus sign.
    if (letter != '+') digits += letter;
  }
  if (mantissa_digits == 0 || (exponent && exponent_digits == 0)) return std::nullopt;
  return parse_decimal(digits);
}

template <std::size_t Count>
bool is_one_of(std::string_view text, const std::string_view (&words)[Count]) {
  for (const std::string_view word : words) {
    if (text == word) return true;
  }
  return false;
}

}  // namespace detail

/// Whether YAML 1.1 takes an unquoted number for text all the same (`1e5`, `-.5`, `0o17`, `08`), so
/// that mergekit accepts it as a name. Asks only for texts that resolve_scalar finds to be a
/// number.
inline bool is_text_in_yaml_1_1(std::string_view text) {
  const bool has_sign = text.starts_with('-') || text.starts_with('+');
  if (has_sign) text.remove_prefix(1);
  if (text.starts_with("0o")) return true;
  if (text.starts_with("0x")) return false;
  if (has_sign && text.size() > 1 && text[0] == '.' && detail::is_digit(text[1])) return true;
  if (const std::size_t exponent = text.find_first_of("eE"); exponent != std::string_view::npos) {
    const bool fraction = text.substr(0, exponent).find('.') != std::string_view::npos;
    return !fraction || detail::is_digit(text[exponent + 1]);
  }
  return text.size() > 1 && text[0] == '0' && text.find_first_of("89") != std::string_view::npos &&
         text.find('.') == std::string_view::npos;
}

/// Reads unquoted text as YAML 1.1 does (mergekit's PyYAML), and where that finds only text, as the
/// core schema of YAML 1.2 does: so `yes` is a boolean, `010` is 8, `1e-5` and `0o17` are numbers.
/// Dates stay text. Refs: yaml.org/type, YAML 1.2.2 section 10.3.2.
inline resolved_scalar resolve_scalar(std::string_view text) {
  using enum node::kind;
  if (detail::is_one_of(text, {"", "~", "null", "Null", "NULL"})) return {null, 0};
  if (detail::is_one_of(text, {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"})) {
    return {boolean, 1};
  }
  if (detail::is_one_of(text, {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"})) {
    return {boolean, 0};
  }
  if (detail::is_one_of(text, {".nan", ".NaN", ".NAN"})) {
    return {number, std::numeric_limits<double>::quiet_NaN()};
  }
  // Underscores between digits are known to YAML 1.1 only.
  const bool underscores = text.find('_') != std::string_view::npos;
  if (underscores && is_text_in_yaml_1_1(text)) return {string, 0};
  const bool negative = text.front() == '-';
  if (negative || text.front() == '+') text.remove_prefix(1);
  const double sign = negative ? -1 : 1;
  if (detail::is_one_of(text, {".inf", ".Inf", ".INF"})) {
    return {number, sign * std::numeric_limits<double>::infinity()};
  }
  if (const auto value = detail::parse_yaml_integer(text)) return {integer, sign * *value};
  if (const auto value = detail::parse_yaml_float(text)) return {number, sign * *value};
  return {string, 0};
}

}  // namespace tensormerge
