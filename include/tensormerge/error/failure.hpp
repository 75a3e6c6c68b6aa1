#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <tensormerge/error/diagnostic.hpp>

namespace tensormerge {

/// The findings of one run, in the order they were made.
using diagnostics = std::vector<diagnostic>;

inline bool has_errors(const diagnostics& findings) {
  for (const diagnostic& d : findings) {
    if (d.level == severity::error) return true;
  }
  return false;
}

/// Thrown where work cannot go on: carries every finding that was made until then.
class failure : public std::runtime_error {
 public:
  explicit failure(diagnostics findings)
      : std::runtime_error(join(findings)), findings_(std::move(findings)) {}
  explicit failure(diagnostic finding) : failure(diagnostics{std::move(finding)}) {}

  const diagnostics& findings() const noexcept { return findings_; }

 private:
  static std::string join(const diagnostics& findings) {
    std::string text;
    for (const diagnostic& d : findings) {
      if (!text.empty()) text += '\n';
      text += to_string(d);
    }
    return text;
  }

  diagnostics findings_;
};

}  // namespace tensormerge
