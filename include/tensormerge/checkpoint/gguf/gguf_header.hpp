#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/gguf/gguf_metadata.hpp>
#include <tensormerge/checkpoint/gguf/gguf_stream.hpp>
#include <tensormerge/checkpoint/gguf/gguf_tensor_type.hpp>
#include <tensormerge/checkpoint/gguf/gguf_value.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/document/check_encoding.hpp>
#include <tensormerge/error/failure.hpp>
#include <tensormerge/tensor/shape.hpp>

namespace tensormerge {

/// A tensor as a GGUF file describes it.
struct gguf_tensor {
  std::string name{};
  gguf_tensor_type type{};
  shape dims{};              // outermost axis first; the file has the innermost first
  std::uint64_t offset = 0;  // from the start of the file
  std::uint64_t bytes = 0;
};

/// What a GGUF file says before its elements.
struct gguf_header {
  gguf_metadata metadata{};
  std::vector<gguf_tensor> tensors{};  // in the order of their bytes
};

/// What tensors are aligned to in bytes where `general.alignment` does not say.
inline constexpr std::uint64_t default_gguf_alignment = 32;

namespace detail {

/// Reads and checks a header; what is wrong with single tensors is collected.
class gguf_header_reader {
 public:
  explicit gguf_header_reader(const std::filesystem::path& file)
      : file_name_(file.string()), stream_(file) {}

  gguf_header run() {
    const auto [tensors, keys] = read_beginning();
    std::unordered_set<std::string> names;
    for (std::uint64_t i = 0; i < keys; ++i) {
      std::string key = read_text("a key", 65535);
      if (!is_utf8(key)) {
        stream_.refuse({}, "a key is not UTF-8", "text in UTF-8",
                       "other bytes in key " + std::to_string(i + 1));
      }
      if (!names.insert(key).second) stream_.refuse(quoted_name(key), "the key is there twice");
      gguf_value value = read_value(key);
      header_.metadata.set_new(std::move(key), std::move(value));
    }
    check_is_whole();
    names.clear();
    for (std::uint64_t i = 0; i < tensors; ++i) {
      gguf_tensor tensor = read_tensor();
      if (!names.insert(tensor.name).second) report(tensor, "the tensor is in the file twice");
      header_.tensors.push_back(std::move(tensor));
      if (findings_.size() == most_findings) break;
    }
    if (findings_.empty()) place_tensors();
    if (!findings_.empty()) throw failure(std::move(findings_));
    return std::move(header_);
  }

 private:
  static constexpr std::size_t most_findings = 20;
  static constexpr std::uint64_t most_tensors = 500'000, most_keys = 65'536;

  struct counts {
    std::uint64_t tensors = 0, keys = 0;
  };

  counts read_beginning() {
    std::string magic;
    if (stream_.file_bytes() >= 4) stream_.read(4, magic);
    if (magic != "GGUF") {
      stream_.refuse({}, "is not a GGUF file", "`GGUF` at the start", quoted_name(magic));
    }
    const std::uint64_t version = stream_.number<4>();
    if (version != 2 && version != 3) {
      const bool is_swapped = version != 0 && (version & 0xffff) == 0;
      stream_.refuse({}, "the version of the format is not supported", "2 or 3, little-endian",
                     is_swapped ? "a big-endian file" : std::to_string(version));
    }
    const std::uint64_t tensors = stream_.number<8>(), keys = stream_.number<8>();
    // Each of them takes some bytes of the file.
    const auto check = [this](std::uint64_t count, std::uint64_t most, const char* of) {
      if (count <= most && count <= stream_.file_bytes()) return;
      stream_.refuse({}, std::string("the number of ") + of + " is impossible",
                     "at most " + std::to_string(std::min(most, stream_.file_bytes())),
                     std::to_string(count));
    };
    check(tensors, most_tensors, "tensors");
    check(keys, most_keys, "keys");
    return {tensors, keys};
  }

