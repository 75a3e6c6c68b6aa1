#pragma once

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// Owns an open file of the operating system.
class file_descriptor {
 public:
  file_descriptor() = default;
  explicit file_descriptor(int number) : number_(number) {}
  file_descriptor(file_descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  file_descriptor& operator=(file_descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~file_descriptor() {
    if (number_ >= 0) ::close(number_);
  }

  int number() const noexcept { return number_; }
  explicit operator bool() const noexcept { return number_ >= 0; }

 private:
  int number_ = -1;
};

/// The failure for a call of the operating system that set errno to `error`.
inline failure system_failure(const std::filesystem::path& file, std::string what, int error) {
  std::string hint;
  if (error == EMFILE) hint = "raise the limit of open files with `ulimit -n 4096`";
  if (error == ENOSPC || error == EDQUOT) hint = "free space or choose another output folder";
  return failure(diagnostic{.file = file.string(),
                            .what = std::move(what),
                            .found = std::generic_category().message(error),
                            .hint = std::move(hint)});
}

/// Opens a regular file (or a link to one) for reading; a pipe or device does not block, it fails.
/// Throws failure.
inline file_descriptor open_for_reading(const std::filesystem::path& file) {
  file_descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!opened) throw system_failure(file, "cannot open the file", errno);
  struct stat status {};
  if (::fstat(opened.number(), &status) != 0) {
    throw system_failure(file, "cannot read the file's size", errno);
  }
  if (!S_ISREG(status.st_mode)) {
    throw failure(diagnostic{.file = file.string(),
                             .what = "cannot be read",
                             .expected = "a regular file",
                             .found = S_ISDIR(status.st_mode) ? "a folder" : "a special file"});
  }
  return opened;
}

/// Length in bytes. Throws failure.
inline std::uint64_t file_bytes(const file_descriptor& opened, const std::filesystem::path& file) {
  struct stat status {};
  if (::fstat(opened.number(), &status) != 0) {
    throw system_failure(file, "cannot read the file's size", errno);
  }
  return static_cast<std::uint64_t>(status.st_size);
}

/// Reads until `into` is full or the file ends; returns the number of bytes read. Threads may share
/// the descriptor. Throws failure.
inline std::size_t read_at(const file_descriptor& opened, const std::filesystem::path& file,
                           std::uint64_t offset, std::span<std::byte> into) {
  std::size_t done = 0;
  while (done < into.size()) {
    const ssize_t got = ::pread(opened.number(), into.data() + done, into.size() - done,
                                static_cast<off_t>(offset + done));
    if (got == 0) break;
    if (got > 0) {
      done += static_cast<std::size_t>(got);
    } else if (errno != EINTR) {
      throw system_failure(file, "cannot read from byte " + std::to_string(offset + done), errno);
    }
  }
  return done;
}

/// Writes all of `from` at `offset`. Threads may share the descriptor. Throws failure.
inline void write_at(const file_descriptor& opened, const std::filesystem::path& file,
                     std::uint64_t offset, std::span<const std::byte> from) {
  std::size_t done = 0;
  while (done < from.size()) {
    const ssize_t put = ::pwrite(opened.number(), from.data() + done, from.size() - done,
                                 static_cast<off_t>(offset + done));
    if (put > 0) {
      done += static_cast<std::size_t>(put);
    } else if (put == 0 || errno != EINTR) {
      throw system_failure(file, "cannot write at byte " + std::to_string(offset + done),
                           put == 0 ? EIO : errno);
    }
  }
}

}  // namespace tensormerge
