#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/crc32.hpp>

namespace tensormerge {

/// Where every byte of a zip archive goes, before what is in it is known: members are stored as
/// they are, each content at a multiple of 64, and a member's CRC-32 stands behind it and in the
/// directory, where it can be put in the end. Padding, flags and zip64 are those of torch.save, so
/// that its offsets can be computed as torch computes them.
/// Ref: PKWARE, "APPNOTE.TXT - .ZIP File Format Specification", 4.3; torch's
/// caffe2/serialize/inline_container.cc.
class zip_plan {
 public:
  /// Bytes that are no content of a reserved member, from `offset` on.
  struct piece {
    std::uint64_t offset = 0;
    std::string bytes{};
  };
  struct member {
    std::string name{};
    std::uint64_t header = 0;   // first byte of its own header
    std::uint64_t content = 0;  // first byte of its content
    std::uint64_t bytes = 0;
    std::uint32_t checksum = 0;
    /// Where its CRC-32 stands; none where it is empty.
    std::vector<std::uint64_t> checksum_places{};
  };

  /// All members lie in one folder.
  explicit zip_plan(std::string folder) : folder_(std::move(folder)), pieces_(1) {}

  /// A member with its content.
  void add(std::string_view name, std::string_view content) {
    begin(name, content.size());
    members_.back().checksum = crc32_of(std::as_bytes(std::span(content)));
    text().append(content);
    end();
  }

  /// A member whose content and checksum will be written later. Returns its number.
  std::size_t reserve(std::string_view name, std::uint64_t bytes) {
    begin(name, bytes);
    if (bytes > 0) pieces_.push_back({members_.back().content + bytes, {}});
    end();
    return members_.size() - 1;
  }

  /// Adds the directory; call it once, after the last member.
  void finish() {
    const std::uint64_t directory = reached();
    for (member& each : members_) add_to_directory(each);
    const std::uint64_t end = reached(), count = members_.size();
    const auto narrow = [](std::uint64_t value, std::uint64_t most) {
      return value < most ? value : most;
    };
    number(0x06064b50, 4), number(44, 8), number(0x031e, 2), number(45, 2), number(0, 8);
    number(count, 8), number(count, 8), number(end - directory, 8), number(directory, 8);
    number(0x07064b50, 4), number(0, 4), number(end, 8), number(1, 4);
    number(0x06054b50, 4), number(0, 4);
    number(narrow(count, 0xffff), 2), number(narrow(count, 0xffff), 2);
    number(narrow(end - directory, wide), 4), number(narrow(directory, wide), 4), number(0, 2);
  }

  const std::vector<member>& members() const { return members_; }
  /// In their order.
  const std::vector<piece>& pieces() const { return pieces_; }
  /// The length of the archive so far.
  std::uint64_t reached() const { return pieces_.back().offset + pieces_.back().bytes.size(); }

 private:
  static constexpr std::uint64_t alignment = 64, wide = 0xffffffff;
  // Names are UTF-8; sizes and checksum stand behind the content, which is there first.
  static constexpr std::uint64_t utf8 = 0x800, described_behind = 8;

  std::string& text() { return pieces_.back().bytes; }

  void number(std::uint64_t value, int bytes) {
    for (; bytes > 0; --bytes, value >>= 8) text() += static_cast<char>(value & 0xff);
  }

  static std::uint64_t flags(const member& each) {
    return each.bytes == 0 ? utf8 : utf8 | described_behind;
  }

  /// The field with the numbers that 32 bits do not hold; empty where they hold all.
  void wide_field(std::uint64_t bytes, std::uint64_t header) {
    const bool is_long = bytes >= wide, is_far = header >= wide;
    if (!is_long && !is_far) return;
    number(1, 2), number((is_long ? 16u : 0u) + (is_far ? 8u : 0u), 2);
    if (is_long) number(bytes, 8), number(bytes, 8);
    if (is_far) number(header, 8);
  }
  static std::uint64_t wide_field_bytes(std::uint64_t bytes, std::uint64_t header) {
    const bool is_long = bytes >= wide, is_far = header >= wide;
    return (is_long || is_far ? 4u : 0u) + (is_long ? 16u : 0u) + (is_far ? 8u : 0u);
  }

  void begin(std::string_view name, std::uint64_t bytes) {
    constexpr std::uint64_t header_bytes = 30, field_bytes = 4;
    member made{.name = folder_ + '/' + std::string(name), .header = reached(), .bytes = bytes};
    const std::uint64_t extra = wide_field_bytes(bytes, made.header);
    const std::uint64_t least =
        made.header + header_bytes + made.name.size() + extra + field_bytes;
    made.content = (least + alignment - 1) / alignment * alignment;
    const std::uint64_t padding = made.content - least;
    number(0x04034b50, 4), number(0, 2), number(flags(made), 2), number(0, 2), number(0, 4);
    number(0, 4), number(0, 4), number(0, 4);
    number(made.name.size(), 2), number(extra + field_bytes + padding, 2);
    text() += made.name;
    wide_field(bytes, made.header);
    text() += "FB";
    number(padding, 2);
    text().append(static_cast<std::size_t>(padding), 'Z');
    members_.push_back(std::move(made));
  }

  void end() {
    member& made = members_.back();
    if (made.bytes == 0) return;
    number(0x08074b50, 4);
    made.checksum_places.push_back(reached());
    number(made.checksum, 4);
    const int size = wide_field_bytes(made.bytes, made.header) > 0 ? 8 : 4;
    number(made.bytes, size), number(made.bytes, size);
  }

  void add_to_directory(member& each) {
    number(0x02014b50, 4), number(0, 4), number(flags(each), 2), number(0, 2), number(0, 4);
    if (each.bytes > 0) each.checksum_places.push_back(reached());
    number(each.checksum, 4);
    const std::uint64_t bytes = each.bytes < wide ? each.bytes : wide;
    number(bytes, 4), number(bytes, 4), number(each.name.size(), 2);
    number(wide_field_bytes(each.bytes, each.header), 2), number(0, 2), number(0, 2), number(0, 2);
    number(0, 4), number(each.header < wide ? each.header : wide, 4);
    text() += each.name;
    wide_field(each.bytes, each.header);
  }

  std::string folder_;
  std::vector<member> members_;
  std::vector<piece> pieces_;
};

}  // namespace tensormerge
