#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tensormerge/config/value_path.hpp>
#include <tensormerge/error/failure.hpp>
#include <tensormerge/error/suggestion.hpp>

/// What generated validators are made of: about one function per JSON Schema keyword (draft-07).
/// Each appends what is wrong; a keyword that is for another kind of value says nothing.
namespace tensormerge::schema {

using tensormerge::node;
using tensormerge::node_entry;
using tensormerge::value_path;

/// A finding and how far from the place of a union it is, which tells the branch that was meant.
struct finding {
  diagnostic what;
  std::size_t depth = 0;
  bool wrong_kind = false;
  std::string kind{};  // the kind that was expected, where that is what is wrong
  bool unknown_key = false;  // `what.path` is that of its mapping
  std::vector<std::string> missing_keys{};  // one of them would do
};
using findings = std::vector<finding>;

/// Says in words what a schema stands for, in all that is found at a value itself while it lives.
class expectation {
 public:
  expectation(findings& found, const value_path& path, std::string_view text)
      : found_(found), start_(found.size()), depth_(path.depth()), text_(text) {}
  expectation(const expectation&) = delete;
  expectation& operator=(const expectation&) = delete;
  ~expectation() {
    for (std::size_t i = start_; i < found_.size(); ++i) {
      const bool own = found_[i].depth == depth_ && !found_[i].what.expected.empty();
      if (own) found_[i].what.expected = text_;
    }
  }

 private:
  findings& found_;
  std::size_t start_, depth_;
  std::string_view text_;
};

/// A generated function: checks one value against one schema.
using check = void (*)(const node&, const value_path&, findings&);

/// A word that people write and what to tell them.
struct word_hint {
  std::string_view word;
  std::string_view hint;
};

/// The check that any value passes.
inline void check_anything(const node&, const value_path&, findings&) {}

/// Whether a check finds nothing.
inline bool obeys(check rule, const node& value, const value_path& path) {
  findings found;
  rule(value, path, found);
  return found.empty();
}

/// A value as messages show it.
inline std::string show(const node& value) {
  constexpr std::size_t longest = 60;
  if (value.is_null() || !value.is_scalar()) return std::string(to_string(value.type));
  if (value.text.size() > longest) return '`' + value.text.substr(0, longest) + "...`";
  return '`' + value.text + '`';
}

/// What is wrong, as the name of a rule: `wrong type` is found by the rule `wrong-type`.
inline std::string rule_name(std::string what) {
  std::replace(what.begin(), what.end(), ' ', '-');
  return what;
}

inline void report(const node& value, const value_path& path, std::string what,
                   std::string expected, findings& found, std::string hint = {}) {
  std::string rule = rule_name(what);
  found.push_back({diagnostic{.at = value.at,
                              .path = path.text(),
                              .what = std::move(what),
                              .expected = std::move(expected),
                              .found = show(value),
                              .hint = std::move(hint),
                              .rule = std::move(rule)},
                   path.depth()});
}

inline std::string hint_for(std::string_view word, std::span<const word_hint> hints,
                            std::span<const std::string_view> known) {
  for (const word_hint& each : hints) {
    if (each.word == word) return std::string(each.hint);
  }
  return did_you_mean(word, known);
}

/// A value that may not be there.
inline void check_never(const node& value, const value_path& path, findings& found) {
  report(value, path, "not allowed here", {}, found);
  found.back().what.found.clear();
  if (path.entry() != nullptr) found.back().what.at = path.entry()->key_at;
}

}  // namespace tensormerge::schema
