#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <memory>
#include <numeric>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/gguf/gguf_file.hpp>
#include <tensormerge/checkpoint/gguf/gguf_metadata.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/checkpoint/shard_index.hpp>
#include <tensormerge/checkpoint/tensor_entry.hpp>
#include <tensormerge/checkpoint/weights_file.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// The tensors of a model by name, in one file or several; a value that holds no element data.
/// Copies share their entries until one of them is changed.
class checkpoint {
 public:
  checkpoint() = default;

  /// `tensors` name their file by its index in `files`. Throws failure where a name occurs twice.
  checkpoint(std::vector<std::filesystem::path> files, std::vector<tensor_entry> tensors)
      : files_(std::move(files)),
        tensors_(std::make_shared<std::vector<tensor_entry>>(std::move(tensors))) {
    tensors_->shrink_to_fit();
    by_name_.resize(tensors_->size());
    std::iota(by_name_.begin(), by_name_.end(), std::size_t{0});
    std::stable_sort(by_name_.begin(), by_name_.end(),
                     [this](std::size_t a, std::size_t b) { return name_of(a) < name_of(b); });
    check_names();
  }

  /// Reads the headers of a file of weights, safetensors, GGUF or of torch.save; or of a folder's
  /// model.safetensors, the shards of its model.safetensors.index.json, its pytorch_model.bin, the
  /// shards of its pytorch_model.bin.index.json, or its only other such file, safetensors first and
  /// GGUF last.
  /// Throws failure.
  static inline checkpoint open(const std::filesystem::path& folder_or_file);

  const std::vector<std::filesystem::path>& files() const { return files_; }

  /// The metadata where the weights are a single GGUF file, else nullptr.
  const std::shared_ptr<const gguf_metadata>& gguf() const { return gguf_; }

  /// By file, then in the order of their bytes.
  const std::vector<tensor_entry>& tensors() const { return *tensors_; }

  /// Lets entries name more files, from the index that is returned on.
  std::uint32_t add_files(const std::vector<std::filesystem::path>& files) {
    const std::size_t first = files_.size();
    files_.insert(files_.end(), files.begin(), files.end());
    return static_cast<std::uint32_t>(first);
  }

  /// Puts an entry, of a view perhaps, in the place of the one that has its name, or at the end.
  void replace(tensor_entry entry) {
    if (tensors_.use_count() > 1) tensors_ = std::make_shared<std::vector<tensor_entry>>(*tensors_);
    const auto place = place_of(entry.name);
    if (has_name(place, entry.name)) {
      (*tensors_)[*place] = std::move(entry);
    } else {
      by_name_.insert(place, tensors_->size());
      tensors_->push_back(std::move(entry));
    }
  }

  /// The tensor of that name or nullptr, in logarithmic time.
  const tensor_entry* find(std::string_view name) const {
    const auto place = place_of(name);
    return has_name(place, name) ? &(*tensors_)[*place] : nullptr;
  }

  /// One of `tensors()` as it is now, which stays when the checkpoint goes.
  shared_entry share(const tensor_entry& entry) const { return {tensors_, &entry}; }

 private:
  static constexpr std::size_t most_findings = 20;

  std::string_view name_of(std::size_t number) const { return (*tensors_)[number].name; }

  /// Where in `by_name_` the name is, or would be.
  std::vector<std::size_t>::const_iterator place_of(std::string_view name) const {
    return std::lower_bound(
        by_name_.begin(), by_name_.end(), name,
        [this](std::size_t number, std::string_view wanted) { return name_of(number) < wanted; });
  }

  bool has_name(std::vector<std::size_t>::const_iterator place, std::string_view name) const {
    return place != by_name_.end() && name_of(*place) == name;
  }

  /// Throws failure where a name occurs twice.
  void check_names() const {
    diagnostics findings;
    for (std::size_t i = 1; i < by_name_.size() && findings.size() < most_findings; ++i) {
      const tensor_entry& first = (*tensors_)[by_name_[i - 1]];
      const tensor_entry& second = (*tensors_)[by_name_[i]];
      if (first.name != second.name) continue;
      findings.push_back({.file = files_[second.file].string(),
                          .path = quoted_name(second.name),
                          .what = "the tensor is in two files",
                          .expected = "each tensor once",
                          .found = "it also in " + files_[first.file].string()});
    }
    if (!findings.empty()) throw failure(std::move(findings));
  }

  static inline checkpoint open_shards(const std::filesystem::path& index_file);
  static inline checkpoint open_file(const std::filesystem::path& file);
  static inline checkpoint open_only_file(const std::filesystem::path& folder);

