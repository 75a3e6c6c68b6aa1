#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include <tensormerge/check/check_text.hpp>
#include <tensormerge/check/finding_list.hpp>
#include <tensormerge/config/merge_config.hpp>
#include <tensormerge/config/mlx_config.hpp>
#include <tensormerge/config/read_struct.hpp>
#include <tensormerge/config/read_values.hpp>
#include <tensormerge/plan/merge_plan.hpp>
#include <tensormerge/plan/plan_merge.hpp>
#include <tensormerge/plan/plan_mlx.hpp>

namespace tensormerge {

namespace detail {

inline bool names_contain(const merge_plan& plan, std::string_view part) {
  const auto contains = [part](const std::string& name) {
    return name.find(part) != std::string::npos;
  };
  return std::any_of(plan.tensors.begin(), plan.tensors.end(), [&](const planned_tensor& tensor) {
    return contains(tensor.name) ||
           std::any_of(tensor.inputs.begin(), tensor.inputs.end(),
                       [&](const planned_source& each) { return contains(each.tensor.name); });
  });
}

/// Looks through a document for filters that match no tensor.
inline void check_filters(const node& value, const std::string& path, const merge_plan& plan,
                          finding_list& findings) {
  const node* filter = value.find("filter");
  if (filter != nullptr && filter->is_string() && value.find("value") != nullptr &&
      filter->text != "*" && !names_contain(plan, filter->text)) {
    findings.add("filter-without-match", {.at = filter->at,
                                          .path = path,
                                          .what = "no tensor's name contains the filter",
                                          .found = in_backticks(filter->text)});
  }
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    check_filters(value.items[i], path + '[' + std::to_string(i) + ']', plan, findings);
  }
  for (const node_entry& entry : value.entries) {
    check_filters(entry.value, path.empty() ? entry.key : path + '.' + entry.key, plan, findings);
  }
}

}  // namespace detail

/// The plan of a checked configuration without errors. Throws failure as plan_merge and plan_mlx
/// do, and for dialects that are not merged by one plan.
inline merge_plan plan_checked(const checked_text& checked, const check_options& options,
                               const plan_options& planning) {
  const node& document = checked.documents.front();
  if (checked.kind == dialect::mlx) {
    return plan_mlx(read_struct<mlx_config>(document), options.mlx_methods, planning);
  }
  const bool is_merge = checked.kind == dialect::mergekit || checked.kind == dialect::legacy ||
                        (checked.kind == dialect::multi && checked.documents.size() == 1);
  if (!is_merge) {
    throw failure(diagnostic{.file = planning.config_file,
                             .what = "models of the dialect " +
                                     std::string(to_string(checked.kind)) + " are not looked at"});
  }
  return plan_merge(read_struct<merge_config>(document), options.methods, planning);
}

/// Checks a configuration without errors against its models, of which only configurations, the
/// tokenizers' files and the headers of the weights are read.
inline diagnostics check_models(const checked_text& checked, const check_options& options,
                                const plan_options& planning) {
  finding_list findings(planning.config_file);
  diagnostics found;
  try {
    const merge_plan plan = plan_checked(checked, options, planning);
    found = plan.findings;
    detail::check_filters(checked.documents.front(), {}, plan, findings);
    std::uint64_t read = 0, written = 0;
    for (const planned_tensor& tensor : plan.tensors) {
      written += tensor.bytes();
      if (tensor.base) read += tensor.base->tensor.bytes;
      for (const planned_source& each : tensor.inputs) read += each.tensor.bytes;
    }
    findings.add("prediction",
                 {.at = {1, 1},
                  .what = "the merge makes " + std::to_string(plan.tensors.size()) +
                          " tensors, reads " + std::to_string(read) + " bytes and writes " +
                          std::to_string(written)});
  } catch (const failure& problem) {
    found = problem.findings();
  }
  for (diagnostic& each : found) {
    if (each.rule.empty()) each.rule = "model-finding";
  }
  findings.add(found);
  return findings.items();
}

}  // namespace tensormerge