  std::string read_text(const char* what, std::uint64_t most) {
    const std::uint64_t length = stream_.number<8>();
    if (length > most || length > stream_.file_bytes()) {
      stream_.refuse({}, std::string(what) + " has an impossible length",
                     "at most " + std::to_string(std::min(most, stream_.file_bytes())) + " bytes",
                     std::to_string(length));
    }
    std::string text;
    stream_.read(length, text);
    return text;
  }

  gguf_kind read_kind(const std::string& key) {
    const std::uint64_t kind = stream_.number<4>();
    if (kind >= gguf_kinds) {
      stream_.refuse(quoted_name(key), "the value is of an unknown kind",
                     "a number below " + std::to_string(gguf_kinds), std::to_string(kind));
    }
    return static_cast<gguf_kind>(kind);
  }

  gguf_value read_value(const std::string& key) {
    gguf_value value{.kind = read_kind(key)};
    if (value.kind == gguf_kind::text) {
      value.bytes = read_text("a text", gguf_stream::most_bytes);
    } else if (value.kind == gguf_kind::list) {
      read_list(key, value);
    } else {
      stream_.read(bytes_of(value.kind), value.bytes);
    }
    return value;
  }

  void read_list(const std::string& key, gguf_value& value) {
    value.item_kind = read_kind(key);
    value.items = stream_.number<8>();
    if (value.item_kind == gguf_kind::list) {
      stream_.refuse(quoted_name(key), "lists of lists are not supported");
    }
    const bool is_texts = value.item_kind == gguf_kind::text;  // each with its length before it
    const std::size_t least_bytes = is_texts ? sizeof(std::uint64_t) : bytes_of(value.item_kind);
    const std::uint64_t most = stream_.file_bytes() / least_bytes;
    if (value.items > most) {
      stream_.refuse(quoted_name(key), "the list has an impossible length",
                     "at most " + std::to_string(most), std::to_string(value.items));
    }
    if (!is_texts) {
      return stream_.read(value.items * bytes_of(value.item_kind), value.bytes);
    }
    for (std::uint64_t i = 0; i < value.items; ++i) {
      const std::uint64_t length = stream_.number<8>();
      append_little_endian(value.bytes, length, sizeof(length));
      stream_.read(length, value.bytes);
    }
  }

  /// One part of a file that was split does not have all tensors.
  void check_is_whole() const {
    const std::optional<std::uint64_t> parts = header_.metadata.whole_number("split.count");
    if (!parts || *parts <= 1) return;
    stream_.refuse("`split.count`", "the file is a part of a split one", "a whole file",
                   "one of " + std::to_string(*parts) + " parts",
                   "join them with `llama-gguf-split --merge`");
  }

  void report(const gguf_tensor& tensor, std::string what, std::string expected = {},
              std::string found = {}) {
    findings_.push_back({.file = file_name_,
                         .path = quoted_name(tensor.name),
                         .what = std::move(what),
                         .expected = std::move(expected),
                         .found = std::move(found)});
  }

  gguf_tensor read_tensor() {
    constexpr std::uint64_t longest_name = 4096, most_axes = 4;
    gguf_tensor tensor{.name = read_text("a tensor's name", longest_name)};
    const std::uint64_t axes = stream_.number<4>();
    if (axes > most_axes) {
      stream_.refuse(quoted_name(tensor.name), "the tensor has too many axes",
                     "at most " + std::to_string(most_axes), std::to_string(axes));
    }
    for (std::uint64_t i = 0; i < axes; ++i) tensor.dims.extents.push_back(stream_.number<8>());
    std::reverse(tensor.dims.extents.begin(), tensor.dims.extents.end());
    const std::uint64_t type = stream_.number<4>();
    tensor.offset = stream_.number<8>();
    const gguf_tensor_type* known = find_gguf_type(static_cast<std::uint32_t>(type));
    const bool is_printable = std::none_of(tensor.name.begin(), tensor.name.end(), [](char c) {
      return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    });
    if (!is_utf8(tensor.name)) {
      stream_.refuse({}, "a tensor's name is not UTF-8", "text in UTF-8",
                     "other bytes in tensor " + std::to_string(header_.tensors.size() + 1));
    } else if (!is_printable) {
      report(tensor, "the name holds a control character", "printable text");
    } else if (known == nullptr || !known->is_supported()) {
      report(tensor, "the tensor's type is not supported", "one of " + supported_gguf_types(),
             known == nullptr ? "number " + std::to_string(type) : std::string(known->name));
    } else {
      tensor.type = *known;
      measure(tensor);
    }
    return tensor;
  }

