#pragma once

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <unistd.h>

#include <tensormerge/checkpoint/file_descriptor.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// A run of bytes in an open file.
struct file_range {
  const file_descriptor& opened;
  const std::filesystem::path& file;
  std::uint64_t offset;
};

/// Copies `bytes` bytes from one file to another, inside the kernel where the file systems can
/// (which may then share the blocks). Throws failure, also where `from` ends early.
inline void copy_bytes(file_range from, file_range to, std::uint64_t bytes) {
  while (bytes > 0) {
    auto in = static_cast<off_t>(from.offset), out = static_cast<off_t>(to.offset);
    constexpr std::uint64_t most_at_once = std::uint64_t{1} << 30;
    const ssize_t copied =
        ::copy_file_range(from.opened.number(), &in, to.opened.number(), &out,
                          static_cast<std::size_t>(std::min(bytes, most_at_once)), 0);
    if (copied < 0 && errno == EINTR) continue;
    // Whatever the kernel cannot do here, reading and writing either can, or says why not.
    if (copied <= 0) break;
    from.offset += static_cast<std::uint64_t>(copied);
    to.offset += static_cast<std::uint64_t>(copied);
    bytes -= static_cast<std::uint64_t>(copied);
  }
  constexpr std::uint64_t buffer_bytes = std::uint64_t{1} << 20;
  std::vector<std::byte> buffer(static_cast<std::size_t>(std::min(bytes, buffer_bytes)));
  while (bytes > 0) {
    const auto part = std::span(buffer).first(
        static_cast<std::size_t>(std::min<std::uint64_t>(bytes, buffer.size())));
    if (read_at(from.opened, from.file, from.offset, part) < part.size()) {
      throw failure(diagnostic{.file = from.file.string(),
                               .what = "the file became shorter while it was copied",
                               .expected = std::to_string(bytes) + " bytes from byte " +
                                           std::to_string(from.offset) + " on"});
    }
    write_at(to.opened, to.file, to.offset, part);
    from.offset += part.size();
    to.offset += part.size();
    bytes -= part.size();
  }
}

}  // namespace tensormerge
