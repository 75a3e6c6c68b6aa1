#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/checkpoint/tensor_entry.hpp>
#include <tensormerge/checkpoint/unsigned_integer.hpp>
#include <tensormerge/document/load_json.hpp>
#include <tensormerge/document/node.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// What the start of a safetensors file says about the rest of it.
struct safetensors_header {
  /// In the order of their bytes; they cover the data section without gap or overlap.
  std::vector<tensor_entry> tensors;
  /// The texts under `__metadata__`, in the header's order.
  std::vector<std::pair<std::string, std::string>> metadata;
};

namespace detail {

/// A header is read as a document tree, and each value costs about a hundred bytes there. A quarter
/// of a million tensors fit below this limit, a hostile list of 50 million zeros does not.
inline constexpr std::size_t most_header_values = 2'000'000;

/// At least the number of values in a JSON text.
inline std::size_t count_json_values(std::string_view json) {
  return static_cast<std::size_t>(std::count_if(
      json.begin(), json.end(), [](char c) { return c == ',' || c == '[' || c == '{'; }));
}

inline std::string shown(const node& value) {
  if (!value.is_scalar()) return std::string(to_string(value.type));
  return value.is_string() ? quoted_name(value.text) : value.text.substr(0, 40);
}

inline std::string known_dtypes() {
  std::string text;
  for (const dtype_facts& f : all_dtypes) {
    if (!text.empty()) text += ", ";
    text += f.safetensors_name;
  }
  return text;
}

/// Turns the values of a header into entries and keeps what is wrong with them.
class safetensors_header_check {
 public:
  safetensors_header_check(std::string file_name, std::uint32_t file, std::uint64_t data_begin,
                           std::uint64_t data_bytes)
      : file_name_(std::move(file_name)),
        file_(file),
        data_begin_(data_begin),
        data_bytes_(data_bytes) {}

  void take(const std::string& key, const node& value) {
    if (findings_.size() >= most_findings) return;
    if (key == "__metadata__") metadata(value);
    else tensor(key, value);
  }

  safetensors_header finish() {
    if (findings_.empty()) coverage();
    if (!findings_.empty()) throw failure(std::move(findings_));
    return std::move(header_);
  }

 private:
  static constexpr std::size_t most_findings = 20;

  void report(std::string_view tensor, std::string what, std::string expected, std::string found) {
    findings_.push_back({.file = file_name_,
                         .path = tensor.empty() ? std::string{} : quoted_name(tensor),
                         .what = std::move(what),
                         .expected = std::move(expected),
                         .found = std::move(found)});
  }

  void metadata(const node& value) {
    if (!value.is_mapping()) {
      report("__metadata__", "is of the wrong kind", "a mapping of texts", shown(value));
      return;
    }
    for (const node_entry& entry : value.entries) {
      if (entry.value.is_string()) {
        header_.metadata.emplace_back(entry.key, entry.value.text);
      } else {
        report("__metadata__", quoted_name(entry.key) + " is of the wrong kind", "text",
               shown(entry.value));
        return;
      }
    }
  }

  void tensor(const std::string& name, const node& value) {
    for (const char c : name) {
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
        return report(name, "the name holds a control character", "printable text",
                      "byte " + std::to_string(static_cast<unsigned char>(c)));
      }
    }
    if (!value.is_mapping()) {
      return report(name, "is of the wrong kind", "a mapping with dtype, shape and data_offsets",
                    shown(value));
    }
    for (const std::string_view key : {"dtype", "shape", "data_offsets"}) {
      if (value.find(key) == nullptr) {
        return report(name, "is incomplete", "the key `" + std::string(key) + "`", "none");
      }
    }
    for (const node_entry& entry : value.entries) {
      if (entry.key != "dtype" && entry.key != "shape" && entry.key != "data_offsets") {
        return report(name, "has an unknown key", "dtype, shape, data_offsets",
                      quoted_name(entry.key));
      }
    }
    tensor_entry entry{.name = name, .file = file_};
    if (read_dtype(*value.find("dtype"), entry) && read_shape(*value.find("shape"), entry) &&
        read_offsets(*value.find("data_offsets"), entry)) {
      header_.tensors.push_back(std::move(entry));
    }
  }

  bool read_dtype(const node& value, tensor_entry& entry) {
    const std::optional<dtype> type =
        value.is_string() ? dtype_from_safetensors(value.text) : std::nullopt;
    if (!type) {
      report(entry.name, "dtype is unknown", "one of " + known_dtypes(), shown(value));
      return false;
    }
    entry.type = *type;
    return true;
  }

