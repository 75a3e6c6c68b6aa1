#pragma once

#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace tensormerge {

/// The bytes that a size says: a whole number, alone or with k, m, b, g or t (thousand, million,
/// thousand million twice, million million; either case), and a B after it or not: `5B`, `500M`,
/// `5GB`. None for anything else, and for zero.
inline std::optional<std::uint64_t> parse_shard_bytes(std::string_view text) {
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc{} || number == 0) return std::nullopt;
  std::string unit(parsed.ptr, text.data() + text.size());
  for (char& letter : unit) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  if (unit.size() == 2 && unit[0] != 'b' && unit[1] == 'b') unit.pop_back();
  std::uint64_t factor = 1;
  if (unit == "k") factor = 1'000;
  else if (unit == "m") factor = 1'000'000;
  else if (unit == "b" || unit == "g") factor = 1'000'000'000;
  else if (unit == "t") factor = 1'000'000'000'000;
  else if (!unit.empty()) return std::nullopt;
  if (number > std::numeric_limits<std::uint64_t>::max() / factor) return std::nullopt;
  return number * factor;
}

}  // namespace tensormerge
