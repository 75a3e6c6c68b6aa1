#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tensormerge/config/for_each_reference.hpp>
#include <tensormerge/config/load_config.hpp>
#include <tensormerge/config/merge_config.hpp>
#include <tensormerge/document/load_yaml.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// A merge of several; the final one has no name.
struct named_merge {
  std::string name{};
  merge_config config{};
};

namespace detail {

/// Names the merges of a file, and puts each behind those that it uses.
class merge_sorter {
 public:
  merge_sorter(std::vector<named_merge> merges, std::string file, std::filesystem::path folder)
      : merges_(std::move(merges)), file_(std::move(file)), folder_(std::move(folder)) {}

  std::vector<named_merge> sort() {
    for (std::size_t i = 0; i < merges_.size(); ++i) check_name(i);
    if (!findings_.empty()) throw failure(std::move(findings_));
    for (named_merge& merge : merges_) uses_.push_back(take_uses(merge));
    marks_.resize(merges_.size());
    for (std::size_t i = 0; i < merges_.size(); ++i) visit(i);
    if (!findings_.empty()) throw failure(std::move(findings_));
    std::vector<named_merge> sorted;
    for (const std::size_t i : order_) sorted.push_back(std::move(merges_[i]));
    return sorted;
  }

 private:
  enum class mark { none, open, done };

  void report(std::size_t merge, std::string what, std::string hint = {}) {
    findings_.push_back({.file = file_,
                         .at = merges_[merge].config.at,
                         .path = "name",
                         .what = std::move(what),
                         .hint = std::move(hint)});
  }

  void check_name(std::size_t number) {
    const std::string& name = merges_[number].name;
    const bool is_plain = name != "." && name != ".." &&
                          name.find_first_of("/+@") == std::string::npos;
    if (!is_plain) report(number, "the name " + name + " is no name of a folder");
    for (std::size_t i = 0; i < number; ++i) {
      if (merges_[i].name != name) continue;
      report(number, name.empty() ? "two merges have no name" : "two merges are named " + name,
             "give each but the last its own `name`");
      break;
    }
  }

  /// The merges that one refers to, by number; the references are made to name their results.
  std::vector<std::size_t> take_uses(named_merge& merge) const {
    std::vector<std::size_t> uses;
    const auto take = [&](model_reference& reference) {
      for (std::size_t i = 0; i < merges_.size(); ++i) {
        if (merges_[i].name.empty() || merges_[i].name != reference.path) continue;
        uses.push_back(i);
        reference.path = (std::filesystem::absolute(folder_) / reference.path).string();
        break;
      }
    };
    for_each_reference(merge.config, take);
    return uses;
  }

  void visit(std::size_t number) {
    if (marks_[number] == mark::done) return;
    if (marks_[number] == mark::open) {
      report(number, "merges need each other's results in a circle");
      return;
    }
    marks_[number] = mark::open;
    for (const std::size_t used : uses_[number]) visit(used);
    marks_[number] = mark::done;
    order_.push_back(number);
  }

  std::vector<named_merge> merges_;
  std::string file_;
  std::filesystem::path folder_;
  std::vector<std::vector<std::size_t>> uses_;
  std::vector<mark> marks_;
  std::vector<std::size_t> order_;
  diagnostics findings_;
};

}  // namespace detail

/// The merges of a file of several documents, each behind those whose results it uses. A model that
/// has the name of a merge is its result, a folder of that name in `folder`. Throws failure with
/// every mistake: names that occur twice, a second merge without one, circles.
inline std::vector<named_merge> read_multi_config(const std::vector<node>& documents,
                                                  const std::string& file,
                                                  const std::filesystem::path& folder) {
  std::vector<named_merge> merges;
  diagnostics findings;
  for (const node& document : documents) {
    try {
      merges.push_back({{}, read_merge_config(document, file)});
      merges.back().name = merges.back().config.name.value_or("");
    } catch (const failure& problem) {
      findings.insert(findings.end(), problem.findings().begin(), problem.findings().end());
    }
  }
  if (!findings.empty()) throw failure(std::move(findings));
  return detail::merge_sorter(std::move(merges), file, folder).sort();
}

/// The same, of the text of the file.
inline std::vector<named_merge> read_multi_config(const std::string& text, const std::string& file,
                                                  const std::filesystem::path& folder) {
  return read_multi_config(load_yaml_documents(text, file), file, folder);
}

}  // namespace tensormerge
