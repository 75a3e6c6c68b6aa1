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

#include <tensormerge/checkpoint/file_descriptor.hpp>
#include <tensormerge/checkpoint/little_endian.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/checkpoint/torch/pickle_value.hpp>
#include <tensormerge/checkpoint/torch/storage_places.hpp>
#include <tensormerge/checkpoint/torch/unpickle.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// A file of torch.save before torch 1.6: five pickles (a magic number, a version, facts of the
/// machine, the object, the keys of the storages), then each storage behind its number of elements.
class torch_stream {
 public:
  /// Throws failure for a file of another kind, or of a big-endian machine.
  torch_stream(const file_descriptor& opened, std::filesystem::path file)
      : opened_(opened), file_(std::move(file)), bytes_(file_bytes(opened, file_)) {
    text_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(bytes_, largest_pickle)));
    if (read_at(opened_, file_, 0, std::as_writable_bytes(std::span(text_))) < text_.size()) {
      refuse("became shorter while it was read");
    }
    std::size_t at = 0;
    const pickle_tree magic = next(at);
    if (magic.top.what != pickle_value::kind::big_integer ||
        magic.text_of(magic.top) != magic_number) {
      refuse("is no file of torch.save");
    }
    next(at);  // the version has been the same ever since
    const pickle_tree machine = next(at);
    const pickle_value* order = machine.find(machine.top, "little_endian");
    if (order != nullptr && order->number == 0) {
      refuse("the tensors are of another byte order", "little", "big");
    }
    object_ = next(at);
    const pickle_tree keys = next(at);
    locate(keys, at);
  }

  const pickle_tree& object() const { return object_; }

  /// The place of the storage of that key. Throws failure where there is none.
  storage_place find(const std::string& key) const {
    const auto place = places_.find(key);
    if (place == places_.end()) refuse("a storage is missing", "one of key " + quoted_name(key));
    return place->second;
  }

  /// What such a file begins with.
  static constexpr std::string_view beginning{"\x80\x02\x8a\x0a", 4};

 private:
  static constexpr std::string_view magic_number{"\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 10};

  [[noreturn]] void refuse(std::string what, std::string expected = {},
                           std::string found = {}) const {
    throw failure(diagnostic{.file = file_.string(),
                             .what = std::move(what),
                             .expected = std::move(expected),
                             .found = std::move(found)});
  }

  pickle_tree next(std::size_t& at) const {
    pickle_tree tree = unpickle(std::string_view(text_).substr(at), file_.string());
    at += tree.end;
    return tree;
  }

  void locate(const pickle_tree& keys, std::uint64_t at) {
    std::unordered_map<std::string, std::uint64_t> element_bytes;
    for (const torch_storage& storage : object_.storages) {
      element_bytes[std::string(object_.text_of(storage.key))] = bytes_per_element(storage.type);
    }
    if (keys.top.what != pickle_value::kind::list) refuse("is no file of torch.save");
    for (const pickle_value& item : keys.items_of(keys.top)) {
      if (item.what != pickle_value::kind::text) refuse("a storage's key is no text");
      const std::string key(keys.text_of(item));
      const auto known = element_bytes.find(key);
      if (known == element_bytes.end()) {
        refuse("the storage " + quoted_name(key) + " is of no tensor");
      }
      std::array<std::byte, 8> count{};
      const std::uint64_t left = bytes_ - std::min(bytes_, at);
      if (left < count.size() || read_at(opened_, file_, at, count) < count.size() ||
          little_endian(count) > (left - count.size()) / known->second) {
        refuse("the storage " + quoted_name(key) + " reaches beyond the file");
      }
      const std::uint64_t bytes = little_endian(count) * known->second;
      at += count.size();
      if (!places_.try_emplace(key, storage_place{at, bytes}).second) {
        refuse("the storage " + quoted_name(key) + " is in the file twice");
      }
      at += bytes;
    }
  }

  const file_descriptor& opened_;
  std::filesystem::path file_;
  std::uint64_t bytes_;
  std::string text_;
  pickle_tree object_;
  storage_places places_;
};

}  // namespace tensormerge
