#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <tensormerge/document/node.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// Builds a tree of nodes from a parser's events: begin, key and value, end.
/// Refuses what would hurt later: nesting deeper than 200, more values than any sound file has, and
/// keys that are given twice.
class tree_builder {
 public:
  static constexpr std::size_t greatest_depth = 200;
  /// Tokenizers of 250,000 tokens have two million; the tree of this many takes about 1 GB.
  static constexpr std::size_t greatest_values = 8'000'000;

  explicit tree_builder(std::string file_name, std::size_t most_values = greatest_values)
      : file_name_(std::move(file_name)), most_values_(most_values) {}

  /// Takes a key of the outermost mapping and its value.
  using visitor = std::function<void(const std::string& key, const node& value)>;

  /// Hands each value of the outermost mapping to `visit` as soon as it is finished, and keeps null
  /// in its place.
  void hand_over(visitor visit) { visit_ = std::move(visit); }

  bool wants_key() const {
    return !open_.empty() && open_.back().value.is_mapping() && !open_.back().has_key;
  }

  void key(std::string text, text_position at) {
    frame& mapping = open_.back();
    mapping.value.entries.push_back({std::move(text), at, {}});
    mapping.has_key = true;
  }

  /// Opens an empty list or mapping. Throws failure where the nesting is too deep.
  void begin(node empty) {
    if (open_.size() == greatest_depth) {
      throw fatal(empty.at, "is nested too deeply",
                  "at most " + std::to_string(greatest_depth) + " levels");
    }
    open_.push_back({std::move(empty), false});
  }

  /// Adds a finished value. The reference is good until the next event. Throws failure where there
  /// are too many.
  const node& value(node item) {
    if (++values_ > most_values_) {
      throw fatal(item.at, "holds too many values", "at most " + std::to_string(most_values_));
    }
    if (open_.empty()) return root_ = std::move(item);
    frame& parent = open_.back();
    if (parent.value.is_sequence()) return parent.value.items.emplace_back(std::move(item));
    parent.has_key = false;
    node_entry& entry = parent.value.entries.back();
    if (!visit_ || open_.size() > 1) return entry.value = std::move(item);
    visit_(entry.key, item);
    return entry.value;
  }

  /// Closes the list or mapping that was begun last and is still open.
  const node& end() {
    report_duplicates();
    node finished = std::move(open_.back().value);
    open_.pop_back();
    return value(std::move(finished));
  }

  /// The open list or mapping.
  node& top() { return open_.back().value; }

  /// The document. Throws failure with all duplicate keys where there are any.
  node finish() {
    if (!findings_.empty()) throw failure(std::move(findings_));
    return std::move(root_);
  }

  /// The document with every duplicate in it, of which `find` sees the first.
  node finish(diagnostics& duplicates) {
    duplicates.insert(duplicates.end(), findings_.begin(), findings_.end());
    return std::move(root_);
  }

  /// A failure at this place of the document, behind what was found until now.
  failure fatal(text_position at, std::string what, std::string expected = {},
                std::string found = {}, std::string hint = {}) {
    findings_.push_back({.file = file_name_,
                         .at = at,
                         .path = path(),
                         .what = std::move(what),
                         .expected = std::move(expected),
                         .found = std::move(found),
                         .hint = std::move(hint)});
    return failure(std::move(findings_));
  }

 private:
  struct frame {
    node value;
    bool has_key = false;
  };

  /// Where the open values are: `models[1].parameters`.
  std::string path() const {
    constexpr std::size_t levels_worth_showing = 20;
    std::string text;
    for (std::size_t i = 0; i < std::min(open_.size(), levels_worth_showing); ++i) {
      const node& value = open_[i].value;
      if (value.is_sequence()) {
        text += '[' + std::to_string(value.items.size()) + ']';
      } else if (open_[i].has_key) {
        if (!text.empty()) text += '.';
        text += value.entries.back().key;
      }
    }
    return text;
  }

  void report_duplicates() {
    constexpr std::size_t most_findings = 20;
    const std::vector<node_entry>& entries = open_.back().value.entries;
    std::vector<const node_entry*> sorted;
    sorted.reserve(entries.size());
    for (const node_entry& entry : entries) sorted.push_back(&entry);
    std::sort(sorted.begin(), sorted.end(), [](const node_entry* a, const node_entry* b) {
      return a->key != b->key ? a->key < b->key : a < b;
    });
    const auto found_before = static_cast<std::ptrdiff_t>(findings_.size());
    for (std::size_t i = 1, first = 0; i < sorted.size(); ++i) {
      if (sorted[i]->key != sorted[first]->key) {
        first = i;
      } else if (findings_.size() < most_findings) {
        const std::string parent = path();
        findings_.push_back(
            {.file = file_name_,
             .at = sorted[i]->key_at,
             .path = parent.empty() ? sorted[i]->key : parent + '.' + sorted[i]->key,
             .what =
                 "duplicate key, first given in line " + std::to_string(sorted[first]->key_at.line),
             .hint = "remove one of the two",
             .rule = "duplicate-key"});
      }
    }
    std::sort(findings_.begin() + found_before, findings_.end(),
              [](const diagnostic& a, const diagnostic& b) {
                return std::pair(a.at.line, a.at.column) < std::pair(b.at.line, b.at.column);
              });
  }

  std::string file_name_;
  std::size_t most_values_;
  std::size_t values_ = 0;
  visitor visit_;
  std::vector<frame> open_;
  node root_;
  diagnostics findings_;
};

}  // namespace tensormerge
