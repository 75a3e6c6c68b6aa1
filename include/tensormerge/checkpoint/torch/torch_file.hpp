#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/file_descriptor.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/checkpoint/strided_view.hpp>
#include <tensormerge/checkpoint/tensor_entry.hpp>
#include <tensormerge/checkpoint/torch/pickle_value.hpp>
#include <tensormerge/checkpoint/torch/torch_archive.hpp>
#include <tensormerge/checkpoint/torch/torch_stream.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

namespace detail {

/// Makes entries of the tensors in a state_dict, wherever its storages lie.
template <class Source>
class torch_entries {
 public:
  torch_entries(const Source& source, const pickle_tree& tree, std::filesystem::path path,
                std::uint32_t file)
      : source_(source), tree_(tree), path_(std::move(path)), file_(file) {}

  std::vector<tensor_entry> make() {
    const std::vector<pickle_value>& items = tree_.items_of(state_dict());
    std::unordered_set<std::string_view> names;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
      if (items[i].what != kind::text || items[i + 1].what != kind::tensor) continue;
      const std::string_view name = tree_.text_of(items[i]);
      if (!names.insert(name).second) report(name, "the tensor is in the file twice");
      else add(name, tree_.tensors[items[i + 1].index()]);
      if (findings_.size() == most_findings) break;
    }
    if (!findings_.empty()) throw failure(std::move(findings_));
    if (entries_.empty()) {
      throw failure(diagnostic{.file = path_.string(),
                               .what = "holds no tensors by name",
                               .expected = "a state_dict, also under `state_dict` or `model`"});
    }
    std::sort(entries_.begin(), entries_.end(), [](const tensor_entry& a, const tensor_entry& b) {
      return std::pair(a.offset, std::string_view(a.name)) <
             std::pair(b.offset, std::string_view(b.name));
    });
    return std::move(entries_);
  }

 private:
  using kind = pickle_value::kind;
  static constexpr std::size_t most_findings = 20;

  /// The dict that holds the tensors: training programs wrap it.
  pickle_value state_dict() const {
    constexpr int most_wrappers = 4;
    pickle_value dict = tree_.top;
    for (int depth = 0; depth < most_wrappers && dict.what == kind::dict; ++depth) {
      const pickle_value* inside = nullptr;
      for (const std::string_view key : {"state_dict", "model_state_dict", "model", "module"}) {
        const pickle_value* value = tree_.find(dict, key);
        if (value != nullptr && value->what == kind::dict && inside == nullptr) inside = value;
      }
      if (inside == nullptr) return dict;
      dict = *inside;
    }
    if (dict.what != kind::dict) {
      throw failure(diagnostic{.file = path_.string(),
                               .what = "holds no tensors by name",
                               .expected = "a state_dict, also under `state_dict` or `model`"});
    }
    return dict;
  }

  void report(std::string_view name, std::string what, std::string expected = {},
              std::string found = {}, std::string hint = {}) {
    findings_.push_back({.file = path_.string(),
                         .path = quoted_name(name),
                         .what = std::move(what),
                         .expected = std::move(expected),
                         .found = std::move(found),
                         .hint = std::move(hint)});
  }