  std::vector<std::filesystem::path> files_;
  std::shared_ptr<std::vector<tensor_entry>> tensors_ =
      std::make_shared<std::vector<tensor_entry>>();
  std::shared_ptr<const gguf_metadata> gguf_;
  std::vector<std::size_t> by_name_;  // numbers in `tensors_`
};

inline checkpoint checkpoint::open(const std::filesystem::path& folder_or_file) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(folder_or_file, error);
  if (!std::filesystem::exists(status)) {
    throw failure(diagnostic{.file = folder_or_file.string(),
                             .what = "does not exist",
                             .expected = "a model folder or a file of weights"});
  }
  if (!std::filesystem::is_directory(status)) return open_file(folder_or_file);
  for (const char* name : {"model.safetensors", "pytorch_model.bin"}) {
    const std::filesystem::path single = folder_or_file / name;
    if (std::filesystem::exists(single, error)) return open_file(single);
    const std::filesystem::path index = folder_or_file / (std::string(name) + ".index.json");
    if (std::filesystem::exists(index, error)) return open_shards(index);
  }
  return open_only_file(folder_or_file);
}

inline checkpoint checkpoint::open_file(const std::filesystem::path& file) {
  if (!is_gguf_file(file)) return checkpoint({file}, read_weights_file(file));
  gguf_file contents = read_gguf_file(file);
  checkpoint result({file}, std::move(contents.tensors));
  result.gguf_ = std::make_shared<const gguf_metadata>(std::move(contents.metadata));
  return result;
}

inline checkpoint checkpoint::open_shards(const std::filesystem::path& index_file) {
  const shard_index index = read_shard_index(index_file);
  std::vector<std::filesystem::path> files;
  std::vector<tensor_entry> tensors;
  std::unordered_map<std::string_view, std::uint32_t> number_of_shard;
  diagnostics findings;
  const auto report = [&findings](diagnostic finding) {
    if (findings.size() < most_findings) findings.push_back(std::move(finding));
  };
  for (const std::string& shard : index.shards) {
    const std::filesystem::path file = index_file.parent_path() / shard;
    const auto number = static_cast<std::uint32_t>(files.size());
    number_of_shard.emplace(shard, number);
    files.push_back(file);
    std::error_code error;
    if (!std::filesystem::exists(file, error)) {
      report({.file = file.string(),
              .what = "the shard is missing",
              .expected = "a file that " + index_file.filename().string() + " names",
              .hint = "is the download complete?"});
      continue;
    }
    try {
      std::vector<tensor_entry> its = read_weights_file(file, number);
      std::move(its.begin(), its.end(), std::back_inserter(tensors));
    } catch (const failure& problem) {
      for (const diagnostic& finding : problem.findings()) report(finding);
    }
  }
  if (!findings.empty()) throw failure(std::move(findings));
  checkpoint result(std::move(files), std::move(tensors));
  for (const shard_index::placement& placed : index.placements) {
    const tensor_entry* found = result.find(placed.tensor);
    if (found != nullptr && found->file == number_of_shard.at(placed.shard)) continue;
    report({.file = index_file.string(),
            .path = quoted_name(placed.tensor),
            .what = "the index is wrong about the tensor",
            .expected = "it in " + placed.shard,
            .found = found == nullptr ? "it in no shard"
                                      : "it in " + result.files_[found->file].filename().string()});
  }
  if (!findings.empty()) throw failure(std::move(findings));
  return result;
}

inline checkpoint checkpoint::open_only_file(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> candidates, torch_files, gguf_files;
  std::error_code error;
  for (std::filesystem::directory_iterator item(folder, error), end; !error && item != end;
       item.increment(error)) {
    const std::filesystem::path& file = item->path();
    if (file.extension() == ".safetensors") candidates.push_back(file);
    if (has_torch_weights_name(file)) torch_files.push_back(file);
    if (file.extension() == ".gguf") gguf_files.push_back(file);
  }
  if (candidates.empty()) candidates = std::move(torch_files);
  if (candidates.empty()) candidates = std::move(gguf_files);
  if (error) {
    throw failure(diagnostic{.file = folder.string(),
                             .what = "the folder cannot be read: " + error.message()});
  }
  std::sort(candidates.begin(), candidates.end());
  if (candidates.size() == 1) return open_file(candidates.front());
  std::string found;
  for (const std::filesystem::path& file : candidates) {
    if (!found.empty()) found += ", ";
    found += file.filename().string();
  }
  throw failure(diagnostic{
      .file = folder.string(),
      .what =
          candidates.empty() ? "holds no weights" : "it is not clear which file holds the weights",
      .expected = "model.safetensors, pytorch_model.bin, an .index.json of one of them, or a "
                  "single *.safetensors, *.bin, *.pt, *.pth or *.gguf",
      .found = std::move(found)});
}

}  // namespace tensormerge
