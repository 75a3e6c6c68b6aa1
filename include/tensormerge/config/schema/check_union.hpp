#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tensormerge/config/schema/finding.hpp>

namespace tensormerge::schema {

/// `not`
inline void check_not(const node& value, const value_path& path, check rule, findings& found) {
  if (!obeys(rule, value, path)) return;
  report(value, path, "not allowed", "another value", found);
}

inline void check_if(const node& value, const value_path& path, check condition, check then,
                     check otherwise, findings& found) {
  const check rule = obeys(condition, value, path) ? then : otherwise;
  if (rule != nullptr) rule(value, path, found);
}

/// Adds the findings of the branch that was most likely meant: one that takes this kind of value,
/// of those the one whose findings are deepest inside the value, of those the one with fewest.
/// Where no branch takes this kind of value, or the branches fail at the value itself and
/// `expected` says in words what they stand for, one finding says so.
inline void report_best_branch(const node& value, const value_path& path,
                               const std::vector<findings>& branches, std::string_view expected,
                               findings& found) {
  const findings* best = nullptr;
  std::size_t best_depth = 0;
  std::string kinds, kind_hint, hint;
  std::vector<std::string> missing;
  for (const findings& branch : branches) {
    std::size_t deepest = 0;
    bool wrong_kind = false;
    for (const finding& each : branch) {
      deepest = std::max(deepest, each.depth);
      if (each.depth == path.depth() && each.wrong_kind) {
        wrong_kind = true;
        if (kinds.find(each.kind) == std::string::npos) {
          kinds += (kinds.empty() ? "" : " or ") + each.kind;
        }
      }
      if (each.depth != path.depth()) continue;
      missing.insert(missing.end(), each.missing_keys.begin(), each.missing_keys.end());
      std::string& place = each.wrong_kind ? kind_hint : hint;
      if (place.empty() && each.missing_keys.empty()) place = each.what.hint;
    }
    if (wrong_kind) continue;
    const bool better = best == nullptr || deepest > best_depth ||
                        (deepest == best_depth && branch.size() < best->size());
    if (!better) continue;
    best = &branch;
    best_depth = deepest;
  }
  if (best == nullptr || (best_depth == path.depth() && !expected.empty())) {
    report(value, path, best == nullptr ? "wrong type" : "wrong value",
           expected.empty() ? kinds : std::string(expected), found,
           best == nullptr && hint.empty() ? kind_hint : hint);
    found.back().missing_keys = std::move(missing);
    if (best == nullptr) {
      found.back().wrong_kind = true;
      found.back().kind = found.back().what.expected;
    }
    return;
  }
  found.insert(found.end(), best->begin(), best->end());
}

/// `anyOf`
inline void check_any_of(const node& value, const value_path& path, std::span<const check> rules,
                         std::string_view expected, findings& found) {
  std::vector<findings> branches;
  for (const check rule : rules) {
    rule(value, path, branches.emplace_back());
    if (branches.back().empty()) return;
  }
  report_best_branch(value, path, branches, expected, found);
}

/// `oneOf`
inline void check_one_of(const node& value, const value_path& path, std::span<const check> rules,
                         std::string_view expected, findings& found) {
  std::vector<findings> branches;
  std::size_t right = 0;
  for (const check rule : rules) {
    rule(value, path, branches.emplace_back());
    if (branches.back().empty()) ++right;
  }
  if (right == 0) report_best_branch(value, path, branches, expected, found);
  if (right > 1) {
    report(value, path, "fits " + std::to_string(right) + " forms that exclude each other",
           std::string(expected), found);
  }
}

}  // namespace tensormerge::schema
