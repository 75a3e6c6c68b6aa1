#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <tensormerge/check/rule.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// The rules that a run is about, by codes or beginnings of codes: `TM2` means TM201 and so on.
struct rule_selection {
  std::vector<std::string> selected{};  // all rules where it is empty
  std::vector<std::string> ignored{};   // wins

  bool contains(std::string_view code) const {
    const auto named = [code](const std::vector<std::string>& list) {
      return std::any_of(list.begin(), list.end(),
                         [code](const std::string& each) { return code.starts_with(each); });
    };
    return (selected.empty() || named(selected)) && !named(ignored);
  }

  /// Takes out the findings of other rules.
  void apply(diagnostics& findings) const {
    std::erase_if(findings,
                  [this](const diagnostic& each) { return !contains(code_of(each)); });
  }
};

/// Whether any rule has a code that begins so.
inline bool names_a_rule(std::string_view code) {
  return std::any_of(all_rules.begin(), all_rules.end(),
                     [code](const rule& each) { return each.code.starts_with(code); });
}

}  // namespace tensormerge
