#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <system_error>

#include <tensormerge/document/node.hpp>

namespace tensormerge {

/// The value of a whole number without sign, fraction or exponent, exact over all 64 bits; none
/// where the node is of another kind or the number does not fit.
inline std::optional<std::uint64_t> unsigned_integer(const node& value) {
  if (value.type != node::kind::integer) return std::nullopt;
  std::uint64_t result = 0;
  const char* end = value.text.data() + value.text.size();
  const auto [stopped, error] = std::from_chars(value.text.data(), end, result);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return result;
}

}  // namespace tensormerge
