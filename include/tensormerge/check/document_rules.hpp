#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <tensormerge/check/finding_list.hpp>
#include <tensormerge/check/merge_view.hpp>
#include <tensormerge/config/merge_config.hpp>

namespace tensormerge {

namespace detail {

/// Checks the names by which the merges of one file refer to each other.
class document_checker {
 public:
  document_checker(const std::vector<node>& documents, finding_list& findings)
      : documents_(documents), findings_(findings) {}

  void check() {
    const node* unnamed = nullptr;
    for (const node& document : documents_) {
      const node* name = document.find("name");
      names_.push_back(name != nullptr && name->is_string() ? name->text : std::string());
    }
    for (const node& document : documents_) {
      const node* name = document.find("name");
      if (name != nullptr && !name->is_null()) {
        check_name(*name);
      } else if (document.is_mapping()) {
        if (unnamed != nullptr) {
          findings_.add("merge-names", {.at = start_of(*unnamed),
                                        .path = "name",
                                        .what = "a merge has no name, and neither has a later one",
                                        .hint = "add `name:`; one merge of a file needs none"});
        }
        unnamed = &document;
      }
    }
    for (const node& document : documents_) {
      std::vector<const node*>& needed = needed_.emplace_back();
      collect_references(document, needed);
    }
    for (std::size_t i = 0; i < documents_.size() && !circular_; ++i) {
      std::vector<std::size_t> way{i};
      follow(way);
    }
  }

 private:
  void check_name(const node& name) {
    const std::string& text = name.text;
    diagnostic finding{.at = name.at, .path = "name"};
    if (std::count(names_.begin(), names_.end(), text) > 1) {
      finding.what = "two merges are named " + in_backticks(text);
      findings_.add("merge-names", finding);
    }
    if (text.empty() || text == "." || text.find("..") != std::string::npos ||
        text.find_first_of("/\\+@") != std::string::npos) {
      finding.what = "the name cannot be that of a folder that others refer to";
      finding.expected = "letters, digits, `-`, `_` and `.`";
      finding.found = in_backticks(text);
      findings_.add("merge-names", finding);
    }
    constexpr std::array<std::string_view, 9> words{"union",    "base",    "self_attn",
                                                    "mlp",      "float16", "bfloat16",
                                                    "float32",  "auto",    "lm_head"};
    const bool is_word = std::find(words.begin(), words.end(), text) != words.end() ||
                         merge_method_from(text).has_value();
    if (!is_word) return;
    finding.what = in_backticks(text) + " is also a word of configurations";
    finding.hint = "choose another name: mergekit replaces every such text";
    findings_.add("name-is-a-word", finding);
  }

  static void collect_references(const node& document, std::vector<const node*>& needed) {
    const merge_view merge = view_merge(document);
    for (const slice_view& slice : merge.slices) {
      for (const input_view& input : slice.inputs) {
        if (input.entry != nullptr) needed.push_back(input.entry->find("model"));
      }
    }
    needed.push_back(document.find("base_model"));
    if (const node* tokenizer = document.find("tokenizer"); tokenizer != nullptr) {
      needed.push_back(tokenizer->find("source"));
    }
    needed.push_back(document.find("tokenizer_source"));
    std::erase(needed, nullptr);
  }

  /// Follows what the last of `way` needs, until it comes back to one on the way.
  void follow(std::vector<std::size_t>& way) {
    if (finished_.contains(way.back())) return;
    for (const node* reference : needed_[way.back()]) {
      const std::string path = parse_model_reference(reference_text(reference)).path;
      if (path.empty() || circular_) continue;
      for (std::size_t i = 0; i < names_.size(); ++i) {
        if (names_[i] != path || circular_) continue;
        if (std::find(way.begin(), way.end(), i) != way.end()) {
          circular_ = true;
          findings_.add("circular-merges", {.at = reference->at,
                                            .path = "name",
                                            .what = "the merge " + in_backticks(path) +
                                                    " needs itself, if by way of others"});
          return;
        }
        way.push_back(i);
        follow(way);
        way.pop_back();
      }
    }
    finished_.insert(way.back());
  }

  const std::vector<node>& documents_;
  finding_list& findings_;
  std::vector<std::string> names_;
  std::vector<std::vector<const node*>> needed_;
  std::set<std::size_t> finished_;
  bool circular_ = false;
};

}  // namespace detail

/// Checks the documents of a file against each other.
inline void check_documents(const std::vector<node>& documents, finding_list& findings) {
  detail::document_checker(documents, findings).check();
}

}  // namespace tensormerge
