#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// Findings in groups of one cause, of which only the first few are kept and the rest is counted:
/// one mistake in a configuration may concern every tensor of a model.
class finding_groups {
 public:
  /// Adds a finding to the group `label` ("tensors whose shapes differ"), which keeps ten.
  void add(std::string_view label, diagnostic finding) {
    constexpr std::size_t most = 10;
    group& its = group_of(label, finding.level, "more " + std::string(label));
    if (its.kept.size() < most) {
      its.kept.push_back(std::move(finding));
    } else {
      ++its.left_out;
    }
  }

  /// Adds what concerns one tensor, under a name of its cause; what is found of the second and
  /// later tensors is only counted.
  void add_once(std::string_view cause, diagnostic finding) {
    group& its = group_of(cause, finding.level, {});
    if (its.kept.empty()) {
      its.kept.push_back(std::move(finding));
    } else {
      ++its.left_out;
    }
  }

  bool has_errors() const {
    return std::any_of(groups_.begin(), groups_.end(),
                       [](const group& g) { return tensormerge::has_errors(g.kept); });
  }

  /// Everything kept, group by group, with what was left out: "and 231 more tensors whose shapes
  /// differ" or, of findings that are kept once, "`a.weight` and 231 more tensors".
  diagnostics all() const {
    diagnostics list;
    for (const group& its : groups_) {
      list.insert(list.end(), its.kept.begin(), its.kept.end());
      if (its.left_out == 0) continue;
      const std::string count = "and " + std::to_string(its.left_out) + ' ';
      if (its.rest.empty()) {
        list.back().found += (list.back().found.empty() ? "" : " ") + count +
                             (its.left_out == 1 ? "more tensor" : "more tensors");
      } else {
        list.push_back(
            {.level = its.level, .file = its.kept.back().file, .what = count + its.rest});
      }
    }
    return list;
  }

  /// Throws everything found as a failure where there is an error among it.
  void throw_errors() const {
    if (has_errors()) throw failure(all());
  }

 private:
  struct group {
    std::string label;
    severity level;
    std::string rest;  // what the left out ones are; empty where one stands for all
    diagnostics kept;
    std::size_t left_out = 0;
  };

  group& group_of(std::string_view label, severity level, std::string rest) {
    const auto found = std::find_if(groups_.begin(), groups_.end(),
                                    [label](const group& g) { return g.label == label; });
    if (found != groups_.end()) return *found;
    return groups_.emplace_back(group{std::string(label), level, std::move(rest), {}, 0});
  }

  std::vector<group> groups_;
};

}  // namespace tensormerge
