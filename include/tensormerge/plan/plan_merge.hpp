#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/config/merge_config.hpp>
#include <tensormerge/error/failure.hpp>
#include <tensormerge/method/parameter_info.hpp>
#include <tensormerge/plan/align_vocabulary.hpp>
#include <tensormerge/plan/check_architectures.hpp>
#include <tensormerge/plan/check_slices.hpp>
#include <tensormerge/plan/entry_adjustment.hpp>
#include <tensormerge/plan/find_method.hpp>
#include <tensormerge/plan/finding_groups.hpp>
#include <tensormerge/plan/finish_plan.hpp>
#include <tensormerge/plan/fit_shapes.hpp>
#include <tensormerge/plan/layer_index.hpp>
#include <tensormerge/plan/layer_spans.hpp>
#include <tensormerge/plan/merge_plan.hpp>
#include <tensormerge/plan/merge_slices.hpp>
#include <tensormerge/plan/model_modules.hpp>
#include <tensormerge/plan/open_models.hpp>
#include <tensormerge/plan/plan_chat_template.hpp>
#include <tensormerge/plan/plan_options.hpp>
#include <tensormerge/plan/plan_tokenizer.hpp>
#include <tensormerge/plan/slice_request.hpp>
#include <tensormerge/plan/tensor_planner.hpp>
#include <tensormerge/plan/tensor_role.hpp>
#include <tensormerge/plan/truncate_embeddings.hpp>

namespace tensormerge {

namespace detail {

/// Plans one configuration of mergekit's dialect; steps that build on sound ones throw before they
/// begin where anything was wrong until then.
class merge_planner {
 public:
  merge_planner(const merge_config& config, const method_info& method, const plan_options& options)
      : config_(config), method_(method), options_(options) {
    std::vector<std::string> names;
    for (auto& [name, slices] : make_module_slices(config)) {
      names.push_back(name);
      parts_.push_back({.slices = std::move(slices)});
    }
    modules_ = model_modules(std::move(names));
  }

  merge_plan plan() {
    for (const part& each : parts_) {
      for (const merge_slice& slice : each.slices) {
        check_slice(slice, method_.facts, options_.config_file, findings_);
      }
    }
    open_models();
    if (!options_.allow_crimes) check_architectures(plan_.models, findings_);
    findings_.throw_errors();
    plan_vocabulary();
    findings_.throw_errors();
    for (std::size_t i = 0; i < parts_.size(); ++i) find_layers(i);
    findings_.throw_errors();
    for (const part& each : parts_) {
      plan_layers(each);
      plan_outside(each);
    }
    copy_what_no_module_has();
    findings_.throw_errors();
    finish_plan(plan_, output_type(), options_.layout);
    plan_.findings = findings_.all();
    return std::move(plan_);
  }

 private:
  /// A module of the configuration, or the whole model, and what its models are made of.
  struct part {
    std::vector<merge_slice> slices{};
    std::vector<std::vector<std::size_t>> models_of_slice{};
    std::vector<layer_index> indices{};  // of each model of the plan
    std::vector<std::vector<layer_span>> spans_of_slice{};

    bool has_ranges() const { return slices.front().inputs.front().range.has_value(); }
  };

  std::optional<dtype> output_type() const {
    return config_.out_dtype ? config_.out_dtype : config_.dtype;
  }

  void open_models() {
    model_opener opener(plan_.models, options_, findings_);
    for (part& its : parts_) {
      for (const merge_slice& slice : its.slices) {
        std::vector<std::size_t>& models = its.models_of_slice.emplace_back();
        for (const slice_input& input : slice.inputs) {
          models.push_back(opener.open(*input.reference));
        }
      }
    }
    if (config_.base_model) plan_.donor = opener.open(*config_.base_model);
    plan_.tokenizer_donor = plan_.donor;
  }

