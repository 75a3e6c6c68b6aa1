#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <tensormerge/document/node.hpp>

namespace tensormerge::schema {

/// The shortest decimal text of a number.
inline std::string number_text(double number) {
  std::array<char, 32> digits;
  return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr};
}

/// A number as its digits and where they end: digits * 10 ^ exponent. The sign is left out.
struct decimal {
  std::string digits;
  int exponent = 0;

  /// `text` as std::to_chars writes numbers, or the digits of an integer.
  static decimal parse(std::string_view text) {
    decimal result;
    bool behind_point = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == 'e') {
        result.exponent += std::atoi(std::string(text.substr(i + 1)).c_str());
        break;
      }
      behind_point = behind_point || text[i] == '.';
      if (text[i] < '0' || text[i] > '9') continue;
      result.digits += text[i];
      if (behind_point) --result.exponent;
    }
    while (result.digits.size() > 1 && result.digits.back() == '0') {
      result.digits.pop_back();
      ++result.exponent;
    }
    return result;
  }
};

/// The same with an exponent, and so with 17 digits at most.
inline std::string digits_of(double number) {
  std::array<char, 32> digits;
  return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number,
                                       std::chars_format::scientific)
                             .ptr};
}

/// Whether `value` is an integral multiple of `step`, which is greater than 0. Both are taken for
/// the shortest decimals that stand for them, integers for what they are.
inline bool is_multiple(const tensormerge::node& value, double step) {
  if (value.number == 0) return true;
  if (!std::isfinite(value.number)) return false;
  constexpr double exact_integers = 9007199254740992.0;
  const bool needs_text = value.type == tensormerge::node::kind::integer &&
                          std::abs(value.number) >= exact_integers &&
                          value.text.find_first_not_of("-0123456789") == std::string::npos;
  const bool are_integers = std::trunc(step) == step && std::trunc(value.number) == value.number;
  if (are_integers && (!needs_text || step >= exact_integers)) {
    return std::fmod(value.number, step) == 0;
  }
  const decimal number = decimal::parse(needs_text ? value.text : digits_of(value.number));
  const decimal unit = decimal::parse(digits_of(step));
  // A number has no zero at its end, and so no multiple of ten times anything in its digits.
  if (number.exponent < unit.exponent) return false;
  // Digits of doubles, 17 at most, so that ten times a remainder fits.
  const std::uint64_t divisor = std::strtoull(unit.digits.c_str(), nullptr, 10);
  std::uint64_t remainder = 0;
  const auto shift = [&](unsigned digit) { remainder = (remainder * 10 + digit) % divisor; };
  for (const char digit : number.digits) shift(static_cast<unsigned>(digit - '0'));
  for (int i = unit.exponent; i < number.exponent; ++i) shift(0);
  return remainder == 0;
}

}  // namespace tensormerge::schema
