#pragma once

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include <tensormerge/config/schema/finding.hpp>

namespace tensormerge::schema {

/// Runs a generated check on a whole document: one finding a place, in the document's order.
inline diagnostics validate(const node& document, const std::string& file, check rule) {
  findings found;
  rule(document, value_path(), found);
  diagnostics result;
  std::set<std::tuple<std::uint32_t, std::uint32_t, std::string>> places;
  for (finding& each : found) {
    each.what.file = file;
    if (places.emplace(each.what.at.line, each.what.at.column, each.what.path).second) {
      result.push_back(std::move(each.what));
    }
  }
  std::stable_sort(result.begin(), result.end(), [](const diagnostic& a, const diagnostic& b) {
    return std::pair(a.at.line, a.at.column) < std::pair(b.at.line, b.at.column);
  });
  return result;
}

}  // namespace tensormerge::schema
