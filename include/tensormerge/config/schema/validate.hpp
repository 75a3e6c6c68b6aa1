#pragma once

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <tensormerge/config/schema/finding.hpp>

namespace tensormerge::schema {

/// Takes out missing keys where an unknown key beside them is most likely what was meant.
inline void drop_misspelt_keys(findings& found) {
  std::set<std::pair<std::string, std::string>> meant;  // path of the mapping, hint
  for (const finding& each : found) {
    if (each.unknown_key && !each.what.hint.empty()) meant.emplace(each.what.path, each.what.hint);
  }
  std::erase_if(found, [&](const finding& each) {
    return std::any_of(each.missing_keys.begin(), each.missing_keys.end(), [&](const auto& key) {
      return meant.contains({each.what.path, "did you mean `" + key + "`?"});
    });
  });
}

/// Runs a generated check on a whole document: one finding a place, in the document's order.
inline diagnostics validate(const node& document, const std::string& file, check rule) {
  findings found;
  rule(document, value_path(), found);
  drop_misspelt_keys(found);
  diagnostics result;
  std::set<std::tuple<std::uint32_t, std::uint32_t, std::string>> places;
  for (finding& each : found) {
    each.what.file = file;
    if (places.emplace(each.what.at.line, each.what.at.column, each.what.what).second) {
      result.push_back(std::move(each.what));
    }
  }
  std::stable_sort(result.begin(), result.end(), [](const diagnostic& a, const diagnostic& b) {
    return std::pair(a.at.line, a.at.column) < std::pair(b.at.line, b.at.column);
  });
  return result;
}

}  // namespace tensormerge::schema
