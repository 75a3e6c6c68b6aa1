#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/file_descriptor.hpp>
#include <tensormerge/checkpoint/little_endian.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// Reads the beginning of a GGUF file from front to back, in pieces.
class gguf_stream {
 public:
  /// What describes a file's tensors takes this many bytes at most.
  static constexpr std::uint64_t most_bytes = std::uint64_t{256} << 20;

  /// Throws failure where the file cannot be opened.
  explicit gguf_stream(std::filesystem::path file)
      : file_(std::move(file)),
        opened_(open_for_reading(file_)),
        file_bytes_(tensormerge::file_bytes(opened_, file_)) {}

  std::uint64_t file_bytes() const { return file_bytes_; }
  /// The place of the next byte in the file.
  std::uint64_t position() const { return buffer_begin_ + at_; }

  /// Throws failure about this file.
  [[noreturn]] void refuse(std::string path, std::string what, std::string expected = {},
                           std::string found = {}, std::string hint = {}) const {
    throw failure(diagnostic{.file = file_.string(),
                             .path = std::move(path),
                             .what = std::move(what),
                             .expected = std::move(expected),
                             .found = std::move(found),
                             .hint = std::move(hint)});
  }

  /// Appends `count` bytes to `into`, which grows only as far as there are bytes. Throws failure
  /// where the file has fewer.
  void read(std::uint64_t count, std::string& into) {
    const std::uint64_t place = position();
    if (count > file_bytes_ - std::min(place, file_bytes_)) {
      refuse({}, "the file ends inside of its header",
             std::to_string(count) + " bytes from " + std::to_string(place) + " on",
             std::to_string(file_bytes_) + " bytes in all", "the file is truncated or damaged");
    }
    if (count > most_bytes || place > most_bytes - count) {
      refuse({}, "the header is too long", "at most " + std::to_string(most_bytes) + " bytes");
    }
    while (count > 0) {
      if (at_ == buffer_.size()) refill();
      const auto part = static_cast<std::size_t>(
          std::min<std::uint64_t>(count, buffer_.size() - at_));
      into.append(reinterpret_cast<const char*>(buffer_.data()) + at_, part);
      at_ += part;
      count -= part;
    }
  }

  /// An unsigned number of so many bytes, lowest first. Throws failure.
  template <std::size_t Bytes>
  std::uint64_t number() {
    std::string bytes;
    read(Bytes, bytes);
    return little_endian(std::as_bytes(std::span(bytes)));
  }

 private:
  void refill() {
    constexpr std::uint64_t piece = 1 << 18;
    buffer_begin_ += buffer_.size();
    buffer_.resize(static_cast<std::size_t>(std::min(piece, file_bytes_ - buffer_begin_)));
    at_ = 0;
    if (read_at(opened_, file_, buffer_begin_, buffer_) < buffer_.size() || buffer_.empty()) {
      refuse({}, "the file became shorter while it was read");
    }
  }

  std::filesystem::path file_;
  file_descriptor opened_;
  std::uint64_t file_bytes_;
  std::uint64_t buffer_begin_ = 0;  // in the file
  std::vector<std::byte> buffer_;
  std::size_t at_ = 0;
};

}  // namespace tensormerge
