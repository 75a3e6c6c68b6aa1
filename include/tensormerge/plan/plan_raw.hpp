#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/config/merge_config.hpp>
#include <tensormerge/method/parameter_info.hpp>
#include <tensormerge/plan/check_slices.hpp>
#include <tensormerge/plan/find_method.hpp>
#include <tensormerge/plan/finding_groups.hpp>
#include <tensormerge/plan/finish_plan.hpp>
#include <tensormerge/plan/merge_plan.hpp>
#include <tensormerge/plan/merge_slices.hpp>
#include <tensormerge/plan/open_models.hpp>
#include <tensormerge/plan/plan_options.hpp>
#include <tensormerge/plan/slice_request.hpp>
#include <tensormerge/plan/tensor_planner.hpp>

namespace tensormerge {

/// Which tensors a merge of plain checkpoints makes: those of its models, which must all have them;
/// only those that all have; or each that any has, of the models that have it.
enum class raw_tensors { same, intersection, all };

namespace detail {

class raw_planner {
 public:
  raw_planner(const merge_config& config, const method_info& method, const plan_options& options,
              raw_tensors wanted)
      : config_(config), method_(method), options_(options), wanted_(wanted) {}

  merge_plan plan() {
    refuse_slices();
    findings_.throw_errors();
    slice_ = make_slices(config_).front();
    check_slice(slice_, method_.facts, options_.config_file, findings_);
    model_opener opener(plan_.models, options_, findings_);
    for (const slice_input& input : slice_.inputs) {
      // A path may hold the characters that mark revisions and adapters elsewhere.
      models_.push_back(opener.open({.path = input.reference->text(), .at = input.at}));
    }
    findings_.throw_errors();
    warn_of_tensors_of_the_base();
    tensor_planner tensors(plan_.models, options_.config_file, config_.at, findings_);
    for (const std::string_view name : names()) {
      tensor_request request =
          request_of_slice(config_, method_, slice_, models_, std::string(name));
      request.partial = wanted_ == raw_tensors::all ? partial_policy::all : partial_policy::none;
      request.buffers_must_agree = true;
      for (source_request& source : request.sources) source.name = name;
      std::optional<planned_tensor> tensor = tensors.plan(std::move(request));
      if (tensor) plan_.tensors.push_back(std::move(*tensor));
    }
    findings_.throw_errors();
    finish_plan(plan_, std::nullopt, options_.layout);
    plan_.findings = findings_.all();
    return std::move(plan_);
  }

 private:
  void refuse_slices() {
    if (!config_.models.empty()) return;
    findings_.add("mistakes", {.file = options_.config_file,
                               .at = config_.at,
                               .path = config_.slices.empty() ? "modules" : "slices",
                               .what = "plain checkpoints have no layers to choose from",
                               .expected = "`models`"});
  }

  bool has(std::size_t model, std::string_view name) const {
    return plan_.models[model].folder.weights.find(name) != nullptr;
  }

  /// The names of the tensors that the configuration's models have, sorted.
  std::vector<std::string_view> names() const {
    std::vector<std::string_view> list;
    for (std::size_t i = 0; i < models_.size(); ++i) {
      if (slice_.inputs[i].is_appended) continue;
      for (const tensor_entry& tensor : plan_.models[models_[i]].folder.weights.tensors()) {
        list.push_back(tensor.name);
      }
    }
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    if (wanted_ == raw_tensors::intersection) {
      std::erase_if(list, [this](std::string_view name) {
        return !std::all_of(models_.begin(), models_.end(),
                            [&](std::size_t model) { return has(model, name); });
      });
    }
    return list;
  }

  /// mergekit takes the names from `models` alone, and so what only an unlisted base has is lost.
  void warn_of_tensors_of_the_base() {
    if (!slice_.inputs.back().is_appended) return;
    const planned_model& base = plan_.models[models_.back()];
    for (const tensor_entry& tensor : base.folder.weights.tensors()) {
      const bool is_listed =
          std::any_of(models_.begin(), models_.end() - 1,
                      [&](std::size_t model) { return has(model, tensor.name); });
      if (is_listed) continue;
      findings_.add_once("of the base alone",
                         {.level = severity::warning,
                          .file = base.folder.path.string(),
                          .what = "tensors that only the base model has are left out",
                          .found = quoted_name(tensor.name),
                          .hint = "list the base in `models` too"});
    }
  }

  const merge_config& config_;
  const method_info& method_;
  const plan_options& options_;
  raw_tensors wanted_;
  finding_groups findings_;
  merge_plan plan_;
  merge_slice slice_;
  std::vector<std::size_t> models_;
};

}  // namespace detail

/// The plan of a merge of plain checkpoints, without any notion of layers or architectures: each
/// `model` is a file of weights. Gradients take their first value. Integers and booleans must be
/// equal in all models. Throws failure with every problem found.
inline merge_plan plan_raw(const merge_config& config, const std::vector<method_info>& methods,
                           const plan_options& options, raw_tensors wanted = raw_tensors::same) {
  const method_info& method =
      find_method(methods, to_string(config.merge_method), options.config_file, "merge_method");
  return detail::raw_planner(config, method, options, wanted).plan();
}

}  // namespace tensormerge
