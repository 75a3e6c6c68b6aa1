#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include <tensormerge/document/node.hpp>
#include <tensormerge/error/failure.hpp>
#include <tensormerge/method/parameter_info.hpp>

namespace tensormerge {

/// A boolean, a number or a text where a parameter's value is due.
/// Booleans are the numbers 0 and 1.
struct scalar_value {
  node::kind type = node::kind::number;
  double number = 0;
  std::string text{};  // as written
  text_position at{};
};

namespace detail {

/// The number that a text such as `5e-1`, `+.5` or `1_000` stands for, as Python's float() reads
/// it.
inline std::optional<double> number_in_text(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != '_' && c != ' ') digits += c;
  }
  if (digits.starts_with('+')) digits.erase(0, 1);
  double value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc{} || stop != end || digits.empty()) return std::nullopt;
  return value;
}

/// The boolean that a word such as `Yes` or `f` stands for.
inline std::optional<double> boolean_in_text(std::string_view text) {
  constexpr std::array<std::string_view, 6> yes{"true", "yes", "on", "t", "y", "1"};
  constexpr std::array<std::string_view, 6> no{"false", "no", "off", "f", "n", "0"};
  std::string word;
  for (const char c : text) word += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (const std::string_view each : yes) {
    if (word == each) return 1;
  }
  for (const std::string_view each : no) {
    if (word == each) return 0;
  }
  return std::nullopt;
}

}  // namespace detail

/// The value as a method takes it: numbers from texts and booleans, booleans from 0, 1 and words.
/// Throws failure, without file and path, for what mergekit refuses too (a fraction where an
/// integer is due, 2 as a boolean) and for numbers that are not finite.
inline scalar_value convert(const scalar_value& value, parameter_kind kind) {
  scalar_value result = value;
  std::optional<double> number = value.number;
  if (value.type == node::kind::string) {
    number = kind == parameter_kind::boolean ? detail::boolean_in_text(value.text)
                                             : detail::number_in_text(value.text);
  }
  const char* expected = "a finite number";
  bool fits = number.has_value() && std::isfinite(*number);
  if (kind == parameter_kind::integer) {
    expected = "an integer";
    fits = fits && *number == std::floor(*number) && std::abs(*number) < 0x1p53;
    result.type = node::kind::integer;
  } else if (kind == parameter_kind::boolean) {
    expected = "true or false";
    fits = fits && (*number == 0 || *number == 1);
    result.type = node::kind::boolean;
  } else {
    result.type = node::kind::number;
  }
  if (!fits) {
    throw failure(diagnostic{.at = value.at,
                             .what = "wrong value",
                             .expected = expected,
                             .found = '`' + value.text + '`'});
  }
  result.number = *number;
  return result;
}

}  // namespace tensormerge