  bool read_shape(const node& value, tensor_entry& entry) {
    if (!value.is_sequence()) {
      report(entry.name, "shape is of the wrong kind", "a list of extents", shown(value));
      return false;
    }
    for (const node& item : value.items) {
      const std::optional<std::uint64_t> extent = unsigned_integer(item);
      if (!extent) {
        report(entry.name, "shape holds a wrong extent", "a whole number from 0 to 2^64-1",
               shown(item));
        return false;
      }
      entry.dims.extents.push_back(*extent);
    }
    const std::optional<std::uint64_t> elements = entry.dims.checked_elements();
    const std::uint64_t size = bytes_per_element(entry.type);
    if (!elements || *elements > std::numeric_limits<std::uint64_t>::max() / size) {
      report(entry.name, "shape is impossible", "fewer than 2^64 bytes", to_string(entry.dims));
      return false;
    }
    entry.bytes = *elements * size;
    return true;
  }

  bool read_offsets(const node& value, tensor_entry& entry) {
    if (!value.is_sequence() || value.items.size() != 2) {
      report(
          entry.name, "data_offsets is of the wrong kind", "a list of begin and end",
          value.is_sequence() ? "a list of " + std::to_string(value.items.size()) : shown(value));
      return false;
    }
    std::array<std::uint64_t, 2> range{};
    for (std::size_t i = 0; i < 2; ++i) {
      const std::optional<std::uint64_t> offset = unsigned_integer(value.items[i]);
      if (!offset) {
        report(entry.name, "data_offsets holds a wrong offset", "a whole number from 0 to 2^64-1",
               shown(value.items[i]));
        return false;
      }
      range[i] = *offset;
    }
    const auto [begin, end] = range;
    const std::string found = "[" + std::to_string(begin) + ", " + std::to_string(end) + "]";
    if (begin > end) {
      report(entry.name, "data_offsets are reversed", "begin <= end", found);
      return false;
    }
    if (end > data_bytes_) {
      report(entry.name, "data_offsets reach beyond the file",
             "an end of at most " + std::to_string(data_bytes_), found);
      return false;
    }
    if (end - begin != entry.bytes) {
      report(entry.name, "data_offsets do not match the shape",
             std::to_string(entry.bytes) + " bytes for " + to_string(entry.dims) + " of " +
                 std::string(facts(entry.type).safetensors_name),
             std::to_string(end - begin) + " bytes in " + found);
      return false;
    }
    entry.offset = data_begin_ + begin;
    return true;
  }

  /// The format wants every byte of the data section to belong to exactly one tensor.
  void coverage() {
    std::sort(header_.tensors.begin(), header_.tensors.end(),
              [](const tensor_entry& a, const tensor_entry& b) {
                return std::pair(a.offset, a.bytes) < std::pair(b.offset, b.bytes);
              });
    std::uint64_t reached = data_begin_;
    const tensor_entry* before = nullptr;
    for (const tensor_entry& entry : header_.tensors) {
      if (entry.offset < reached) {
        return report(entry.name, "overlaps " + quoted_name(before->name),
                      "a begin of at least " + std::to_string(reached - data_begin_),
                      std::to_string(entry.offset - data_begin_));
      }
      if (entry.offset > reached) return hole(reached, entry.offset, &entry);
      reached += entry.bytes;
      before = &entry;
    }
    if (reached != data_begin_ + data_bytes_) hole(reached, data_begin_ + data_bytes_, nullptr);
  }

  void hole(std::uint64_t from, std::uint64_t to, const tensor_entry* behind) {
    report(behind == nullptr ? std::string_view{} : behind->name,
           behind == nullptr ? "bytes after the last tensor belong to none"
                             : "bytes before this tensor belong to none",
           "tensors that cover the data",
           "a hole of " + std::to_string(to - from) + " bytes at " +
               std::to_string(from - data_begin_));
  }

  std::string file_name_;
  std::uint32_t file_;
  std::uint64_t data_begin_, data_bytes_;
  safetensors_header header_;
  diagnostics findings_;
};

}  // namespace detail

/// Reads the JSON text of a header that is followed by `data_bytes` bytes of elements, and checks
/// all of it: kinds, dtypes, shapes against sizes, no overlap, no hole, nothing outside the file.
/// `file` becomes the entries' file index. Throws failure with the first 20 findings.
/// Ref: https://github.com/huggingface/safetensors, section "Format".
inline safetensors_header parse_safetensors_header(std::string_view json, std::uint64_t data_bytes,
                                                   const std::string& file_name,
                                                   std::uint32_t file = 0) {
  if (json.empty() || json.front() != '{') {
    throw failure(
        diagnostic{.file = file_name,
                   .what = "is not a safetensors file",
                   .expected = "a header that begins with {",
                   .found = json.empty() ? "an empty header" : quoted_name(json.substr(0, 1))});
  }
  if (const std::size_t values = detail::count_json_values(json);
      values > detail::most_header_values) {
    throw failure(
        diagnostic{.file = file_name,
                   .what = "the header is too long",
                   .expected = "at most " + std::to_string(detail::most_header_values) + " values",
                   .found = std::to_string(values)});
  }
  detail::safetensors_header_check check(file_name, file, sizeof(std::uint64_t) + json.size(),
                                         data_bytes);
  visit_json(json, file_name,
             [&](const std::string& key, const node& value) { check.take(key, value); });
  return check.finish();
}

}  // namespace tensormerge