  void add(std::string_view name, const torch_tensor& tensor) {
    const shape dims(tensor.extents);
    const std::uint64_t element = bytes_per_element(tensor.type);
    const storage_place place = source_.find(std::string(tree_.text_of(tensor.storage.key)));
    const std::optional<std::uint64_t> held = bytes_of_storage(tensor.storage, place);
    if (!held) {
      return report(name, "the storage is longer than its bytes in the file",
                    "at most " + std::to_string(place.bytes) + " bytes",
                    std::to_string(tensor.storage.elements) + " elements");
    }
    const std::optional<std::uint64_t> end = end_of(tensor);
    const std::optional<std::uint64_t> count = dims.checked_elements();
    if (!end || !count || *end > *held / element) {
      return report(name, "the tensor reaches beyond its storage",
                    "at most " + std::to_string(*held / element) + " elements",
                    to_string(dims) + " from " + std::to_string(tensor.first) + " on");
    }
    if (*count > *held / element) {
      return report(name, "the tensor repeats elements of its storage",
                    "at most " + std::to_string(*held / element) + " elements",
                    std::to_string(*count), "save it with .contiguous()");
    }
    const std::uint64_t begin =
        place.offset + tensor.storage.first * bytes_per_element(tensor.storage.type);
    tensor_entry entry{.name = std::string(name),
                       .type = tensor.type,
                       .dims = dims,
                       .file = file_,
                       .offset = begin + tensor.first * element,
                       .bytes = *count * element};
    strided_layout layout{entry.offset, element, tensor.extents, tensor.strides};
    if (*count > 0 && !layout.is_contiguous()) {
      if (opened_ == nullptr) {
        opened_ = std::make_shared<const file_descriptor>(open_for_reading(path_));
      }
      entry.view = std::make_shared<const strided_view>(std::move(layout), path_, opened_);
    }
    entries_.push_back(std::move(entry));
  }

  /// The storage's length in bytes; none where the file holds less.
  static std::optional<std::uint64_t> bytes_of_storage(const torch_storage& storage,
                                                       const storage_place& place) {
    const std::uint64_t element = bytes_per_element(storage.type), most = place.bytes / element;
    if (storage.first > most || storage.elements > most - storage.first) return std::nullopt;
    return storage.elements * element;
  }

  /// One more than the tensor's largest element in the storage; none where that is beyond 2^64.
  static std::optional<std::uint64_t> end_of(const torch_tensor& tensor) {
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t last = tensor.first;
    for (std::size_t axis = 0; axis < tensor.extents.size(); ++axis) {
      const std::uint64_t steps = tensor.extents[axis] - 1, stride = tensor.strides[axis];
      if (tensor.extents[axis] == 0) return tensor.first;
      if (steps != 0 && stride > (most - last) / steps) return std::nullopt;
      last += steps * stride;
    }
    if (last == most) return std::nullopt;
    return last + 1;
  }

  const Source& source_;
  const pickle_tree& tree_;
  std::filesystem::path path_;
  std::uint32_t file_;
  std::shared_ptr<const file_descriptor> opened_;
  std::vector<tensor_entry> entries_;
  diagnostics findings_;
};

}  // namespace detail

/// Whether a file is one that torch.save wrote, by its first bytes.
inline bool is_torch_file(const std::filesystem::path& path) {
  if (path.extension() == ".safetensors") return false;
  const file_descriptor opened = open_for_reading(path);
  std::string start(8, '\0');
  start.resize(read_at(opened, path, 0, std::as_writable_bytes(std::span(start))));
  // The length of a safetensors header, which would be 67 MB or more, has zeros after four bytes.
  const bool is_archive = start.starts_with("PK\x03\x04") && !start.ends_with(std::string(4, '\0'));
  return is_archive || start.starts_with(torch_stream::beginning);
}

/// The tensors of a file of torch.save, old or new, in the order of their bytes; no element is
/// read. Of a training program's dict, those under `state_dict` or `model`; what is no tensor is
/// left out. Tensors that do not lie row by row are views. Throws failure, also for a pickle that
/// asks for anything but tensors.
inline std::vector<tensor_entry> read_torch_tensors(const std::filesystem::path& path,
                                                    std::uint32_t file = 0) {
  const file_descriptor opened = open_for_reading(path);
  std::array<std::byte, 2> start{};
  if (read_at(opened, path, 0, start) == 2 && start[0] == std::byte{'P'}) {
    const torch_archive archive(opened, path);
    const std::string text = archive.pickle();
    const pickle_tree tree = unpickle(text, path.string());
    return detail::torch_entries(archive, tree, path, file).make();
  }
  const torch_stream stream(opened, path);
  return detail::torch_entries(stream, stream.object(), path, file).make();
}

}  // namespace tensormerge
