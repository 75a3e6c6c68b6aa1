#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include <sys/mman.h>
#include <unistd.h>

#include <tensormerge/checkpoint/file_descriptor.hpp>

namespace tensormerge {

/// A part of a file as memory that may be read: the system's page cache itself, of which nothing
/// is copied. Who cuts a file while it is being computed with can still end the process.
class file_mapping {
 public:
  file_mapping(file_mapping&& other) noexcept
      : start_(std::exchange(other.start_, nullptr)),
        bytes_(other.bytes_),
        skipped_(other.skipped_) {}
  file_mapping& operator=(file_mapping&& other) noexcept {
    std::swap(start_, other.start_);
    std::swap(bytes_, other.bytes_);
    std::swap(skipped_, other.skipped_);
    return *this;
  }
  ~file_mapping() {
    if (start_ != nullptr) ::munmap(start_, bytes_);
  }

  /// The mapping of `bytes` from `offset` on, of which none may be touched before `read`; none
  /// where the system does not map.
  static std::optional<file_mapping> of(const file_descriptor& opened, std::uint64_t offset,
                                        std::size_t bytes) {
#ifdef MADV_POPULATE_READ
    const std::size_t skipped = static_cast<std::size_t>(offset % page_bytes());
    void* const start = ::mmap(nullptr, bytes + skipped, PROT_READ, MAP_SHARED, opened.number(),
                               static_cast<off_t>(offset - skipped));
    if (start != MAP_FAILED) return file_mapping(start, bytes + skipped, skipped);
#else
    static_cast<void>(opened), static_cast<void>(offset), static_cast<void>(bytes);
#endif
    return std::nullopt;
  }

  /// `bytes` from the mapping's byte `first` on, once the system has read them: touching a page
  /// that cannot be read would end the process. nullptr where that fails, and reading the file says
  /// why. Threads may call this at once.
  const std::byte* read(std::uint64_t first, std::size_t bytes) const {
#ifdef MADV_POPULATE_READ
    std::byte* const begin = static_cast<std::byte*>(start_) + skipped_ + first;
    const std::size_t before = (skipped_ + first) % page_bytes();
    if (::madvise(begin - before, bytes + before, MADV_POPULATE_READ) == 0) return begin;
#endif
    static_cast<void>(first), static_cast<void>(bytes);
    return nullptr;
  }

 private:
  file_mapping(void* start, std::size_t bytes, std::size_t skipped)
      : start_(start), bytes_(bytes), skipped_(skipped) {}

  static std::uint64_t page_bytes() {
    return static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  }

  void* start_;
  std::size_t bytes_;
  std::size_t skipped_;  // bytes of the first page before the offset
};

}  // namespace tensormerge
