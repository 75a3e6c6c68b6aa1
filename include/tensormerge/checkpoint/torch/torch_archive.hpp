#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <tensormerge/checkpoint/file_descriptor.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/checkpoint/torch/storage_places.hpp>
#include <tensormerge/checkpoint/torch/unpickle.hpp>
#include <tensormerge/checkpoint/torch/zip_directory.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// A zip archive of torch.save (torch 1.6 and later): NAME/data.pkl says what there is, NAME/data/0
/// and so on are the storages.
class torch_archive {
 public:
  /// Throws failure for an archive that is none of torch.save, or of a big-endian machine.
  torch_archive(const file_descriptor& opened, std::filesystem::path file)
      : opened_(opened), file_(std::move(file)), directory_(opened, file_) {
    find_prefix();
    if (const zip_entry* order = directory_.find(prefix_ + "byteorder")) {
      if (const std::string text = content(*order, 16); text != "little") {
        refuse("the tensors are of another byte order", "little", quoted_name(text));
      }
    }
  }

  /// The text of data.pkl.
  std::string pickle() const {
    return content(*directory_.find(prefix_ + std::string(pickle_name)), largest_pickle);
  }

  /// The place of the storage of that key. Throws failure where there is none.
  storage_place find(const std::string& key) const {
    const zip_entry* entry = directory_.find(prefix_ + "data/" + key);
    if (entry == nullptr || !is_plain_file_name(key)) {
      refuse("a storage is missing", "an entry " + quoted_name(prefix_ + "data/" + key));
    }
    return {directory_.content_of(*entry), entry->bytes};
  }

 private:
  static constexpr std::string_view pickle_name = "data.pkl";

  [[noreturn]] void refuse(std::string what, std::string expected = {},
                           std::string found = {}) const {
    throw failure(diagnostic{.file = file_.string(),
                             .what = std::move(what),
                             .expected = std::move(expected),
                             .found = std::move(found)});
  }

  void find_prefix() {
    std::size_t pickles = 0;
    for (const zip_entry& entry : directory_.entries()) {
      const std::size_t slash = entry.name.find('/');
      if (slash == std::string::npos || entry.name.substr(slash + 1) != pickle_name) continue;
      prefix_ = entry.name.substr(0, slash + 1);
      ++pickles;
    }
    if (pickles != 1) {
      refuse("is no file of torch.save", "one NAME/data.pkl in the archive",
             std::to_string(pickles));
    }
    if (directory_.find(prefix_ + "constants.pkl") != nullptr) {
      refuse("is a TorchScript program", "tensors alone");
    }
  }

  std::string content(const zip_entry& entry, std::size_t most_bytes) const {
    if (entry.bytes > most_bytes) {
      refuse(quoted_name(entry.name) + " is too long",
             "at most " + std::to_string(most_bytes) + " bytes", std::to_string(entry.bytes));
    }
    std::string text(static_cast<std::size_t>(entry.bytes), '\0');
    const std::uint64_t begin = directory_.content_of(entry);
    const auto into = std::as_writable_bytes(std::span(text));
    if (read_at(opened_, file_, begin, into) < text.size()) {
      refuse("became shorter while it was read");
    }
    return text;
  }

  const file_descriptor& opened_;
  std::filesystem::path file_;
  zip_directory directory_;
  std::string prefix_;
};

}  // namespace tensormerge