  void measure(gguf_tensor& tensor) {
    constexpr std::uint64_t most_elements = std::uint64_t{1} << 60;
    const std::optional<std::uint64_t> elements = tensor.dims.checked_elements();
    if (!elements || *elements > most_elements) {
      return report(tensor, "the shape is impossible", "fewer than 2^60 elements",
                    to_string(tensor.dims));
    }
    if (tensor.type.plain) {
      tensor.bytes = *elements * bytes_per_element(*tensor.type.plain);
      return;
    }
    const std::uint64_t block = elements_per_block(*tensor.type.packed);
    if (tensor.dims.extents.empty() || tensor.dims.extents.back() % block != 0) {
      return report(tensor, "rows are no whole blocks",
                    "a multiple of " + std::to_string(block) + " for " +
                        std::string(tensor.type.name),
                    to_string(tensor.dims));
    }
    tensor.bytes = packed_bytes(*tensor.type.packed, *elements);
  }

  /// Makes offsets those in the file, and finds overlaps and what lies outside.
  void place_tensors() {
    const gguf_value* stated = header_.metadata.find("general.alignment");
    const std::uint64_t alignment =
        header_.metadata.whole_number("general.alignment").value_or(default_gguf_alignment);
    constexpr std::uint64_t most_alignment = std::uint64_t{1} << 20;
    if (alignment == 0 || alignment > most_alignment || alignment % 8 != 0 ||
        (stated != nullptr && !header_.metadata.whole_number("general.alignment"))) {
      stream_.refuse("`general.alignment`", "the alignment is impossible",
                     "a multiple of 8 up to " + std::to_string(most_alignment),
                     std::to_string(alignment));
    }
    const std::uint64_t begin = (stream_.position() + alignment - 1) / alignment * alignment;
    for (gguf_tensor& tensor : header_.tensors) {
      const std::uint64_t room = stream_.file_bytes() - std::min(begin, stream_.file_bytes());
      if (tensor.offset % alignment != 0) {
        report(tensor, "the tensor is not aligned", "a multiple of " + std::to_string(alignment),
               std::to_string(tensor.offset));
      } else if (tensor.offset > room || tensor.bytes > room - tensor.offset) {
        report(tensor, "the tensor reaches beyond the file",
               "at most " + std::to_string(room) + " bytes of elements",
               std::to_string(tensor.bytes) + " from " + std::to_string(tensor.offset) + " on");
      }
      if (findings_.size() == most_findings) return;
      tensor.offset += begin;
    }
    if (!findings_.empty()) return;
    std::sort(header_.tensors.begin(), header_.tensors.end(),
              [](const gguf_tensor& a, const gguf_tensor& b) {
                return std::pair(a.offset, a.bytes) < std::pair(b.offset, b.bytes);
              });
    for (std::size_t i = 1; i < header_.tensors.size(); ++i) {
      const gguf_tensor &before = header_.tensors[i - 1], &tensor = header_.tensors[i];
      if (tensor.offset >= before.offset + before.bytes) continue;
      report(tensor, "overlaps " + quoted_name(before.name));
      if (findings_.size() == most_findings) return;
    }
  }

  std::string file_name_;
  gguf_stream stream_;
  gguf_header header_;
  diagnostics findings_;
};

}  // namespace detail

/// Reads and checks all that a GGUF file (version 2 or 3, little-endian) says before its elements:
/// kinds, lengths, types, shapes, alignment, no overlap, nothing outside of the file. Memory is
/// bounded by what the file holds of it, and by 256 MiB. Throws failure; also for a tensor of a
/// type that is not supported, and for one part of a split file.
/// Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.
inline gguf_header read_gguf_header(const std::filesystem::path& file) {
  return detail::gguf_header_reader(file).run();
}

}  // namespace tensormerge