  /// What becomes of tensors with a row for each token.
  void plan_vocabulary() {
    if (std::optional<token_alignment> alignment =
            plan_tokenizer(config_, options_, plan_, findings_)) {
      adjustment_ = std::make_unique<vocabulary_alignment>(plan_.models, std::move(*alignment),
                                                           findings_);
    } else if (options_.truncate_embeddings && !config_.tokenizer && !config_.tokenizer_source) {
      adjustment_ = std::make_unique<embedding_truncation>(findings_);
    }
    plan_chat_template(config_, options_.config_file, plan_, findings_);
    if (options_.shapes != shape_policy::error) {
      fitting_.emplace(plan_.models, options_.shapes, findings_, adjustment_.get());
    }
    tensors_.adjust_by(fitting_ ? &*fitting_ : adjustment_.get());
  }

  void find_layers(std::size_t number) {
    part& its = parts_[number];
    std::vector<std::string> names;
    for (const planned_model& model : plan_.models) {
      const stack_choice choice = its.has_ranges() ? stack_choice::main : stack_choice::all;
      its.indices.emplace_back(model.folder, choice, [&](std::string_view tensor) {
        return parts_.size() == 1 || modules_.module_of(tensor) == number;
      });
      names.push_back(model.name);
    }
    layer_span_finder finder(its.indices, names, options_.config_file, findings_);
    for (std::size_t i = 0; i < its.slices.size(); ++i) {
      its.spans_of_slice.push_back(finder.find(its.slices[i], its.models_of_slice[i]));
    }
  }

  void plan_layers(const part& its) {
    std::vector<std::uint64_t> next;  // the output layer that comes next, by stack
    planned_stack made;
    for (std::size_t i = 0; i < its.slices.size(); ++i) {
      for (const layer_span& span : its.spans_of_slice[i]) {
        next.resize(std::max(next.size(), span.stack + 1));
        for (std::uint64_t layer = 0; layer < span.layers; ++layer) {
          plan_layer(its, i, span, layer, next[span.stack]++);
          const std::size_t lead = leading_input(its.slices[i]);
          made.layers.push_back({its.models_of_slice[i][lead], span.first[lead] + layer});
          made.prefix = output_prefix(its, i, span.stack);
        }
      }
    }
    if (its.has_ranges()) plan_.stacks.push_back(std::move(made));
  }

  /// The input of a slice that says what kind of layers its own are: the base where it is there.
  static std::size_t leading_input(const merge_slice& slice) {
    for (std::size_t i = 0; i < slice.inputs.size(); ++i) {
      if (slice.base != nullptr && *slice.inputs[i].reference == *slice.base) return i;
    }
    return 0;
  }

  const std::string& output_prefix(const part& its, std::size_t slice, std::size_t stack) const {
    const bool donor_has_it = its.indices[plan_.donor].stacks().size() > stack;
    const std::size_t model = donor_has_it ? plan_.donor : its.models_of_slice[slice].front();
    return its.indices[model].stacks()[stack].prefix;
  }

  void plan_layer(const part& its, std::size_t slice, const layer_span& span, std::uint64_t layer,
                  std::uint64_t output_layer) {
    const std::vector<std::size_t>& models = its.models_of_slice[slice];
    std::vector<std::string_view> suffixes;
    for (std::size_t i = 0; i < models.size(); ++i) {
      const auto own = its.indices[models[i]].suffixes(span.stack, span.first[i] + layer);
      suffixes.insert(suffixes.end(), own.begin(), own.end());
    }
    std::sort(suffixes.begin(), suffixes.end());
    suffixes.erase(std::unique(suffixes.begin(), suffixes.end()), suffixes.end());
    const std::string& prefix = output_prefix(its, slice, span.stack);
    for (const std::string_view suffix : suffixes) {
      tensor_request request =
          request_for(its, slice, join_layer_name(prefix, output_layer, suffix));
      request.t = gradient_place(layer, span.layers);
      for (std::size_t i = 0; i < models.size(); ++i) {
        request.sources[i].name = join_layer_name(
            its.indices[models[i]].stacks()[span.stack].prefix, span.first[i] + layer, suffix);
      }
      add(std::move(request));
    }
  }

