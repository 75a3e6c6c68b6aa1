#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace tensormerge {

namespace detail {

// Polynomials over bits, the highest bit being the coefficient of 1.
inline constexpr std::uint32_t crc32_polynomial = 0xedb88320;

constexpr std::uint32_t times_x(std::uint32_t value) {
  return value >> 1 ^ ((value & 1) != 0 ? crc32_polynomial : 0);
}

constexpr std::uint32_t crc32_product(std::uint32_t a, std::uint32_t b) {
  std::uint32_t product = 0;
  for (; a != 0; a <<= 1, b = times_x(b)) {
    if (a >> 31 != 0) product ^= b;
  }
  return product;
}

/// What becomes of a remainder when so many zero bytes follow.
constexpr std::uint32_t crc32_shifted(std::uint32_t remainder, std::uint64_t zero_bytes) {
  constexpr std::uint32_t x_to_the_8 = std::uint32_t{1} << 23;
  for (std::uint32_t power = x_to_the_8; zero_bytes != 0;
       zero_bytes >>= 1, power = crc32_product(power, power)) {
    if ((zero_bytes & 1) != 0) remainder = crc32_product(remainder, power);
  }
  return remainder;
}

/// For each byte value what it leaves behind 0 to 7 further bytes, so that eight bytes take one
/// look-up each and no look-up waits for another.
constexpr std::array<std::array<std::uint32_t, 256>, 8> make_crc32_tables() {
  std::array<std::array<std::uint32_t, 256>, 8> tables{};
  for (std::uint32_t value = 0; value < 256; ++value) {
    std::uint32_t remainder = value;
    for (int bit = 0; bit < 8; ++bit) remainder = times_x(remainder);
    tables[0][value] = remainder;
  }
  for (std::size_t after = 1; after < tables.size(); ++after) {
    for (std::size_t value = 0; value < 256; ++value) {
      const std::uint32_t before = tables[after - 1][value];
      tables[after][value] = before >> 8 ^ tables[0][before & 0xff];
    }
  }
  return tables;
}
inline constexpr std::array<std::array<std::uint32_t, 256>, 8> crc32_tables = make_crc32_tables();

}  // namespace detail

/// What a part gives to the CRC-32 of the whole in which `bytes_after` bytes follow it. Parts may
/// be computed in any order: their exclusive or goes to `crc32_of_parts`.
/// Method: the sum is linear, up to a constant; Kounavis and Berry, "A Systematic Approach to
/// Building High Performance Software-Based CRC Generators", 2005, for eight bytes at once.
inline std::uint32_t crc32_part(std::span<const std::byte> bytes, std::uint64_t bytes_after) {
  const auto& tables = detail::crc32_tables;
  std::uint32_t remainder = 0;
  for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data(), 8);
    word ^= remainder;
    remainder = 0;
    for (std::size_t i = 0; i < 8; ++i) remainder ^= tables[7 - i][word >> 8 * i & 0xff];
  }
  for (const std::byte each : bytes) {
    remainder = remainder >> 8 ^ tables[0][(remainder ^ std::to_integer<unsigned>(each)) & 0xff];
  }
  return detail::crc32_shifted(remainder, bytes_after);
}

/// The CRC-32 of `bytes` bytes whose parts' exclusive or is given.
constexpr std::uint32_t crc32_of_parts(std::uint32_t parts, std::uint64_t bytes) {
  constexpr std::uint32_t ones = 0xffffffff;
  return parts ^ detail::crc32_shifted(ones, bytes) ^ ones;
}

/// The CRC-32 of zip archives.
/// Ref: PKWARE, "APPNOTE.TXT - .ZIP File Format Specification", 4.4.7.
inline std::uint32_t crc32_of(std::span<const std::byte> bytes) {
  return crc32_of_parts(crc32_part(bytes, 0), bytes.size());
}

}  // namespace tensormerge
