#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <tensormerge/check/check_text.hpp>
#include <tensormerge/check/finding_list.hpp>
#include <tensormerge/config/for_each_reference.hpp>
#include <tensormerge/config/merge_config.hpp>
#include <tensormerge/config/mlx_config.hpp>
#include <tensormerge/config/moe_config.hpp>
#include <tensormerge/config/read_struct.hpp>
#include <tensormerge/config/read_values.hpp>
#include <tensormerge/config/schema/decimal.hpp>
#include <tensormerge/plan/merge_plan.hpp>
#include <tensormerge/plan/plan_merge.hpp>
#include <tensormerge/plan/plan_mlx.hpp>
#include <tensormerge/plan/plan_raw.hpp>
#include <tensormerge/plan/plan_traffic.hpp>

namespace tensormerge {

namespace detail {

inline bool names_contain(const merge_plan& plan, std::string_view part) {
  const auto contains = [part](const std::string& name) {
    return name.find(part) != std::string::npos;
  };
  return std::any_of(plan.tensors.begin(), plan.tensors.end(), [&](const planned_tensor& tensor) {
    return contains(tensor.name) ||
           std::any_of(tensor.inputs.begin(), tensor.inputs.end(),
                       [&](const planned_source& each) { return contains(each.tensor->name); });
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

/// The plan of a checked configuration without errors that makes one model. Throws failure as
/// plan_merge, plan_mlx and plan_raw do, and for dialects that are not merged by one plan.
inline merge_plan plan_checked(const checked_text& checked, const check_options& options,
                               const plan_options& planning) {
  const node& document = checked.documents.front();
  if (checked.kind == dialect::mlx) {
    return plan_mlx(read_struct<mlx_config>(document), options.mlx_methods, planning);
  }
  if (checked.kind == dialect::raw) {
    return plan_raw(read_struct<merge_config>(document), options.methods, planning);
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

/// How much memory a merge will take, in bytes, for those who know how it is carried out.
using memory_prediction = std::function<std::uint64_t(const merge_plan&)>;

namespace detail {

/// `1.5 GB`, in powers of ten.
inline std::string bytes_text(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 5> units{" bytes", " kB", " MB", " GB", " TB"};
  constexpr double step = 1000, tenths = 10;
  double number = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (number >= step && unit + 1 < units.size()) {
    number /= step;
    ++unit;
  }
  return schema::number_text(std::round(number * tenths) / tenths) + std::string(units[unit]);
}

/// What carrying out a plan will take.
inline diagnostic predict(const merge_plan& plan, text_position at,
                          const memory_prediction& memory) {
  const plan_traffic traffic = traffic_of(plan);
  diagnostic said{.at = at,
                  .what = "the merge makes " + std::to_string(plan.tensors.size()) +
                          " tensors, reads " + bytes_text(traffic.read) + " and writes " +
                          bytes_text(traffic.written)};
  if (memory) said.what += ", in " + bytes_text(memory(plan)) + " of memory";
  said.what += "; where storage moves 1 GB a second, that takes " +
               schema::number_text(least_seconds(traffic)) + " s or more";
  return said;
}

/// Checks that the experts of a mixture have tensors of the same names and shapes as its base, and
/// tokenizers that fit: as a merge of all of them would have to.
inline diagnostics check_experts(const node& document, const check_options& options,
                                 const plan_options& planning) {
  const moe_config mixture = read_struct<moe_config>(document);
  merge_config config{.at = mixture.at};
  config.merge_method = merge_method::karcher;  // takes any number of models and no parameters
  const auto add = [&config](const model_reference& model) {
    const bool known = std::any_of(config.models.begin(), config.models.end(),
                                   [&](const model_entry& each) { return each.model == model; });
    if (!known) config.models.push_back({.model = model, .at = model.at});
  };
  add(mixture.base_model);
  for (const expert& each : mixture.experts) add(each.source_model);
  for (const expert& each : mixture.shared_experts) add(each.source_model);
  if (config.models.size() < 2) return {};
  diagnostics found;
  try {
    found = plan_merge(config, options.methods, planning).findings;
  } catch (const failure& problem) {
    found = problem.findings();
  }
  for (diagnostic& each : found) {
    if (each.path.starts_with("models[")) each.path.clear();  // the place says it
  }
  return found;
}

/// The name of another merge of the file whose result a merge uses, or nothing.
inline std::string used_merge(const std::vector<node>& documents, merge_config config) {
  std::string used;
  const auto take = [&](model_reference& reference) {
    for (const node& other : documents) {
      const node* name = other.find("name");
      if (name != nullptr && name->is_string() && name->text == reference.path) used = name->text;
    }
  };
  for_each_reference(config, take);
  return used;
}

}  // namespace detail

/// Checks a configuration without errors against its models, of which only configurations, the
/// tokenizers' files and the headers of the weights are read. Merges that use results of others are
/// left out, and so are searches.
inline diagnostics check_models(const checked_text& checked, const check_options& options,
                                const plan_options& planning,
                                const memory_prediction& memory = {}) {
  finding_list findings(planning.config_file);
  for (const node& document : checked.documents) {
    diagnostics found;
    const text_position start = detail::start_of(document);
    try {
      if (checked.kind == dialect::moe) {
        found = detail::check_experts(document, options, planning);
      } else if (checked.kind == dialect::evolve || checked.kind == dialect::bakllama ||
                 checked.kind == dialect::mlx_lm) {
        findings.add("prediction",
                     {.at = start, .what = "models are not looked at for this dialect"});
      } else {
        const bool one_of_many = checked.documents.size() > 1;
        const std::string used =
            one_of_many ? detail::used_merge(checked.documents, read_struct<merge_config>(document))
                        : std::string();
        if (!used.empty()) {
          findings.add("prediction", {.at = start,
                                      .what = "models are not looked at, since the result of `" +
                                              used + "` is one of them"});
          continue;
        }
        const merge_plan plan = plan_checked({checked.kind, {document}, {}}, options, planning);
        found = plan.findings;
        detail::check_filters(document, {}, plan, findings);
        findings.add("prediction", detail::predict(plan, start, memory));
      }
    } catch (const failure& problem) {
      found = problem.findings();
    }
    for (diagnostic& each : found) {
      if (each.rule.empty()) each.rule = "model-finding";
    }
    findings.add(found);
  }
  return findings.items();
}

}  // namespace tensormerge
