#pragma once

#include <string>

#include <tensormerge/check/rule.hpp>

namespace tensormerge {

/// The page in Markdown that describes every rule.
inline std::string rules_page() {
  std::string page =
      "# Rules\n\nWhat `tensormerge check` looks for. This page is made by\n"
      "`tensormerge check --rules > include/tensormerge/check/README.md`; a test compares the two.\n\n"
      "A rule is left out with `--ignore CODE`, alone with `--select CODE`, and in one line with\n"
      "`# tensormerge: ignore[CODE]` behind it or above it. Beginnings of codes stand for groups.\n"
      "\n"
      "| code | name | level |\n|---|---|---|\n";
  for (const rule& each : all_rules) {
    page += "| [" + std::string(each.code) + "](#" + std::string(each.code) + ") | " +
            std::string(each.name) + " | " + std::string(to_string(each.level)) + " |\n";
  }
  for (const rule& each : all_rules) {
    page += "\n## " + std::string(each.code) + "\n\n**" + std::string(each.name) + "**, " +
            std::string(to_string(each.level)) + ". " + std::string(each.summary) + ' ' +
            std::string(each.reason) + '\n';
    if (!each.wrong.empty()) {
      page += "\n```yaml\n" + std::string(each.wrong) + "\n```\n";
    }
    if (!each.right.empty()) {
      page += "\nRight:\n\n```yaml\n" + std::string(each.right) + "\n```\n";
    }
  }
  return page;
}

}  // namespace tensormerge
