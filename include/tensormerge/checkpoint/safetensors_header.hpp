#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>

#include <tensormerge/checkpoint/file_descriptor.hpp>
#include <tensormerge/checkpoint/parse_safetensors_header.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// The format's own limit of the JSON text in bytes.
inline constexpr std::uint64_t largest_safetensors_header = 100'000'000;

/// Reads and checks the header of a file; no element is read. Throws failure.
inline safetensors_header read_safetensors_header(const std::filesystem::path& path,
                                                  std::uint32_t file = 0) {
  const file_descriptor opened = open_for_reading(path);
  const std::uint64_t bytes = file_bytes(opened, path);
  const auto refuse = [&path](std::string what, std::string expected, std::uint64_t found) {
    throw failure(diagnostic{.file = path.string(),
                             .what = std::move(what),
                             .expected = std::move(expected),
                             .found = std::to_string(found) + " bytes",
                             .hint = "the file is damaged, truncated or not a safetensors file"});
  };
  std::array<std::byte, sizeof(std::uint64_t)> prefix{};
  if (bytes < prefix.size() || read_at(opened, path, 0, prefix) < prefix.size()) {
    refuse("is too short", "at least 8 bytes", bytes);
  }
  std::uint64_t header_bytes = 0;
  for (std::size_t i = prefix.size(); i-- > 0;) {
    header_bytes = header_bytes << 8 | std::to_integer<std::uint64_t>(prefix[i]);
  }
  if (header_bytes > largest_safetensors_header) {
    refuse("the header's length is impossible",
           "at most " + std::to_string(largest_safetensors_header) + " bytes", header_bytes);
  }
  if (header_bytes > bytes - prefix.size()) {
    refuse("the header is longer than the file",
           "at most " + std::to_string(bytes - prefix.size()) + " bytes", header_bytes);
  }
  std::string json(static_cast<std::size_t>(header_bytes), '\0');
  if (read_at(opened, path, prefix.size(), std::as_writable_bytes(std::span(json))) < json.size()) {
    refuse("became shorter while it was read", std::to_string(bytes) + " bytes",
           file_bytes(opened, path));
  }
  return parse_safetensors_header(json, bytes - prefix.size() - header_bytes, path.string(), file);
}

}  // namespace tensormerge
