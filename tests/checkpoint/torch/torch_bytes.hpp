#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tensormerge::test {

/// `value` in `bytes` bytes, lowest first.
inline std::string little(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i, value >>= 8) text += static_cast<char>(value & 0xff);
  return text;
}

// Instructions of pickles.

inline std::string text(std::string_view value) {
  return 'X' + little(value.size(), 4) + std::string(value);
}
inline std::string integer(std::int64_t value) {
  return "\x8a\x08" + little(static_cast<std::uint64_t>(value), 8);
}
inline std::string global(const std::string& module, const std::string& name) {
  return 'c' + module + '\n' + name + '\n';
}
inline std::string tuple(std::initializer_list<std::int64_t> values) {
  std::string items;
  for (const std::int64_t value : values) items += integer(value);
  return '(' + items + 't';
}
inline std::string storage(const std::string& type, const std::string& key, std::int64_t elements) {
  return '(' + text("storage") + global("torch", type) + text(key) + text("cpu") +
         integer(elements) + "tQ";
}
/// A call of _rebuild_tensor_v2.
inline std::string tensor(const std::string& its_storage, std::int64_t first,
                          const std::string& extents, const std::string& strides) {
  return global("torch._utils", "_rebuild_tensor_v2") + '(' + its_storage + integer(first) +
         extents + strides + "\x89}tR";
}
/// A float32 vector that is the whole storage of that key.
inline std::string vector_of(const std::string& key, std::int64_t elements) {
  return tensor(storage("FloatStorage", key, elements), 0, tuple({elements}), tuple({1}));
}
/// A dict whose items are given as instructions, as a whole pickle.
inline std::string pickled_dict(const std::string& items) { return "\x80\x02}(" + items + "u."; }

/// What goes into an archive; the numbers may lie.
struct archive_entry {
  std::string name{}, content{};
  std::uint64_t method = 0, flags = 0;
  std::uint64_t claimed_bytes = ~std::uint64_t{0};
  bool is_wide = false;  // its sizes and place are in a zip64 field
};

/// A zip archive of these entries.
inline std::string zip(const std::vector<archive_entry>& entries, const std::string& comment = {}) {
  std::string bytes, directory;
  for (const archive_entry& entry : entries) {
    const std::uint64_t size = entry.claimed_bytes == ~std::uint64_t{0} ? entry.content.size()
                                                                        : entry.claimed_bytes;
    const std::string sizes =
        entry.is_wide ? std::string(8, '\xff') : little(size, 4) + little(size, 4);
    const std::string place =
        entry.is_wide ? std::string(4, '\xff') : little(bytes.size(), 4);
    const std::string extra = entry.is_wide ? little(1, 2) + little(24, 2) + little(size, 8) +
                                                  little(size, 8) + little(bytes.size(), 8)
                                            : std::string();
    directory += "PK\x01\x02" + little(0, 4) + little(entry.flags, 2) + little(entry.method, 2) +
                 little(0, 8) + sizes + little(entry.name.size(), 2) + little(extra.size(), 2) +
                 little(0, 10) + place + entry.name + extra;
    bytes += "PK\x03\x04" + little(0x800, 4) + little(0, 10) + little(0, 8) +
             little(entry.name.size(), 2) + little(0, 2) + entry.name + entry.content;
  }
  return bytes + directory + "PK\x05\x06" + little(0, 4) + little(entries.size(), 2) +
         little(entries.size(), 2) + little(directory.size(), 4) + little(bytes.size(), 4) +
         little(comment.size(), 2) + comment;
}

/// An archive as torch.save makes it, of a pickle and storages.
inline std::string torch_zip(const std::string& pickle,
                             const std::vector<std::pair<std::string, std::string>>& storages) {
  std::vector<archive_entry> entries{{"m/data.pkl", pickle}, {"m/byteorder", "little"}};
  for (const auto& [key, content] : storages) entries.push_back({"m/data/" + key, content});
  return zip(entries);
}

}  // namespace tensormerge::test
