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
  /// Adds a finding to the group `label` ("tensors whose shapes differ"), which keeps `most`.
  void add(std::string_view label, diagnostic finding, std::size_t most = 10) {
    const auto found = std::find_if(groups_.begin(), groups_.end(),
                                    [label](const group& g) { return g.label == label; });
    group& its = found == groups_.end()
                     ? groups_.emplace_back(group{std::string(label), finding.level, {}, 0})
                     : *found;
    if (its.kept.size() < most) {
      its.kept.push_back(std::move(finding));
    } else {
      ++its.left_out;
    }
  }

  bool has_errors() const {
    return std::any_of(groups_.begin(), groups_.end(),
                       [](const group& g) { return tensormerge::has_errors(g.kept); });
  }

  /// Everything kept, group by group, each followed by what was left out: "and 231 more tensors
  /// whose shapes differ".
  diagnostics all() const {
    diagnostics list;
    for (const group& its : groups_) {
      list.insert(list.end(), its.kept.begin(), its.kept.end());
      if (its.left_out == 0) continue;
      list.push_back({.level = its.level,
                      .file = its.kept.back().file,
                      .what = "and " + std::to_string(its.left_out) + " more " + its.label});
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
    diagnostics kept;
    std::size_t left_out = 0;
  };

  std::vector<group> groups_;
};

}  // namespace tensormerge
