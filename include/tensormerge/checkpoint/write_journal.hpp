#pragma once

#include <array>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include <tensormerge/checkpoint/byte_hash.hpp>
#include <tensormerge/checkpoint/file_descriptor.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// The list of an unfinished output's finished tensors, in a file that a later run can go on from.
/// A record holds the hash of the tensor's bytes: what counts is whether they are still there, so
/// that nothing has to wait for the disk. A record torn by a crash ends the list.
class write_journal {
 public:
  struct record {
    std::uint64_t tensor = 0;       // its number
    std::uint64_t range_bytes = 0;  // of the parts that were hashed
    std::uint64_t hash = 0;         // the sum of the parts' hashes, each with its offset as place

    friend bool operator==(const record&, const record&) = default;
  };

  /// Opens the journal, and goes on with it if it was begun under the same `purpose`: a hash of all
  /// that decides on the output's bytes. Throws failure where the file cannot be written.
  write_journal(std::filesystem::path file, std::uint64_t purpose) : file_(std::move(file)) {
    opened_ = file_descriptor(
        ::open(file_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0666));
    if (!opened_) throw system_failure(file_, "cannot create the file", errno);
    const entry head = sealed({.tensor = purpose, .range_bytes = 0, .hash = 0});
    entry found{};
    std::uint64_t place = 0;
    const auto next = [&] {
      const auto into = std::as_writable_bytes(std::span(found));
      const bool whole = read_at(opened_, file_, place, into) == into.size();
      place += into.size();
      return whole && sealed({found[0], found[1], found[2]}) == found;
    };
    if (next() && found == head) {
      while (next()) found_.push_back({found[0], found[1], found[2]});
      place -= sizeof(entry);
    } else {
      place = 0;
    }
    if (::ftruncate(opened_.number(), static_cast<off_t>(place)) != 0) {
      throw system_failure(file_, "cannot shorten the file", errno);
    }
    if (place == 0) append(head);
  }

  /// What an earlier run finished, in the order it did.
  const std::vector<record>& found() const { return found_; }

  /// Adds a tensor whose bytes are all written. Threads may add at once. Throws failure.
  void add(const record& finished) const { append(sealed(finished)); }

 private:
  using entry = std::array<std::uint64_t, 4>;

  static entry sealed(const record& made) {
    entry result{made.tensor, made.range_bytes, made.hash, 0};
    result[3] = hash_bytes(std::as_bytes(std::span(result).first<3>()), 0);
    return result;
  }

  /// In one call, which appends as a whole.
  void append(const entry& made) const {
    ssize_t written = 0;
    do {
      written = ::write(opened_.number(), made.data(), sizeof(made));
    } while (written < 0 && errno == EINTR);
    if (written != static_cast<ssize_t>(sizeof(made))) {
      throw system_failure(file_, "cannot write the file", written < 0 ? errno : ENOSPC);
    }
  }

  std::filesystem::path file_;
  file_descriptor opened_;
  std::vector<record> found_;
};

}  // namespace tensormerge
