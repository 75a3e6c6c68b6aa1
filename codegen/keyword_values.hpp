#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <tensormerge/config/schema/format.hpp>
#include <tensormerge/config/text_pattern.hpp>

#include "schema.hpp"

// The values that keywords have. `at` is the JSON pointer to name where one is wrong.
namespace tensormerge::codegen {

using json = nlohmann::ordered_json;

inline schema_error error_at(const std::string& pointer, const std::string& what) {
  return schema_error(percent_encoded(pointer), what);
}

inline std::string text(const json& value, const std::string& at) {
  if (!value.is_string()) throw error_at(at, "must be text");
  return value.get<std::string>();
}

inline std::vector<std::string> texts(const json& value, const std::string& at) {
  if (!value.is_array()) throw error_at(at, "must be a list of texts");
  std::vector<std::string> result;
  for (const json& item : value) result.push_back(text(item, at));
  return result;
}

inline double number(const json& value, const std::string& at) {
  if (!value.is_number()) throw error_at(at, "must be a number");
  return value.get<double>();
}

inline std::size_t count(const json& value, const std::string& at) {
  const double n = number(value, at);
  if (!(n >= 0) || n != std::floor(n) || n > 9e15) {
    throw error_at(at, "must be an integer from 0");
  }
  return static_cast<std::size_t>(n);
}

inline std::string pattern(const std::string& expression, const std::string& at) {
  try {
    const text_pattern checked(expression);
  } catch (const std::invalid_argument& problem) {
    throw error_at(at, problem.what());
  }
  return expression;
}

inline std::string format(const std::string& name, const std::string& at) {
  if (tensormerge::schema::find_format(name) == nullptr) {
    throw error_at(at, "the format `" + name + "` is not supported");
  }
  return name;
}

inline std::uint8_t kinds(const json& value, const std::string& at) {
  static constexpr std::array<std::pair<std::string_view, std::uint8_t>, 7> names{{
      {"null", null_bit},
      {"boolean", boolean_bit},
      {"integer", integer_bit},
      {"number", number_bit},
      {"string", text_bit},
      {"array", list_bit},
      {"object", mapping_bit},
  }};
  const std::vector<std::string> given =
      value.is_array() ? texts(value, at) : std::vector<std::string>{text(value, at)};
  std::uint8_t bits = 0;
  for (const std::string& word : given) {
    const std::uint8_t before = bits;
    for (const auto& [name, bit] : names) {
      if (word == name) bits = static_cast<std::uint8_t>(bits | bit);
    }
    if (bits == before) throw error_at(at, "unknown or repeated type `" + word + "`");
  }
  if (bits == 0) throw error_at(at, "must name a type");
  return bits;
}

}  // namespace tensormerge::codegen
