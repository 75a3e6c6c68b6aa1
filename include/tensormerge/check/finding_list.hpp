#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <tensormerge/check/rule.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// Findings of rules about one file.
class finding_list {
 public:
  explicit finding_list(std::string file) : file_(std::move(file)) {}

  /// Adds what breaks the rule of that name, as bad as the rule says.
  void add(std::string_view name, diagnostic finding) {
    finding.file = file_;
    finding.rule = name;
    finding.level = find_rule(name).level;
    items_.push_back(std::move(finding));
  }

  /// Adds what others found as it is.
  void add(const diagnostics& findings) {
    items_.insert(items_.end(), findings.begin(), findings.end());
  }

  /// What was found by the rule at this place, to say more about it; nullptr where nothing was.
  diagnostic* find(std::string_view name, text_position at) {
    for (diagnostic& each : items_) {
      if (each.rule == name && each.at == at) return &each;
    }
    return nullptr;
  }

  const std::string& file() const { return file_; }
  diagnostics& items() { return items_; }

 private:
  std::string file_;
  diagnostics items_;
};

/// The text in backticks, as messages quote names.
inline std::string in_backticks(std::string_view text) { return '`' + std::string(text) + '`'; }

}  // namespace tensormerge