  /// What comes before the layers is merged as the first slice, what comes after as the last. A
  /// head of the first model is written even where those of the last slice are tied.
  void plan_outside(const part& its) {
    const auto is_early = [](std::string_view name) {
      const tensor_role role = role_of(name);
      return role == tensor_role::token_embedding || role == tensor_role::other_embedding;
    };
    std::vector<std::string_view> early, late;
    for (const std::size_t model : its.models_of_slice.front()) {
      for (const std::string_view name : its.indices[model].outside()) {
        if (is_early(name)) early.push_back(name);
      }
    }
    for (const std::size_t model : its.models_of_slice.back()) {
      for (const std::string_view name : its.indices[model].outside()) {
        if (!is_early(name)) late.push_back(name);
      }
    }
    for (const std::string_view name : its.indices[its.models_of_slice.front().front()].outside()) {
      if (role_of(name) == tensor_role::head) late.push_back(name);
    }
    plan_outside(its, 0, std::move(early));
    plan_outside(its, its.slices.size() - 1, std::move(late));
  }

  void plan_outside(const part& its, std::size_t slice, std::vector<std::string_view> names) {
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    for (const std::string_view name : names) {
      tensor_request request = request_for(its, slice, std::string(name));
      for (source_request& source : request.sources) source.name = name;
      add(std::move(request));
    }
  }

  /// A configuration need not name every module: the rest is the donor's.
  void copy_what_no_module_has() {
    if (parts_.size() == 1) return;
    const planned_model& donor = plan_.models[plan_.donor];
    for (const tensor_entry& tensor : donor.folder.weights.tensors()) {
      if (modules_.module_of(tensor.name)) continue;
      findings_.add_once("of no module",
                         {.level = severity::warning,
                          .file = options_.config_file,
                          .path = "modules",
                          .what = "tensors that belong to no module are taken from " +
                                  quoted_name(donor.name) + " as they are",
                          .found = quoted_name(tensor.name)});
      plan_.tensors.push_back(plan_copy(tensor.name, plan_.donor,
                                        donor.folder.weights.share(tensor), output_type()));
    }
  }

  /// A request with everything but the sources' tensor names.
  tensor_request request_for(const part& its, std::size_t slice, std::string name) const {
    tensor_request request = request_of_slice(config_, method_, its.slices[slice],
                                              its.models_of_slice[slice], std::move(name));
    if (options_.allow_crimes) request.partial = partial_policy::all;
    return request;
  }

  void add(tensor_request request) {
    std::optional<planned_tensor> tensor = tensors_.plan(std::move(request));
    if (tensor) plan_.tensors.push_back(std::move(*tensor));
  }

  const merge_config& config_;
  const method_info& method_;
  const plan_options& options_;
  finding_groups findings_;
  merge_plan plan_;
  std::vector<part> parts_;
  model_modules modules_{{}};
  std::unique_ptr<entry_adjustment> adjustment_;
  std::optional<shape_fitting> fitting_;
  tensor_planner tensors_{plan_.models, options_.config_file, config_.at, findings_};
};

}  // namespace detail

/// The plan of a configuration in mergekit's dialect. Opens the models (headers and config.json
/// only) and throws failure with every problem found: of the models and slices first, and where
/// there is none, of the tensors. `methods`: those the configuration may name, as describe_methods
/// gives them.
inline merge_plan plan_merge(const merge_config& config, const std::vector<method_info>& methods,
                             const plan_options& options = {}) {
  const method_info& method =
      find_method(methods, to_string(config.merge_method), options.config_file, "merge_method");
  return detail::merge_planner(config, method, options).plan();
}

}  // namespace tensormerge
