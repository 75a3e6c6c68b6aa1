#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/file_descriptor.hpp>
#include <tensormerge/checkpoint/little_endian.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// A file in a zip archive.
struct zip_entry {
  std::string name{};
  std::uint64_t header = 0;  // first byte of its own header
  std::uint64_t bytes = 0;   // of the content
  std::uint64_t end = 0;     // where the next entry or the directory begins
  bool is_stored = true;     // neither compressed nor encrypted
};

/// The directory of a zip archive, with zip64; no content is read. Entries do not overlap, and
/// their names are unique and stay inside of the archive.
/// Ref: PKWARE, "APPNOTE.TXT - .ZIP File Format Specification", 4.3.
class zip_directory {
 public:
  /// Throws failure where the file is no archive, or one of a kind that torch does not write.
  zip_directory(const file_descriptor& opened, std::filesystem::path file)
      : opened_(opened), file_(std::move(file)), file_bytes_(file_bytes(opened, file_)) {
    read_entries(find_directory());
    check_overlap();
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (!by_name_.try_emplace(entries_[i].name, i).second) {
        refuse(quoted_name(entries_[i].name), "the entry is in the archive twice");
      }
    }
  }

  const std::vector<zip_entry>& entries() const { return entries_; }

  /// The entry of that name or nullptr.
  const zip_entry* find(const std::string& name) const {
    const auto place = by_name_.find(name);
    return place == by_name_.end() ? nullptr : &entries_[place->second];
  }

  /// The first byte of an entry's content. Throws failure where it is not stored as it is, or its
  /// header is not where the directory says.
  std::uint64_t content_of(const zip_entry& entry) const {
    const std::string name = quoted_name(entry.name);
    if (!entry.is_stored) {
      refuse(name, "the entry is compressed or encrypted", "stored bytes, as torch.save writes");
    }
    std::array<std::byte, local_bytes> header{};
    read(entry.header, header);
    const std::uint64_t begin =
        entry.header + local_bytes + number<2>(header, 26) + number<2>(header, 28);
    if (number<4>(header, 0) != local_mark || number<2>(header, 26) != entry.name.size()) {
      refuse(name, "the entry is not where the directory says");
    }
    if (begin > entry.end || entry.bytes > entry.end - begin) {
      refuse(name, "the entry overlaps what follows it");
    }
    return begin;
  }

 private:
  static constexpr std::uint64_t local_mark = 0x04034b50, entry_mark = 0x02014b50,
                                 end_mark = 0x06054b50, end64_mark = 0x06064b50,
                                 locator_mark = 0x07064b50;
  static constexpr std::size_t local_bytes = 30, entry_bytes = 46, end_bytes = 22,
                               end64_bytes = 56, locator_bytes = 20;
  static constexpr std::uint64_t most_directory_bytes = std::uint64_t{64} << 20;
  static constexpr std::uint64_t most_entries = 500'000;

  struct extent {
    std::uint64_t offset = 0, bytes = 0, entries = 0;
  };

  [[noreturn]] void refuse(std::string path, std::string what, std::string expected = {},
                           std::string found = {}) const {
    throw failure(diagnostic{.file = file_.string(),
                             .path = std::move(path),
                             .what = std::move(what),
                             .expected = std::move(expected),
                             .found = std::move(found),
                             .hint = "the file is damaged, truncated or not made by torch.save"});
  }

  template <std::size_t Bytes>
  static std::uint64_t number(std::span<const std::byte> from, std::size_t at) {
    return little_endian(from.subspan(at, Bytes));
  }

  void read(std::uint64_t offset, std::span<std::byte> into) const {
    const bool is_inside = offset <= file_bytes_ && into.size() <= file_bytes_ - offset;
    if (!is_inside || read_at(opened_, file_, offset, into) < into.size()) {
      refuse({}, "the archive reaches beyond the file",
             "at most " + std::to_string(file_bytes_) + " bytes");
    }
  }

  extent find_directory() const {
    constexpr std::uint64_t longest_comment = 65535;
    const std::uint64_t tail = std::min(file_bytes_, longest_comment + end_bytes);
    std::vector<std::byte> bytes(static_cast<std::size_t>(tail));
    read(file_bytes_ - tail, bytes);
    for (std::size_t at = bytes.size() + 1 - std::min(bytes.size() + 1, end_bytes); at-- > 0;) {
      if (number<4>(bytes, at) != end_mark) continue;
      if (number<2>(bytes, at + 20) != bytes.size() - at - end_bytes) continue;
      return directory_at(std::span(bytes).subspan(at), file_bytes_ - tail + at);
    }
    refuse({}, "the archive has no directory at its end");
  }

  extent directory_at(std::span<const std::byte> end, std::uint64_t place) const {
    extent found{number<4>(end, 16), number<4>(end, 12), number<2>(end, 10)};
    std::uint64_t limit = place;
    std::array<std::byte, locator_bytes> locator{};
    if (place >= locator_bytes) read(place - locator_bytes, locator);
    if (number<4>(locator, 0) == locator_mark) {
      std::array<std::byte, end64_bytes> wide{};
      limit = number<8>(locator, 8);
      read(limit, wide);
      if (number<4>(wide, 0) != end64_mark) refuse({}, "the archive's zip64 directory is missing");
      found = {number<8>(wide, 48), number<8>(wide, 40), number<8>(wide, 32)};
    } else if (number<2>(end, 4) != 0 || number<2>(end, 6) != 0) {
      refuse({}, "the archive is one of several parts", "a whole one");
    }
    if (found.offset > limit || found.bytes > limit - found.offset) {
      refuse({}, "the archive's directory reaches beyond its end");
    }
    if (found.bytes > most_directory_bytes || found.entries > most_entries) {
      refuse({}, "the archive's directory is too long",
             "at most " + std::to_string(most_entries) + " entries",
             std::to_string(found.entries) + " in " + std::to_string(found.bytes) + " bytes");
    }
    return found;
  }

  void read_entries(const extent& directory) {
    std::vector<std::byte> bytes(static_cast<std::size_t>(directory.bytes));
    read(directory.offset, bytes);
    std::span<const std::byte> rest(bytes);
    while (rest.size() >= entry_bytes) {
      if (number<4>(rest, 0) != entry_mark) refuse({}, "the archive's directory is broken");
      const std::uint64_t name = number<2>(rest, 28), extra = number<2>(rest, 30),
                          comment = number<2>(rest, 32);
      if (entry_bytes + name + extra + comment > rest.size()) break;
      add(rest, static_cast<std::size_t>(name), static_cast<std::size_t>(extra));
      rest = rest.subspan(static_cast<std::size_t>(entry_bytes + name + extra + comment));
    }
    if (!rest.empty() || entries_.size() != directory.entries) {
      refuse({}, "the archive's directory is broken",
             std::to_string(directory.entries) + " entries",
             std::to_string(entries_.size()) + " and " + std::to_string(rest.size()) + " bytes");
    }
    end_ = directory.offset;
  }

  void add(std::span<const std::byte> from, std::size_t name_bytes, std::size_t extra_bytes) {
    const std::span<const std::byte> text = from.subspan(entry_bytes, name_bytes);
    zip_entry entry{.name = {reinterpret_cast<const char*>(text.data()), text.size()},
                    .header = number<4>(from, 42),
                    .bytes = number<4>(from, 24)};
    std::uint64_t packed = number<4>(from, 20);
    widen(from.subspan(entry_bytes + name_bytes, extra_bytes),
          {&entry.bytes, &packed, &entry.header});
    const bool is_encrypted = (number<2>(from, 8) & 1) != 0;
    entry.is_stored = number<2>(from, 10) == 0 && packed == entry.bytes && !is_encrypted;
    if (!stays_inside(entry.name)) {
      refuse(quoted_name(entry.name), "the entry's name leaves the archive");
    }
    entries_.push_back(std::move(entry));
  }

  /// Replaces numbers that did not fit in 32 bits by those of the zip64 extra field.
  static void widen(std::span<const std::byte> extra, std::array<std::uint64_t*, 3> numbers) {
    constexpr std::uint64_t zip64_id = 1, too_wide = 0xffffffff;
    while (extra.size() >= 4) {
      const std::uint64_t id = number<2>(extra, 0);
      const std::size_t bytes =
          static_cast<std::size_t>(std::min<std::uint64_t>(number<2>(extra, 2), extra.size() - 4));
      std::span<const std::byte> field = extra.subspan(4, bytes);
      extra = extra.subspan(4 + bytes);
      if (id != zip64_id) continue;
      for (std::uint64_t* each : numbers) {
        if (*each != too_wide || field.size() < 8) continue;
        *each = number<8>(field, 0);
        field = field.subspan(8);
      }
    }
  }

  static bool stays_inside(std::string_view name) {
    while (!name.empty()) {
      const std::string_view part = name.substr(0, name.find('/'));
      if (!is_plain_file_name(part)) return false;
      name.remove_prefix(std::min(name.size(), part.size() + 1));
    }
    return true;
  }

  void check_overlap() {
    std::sort(entries_.begin(), entries_.end(),
              [](const zip_entry& a, const zip_entry& b) { return a.header < b.header; });
    std::uint64_t end = end_;
    for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
      entry->end = end;
      const std::uint64_t least = local_bytes + entry->name.size();
      if (entry->header > end || end - entry->header < least ||
          (entry->is_stored && end - entry->header - least < entry->bytes)) {
        refuse(quoted_name(entry->name), "the entry overlaps what follows it");
      }
      end = entry->header;
    }
  }

  const file_descriptor& opened_;
  std::filesystem::path file_;
  std::uint64_t file_bytes_;
  std::uint64_t end_ = 0;
  std::vector<zip_entry> entries_;
  std::unordered_map<std::string, std::size_t> by_name_;
};

}  // namespace tensormerge
