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
#include <tensormerge/plan/layer_index.hpp>
#include <tensormerge/plan/layer_spans.hpp>
#include <tensormerge/plan/merge_plan.hpp>
#include <tensormerge/plan/merge_slices.hpp>
#include <tensormerge/plan/open_models.hpp>
#include <tensormerge/plan/plan_chat_template.hpp>
#include <tensormerge/plan/plan_options.hpp>
#include <tensormerge/plan/plan_tokenizer.hpp>
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
      : config_(config), method_(method), options_(options), slices_(make_slices(config)) {}

  merge_plan plan() {
    if (config_.modules.size() > 1) {
      findings_.add("settings that are not supported",
                    {.file = options_.config_file,
                     .at = config_.modules[1].second.at,
                     .path = "modules",
                     .what = "merging several modules is not supported yet"});
    }
    for (const merge_slice& slice : slices_) {
      check_slice(slice, method_.facts, options_.config_file, findings_);
    }
    open_models();
    if (!options_.allow_crimes) check_architectures(plan_.models, findings_);
    findings_.throw_errors();
    plan_vocabulary();
    findings_.throw_errors();
    find_layers();
    findings_.throw_errors();
    plan_layers();
    plan_outside();
    findings_.throw_errors();
    finish_plan(plan_, config_.out_dtype ? config_.out_dtype : config_.dtype);
    plan_.findings = findings_.all();
    return std::move(plan_);
  }

 private:
  void open_models() {
    model_opener opener(plan_.models, options_, findings_);
    for (const merge_slice& slice : slices_) {
      std::vector<std::size_t>& models = models_of_slice_.emplace_back();
      for (const slice_input& input : slice.inputs) models.push_back(opener.open(*input.reference));
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
    tensors_.adjust_by(adjustment_.get());
  }

  void find_layers() {
    std::vector<std::string> names;
    for (const planned_model& model : plan_.models) {
      indices_.emplace_back(model.folder);
      names.push_back(model.name);
    }
    layer_span_finder finder(indices_, names, options_.config_file, findings_);
    for (std::size_t i = 0; i < slices_.size(); ++i) {
      spans_of_slice_.push_back(finder.find(slices_[i], models_of_slice_[i]));
    }
  }

  void plan_layers() {
    std::vector<std::uint64_t> next;  // the output layer that comes next, by stack
    for (std::size_t i = 0; i < slices_.size(); ++i) {
      for (const layer_span& span : spans_of_slice_[i]) {
        next.resize(std::max(next.size(), span.stack + 1));
        for (std::uint64_t layer = 0; layer < span.layers; ++layer) {
          plan_layer(i, span, layer, next[span.stack]++);
        }
      }
    }
    if (slices_.front().inputs.front().range && !next.empty()) plan_.layers = next.front();
  }

  void plan_layer(std::size_t slice, const layer_span& span, std::uint64_t layer,
                  std::uint64_t output_layer) {
    const std::vector<std::size_t>& models = models_of_slice_[slice];
    std::vector<std::string_view> suffixes;
    for (std::size_t i = 0; i < models.size(); ++i) {
      const auto own = indices_[models[i]].suffixes(span.stack, span.first[i] + layer);
      suffixes.insert(suffixes.end(), own.begin(), own.end());
    }
    std::sort(suffixes.begin(), suffixes.end());
    suffixes.erase(std::unique(suffixes.begin(), suffixes.end()), suffixes.end());
    const bool donor_has_it = indices_[plan_.donor].stacks().size() > span.stack;
    const std::string& prefix =
        indices_[donor_has_it ? plan_.donor : models.front()].stacks()[span.stack].prefix;
    for (const std::string_view suffix : suffixes) {
      tensor_request request = request_for(slice, join_layer_name(prefix, output_layer, suffix));
      request.t = gradient_place(layer, span.layers);
      for (std::size_t i = 0; i < models.size(); ++i) {
        request.sources[i].name = join_layer_name(
            indices_[models[i]].stacks()[span.stack].prefix, span.first[i] + layer, suffix);
      }
      add(request);
    }
  }

  /// What comes before the layers is merged as the first slice, what comes after as the last. A
  /// head of the first model is written even where those of the last slice are tied.
  void plan_outside() {
    const auto is_early = [](std::string_view name) {
      const tensor_role role = role_of(name);
      return role == tensor_role::token_embedding || role == tensor_role::other_embedding;
    };
    std::vector<std::string_view> early, late;
    for (const std::size_t model : models_of_slice_.front()) {
      for (const std::string_view name : indices_[model].outside()) {
        if (is_early(name)) early.push_back(name);
      }
    }
    for (const std::size_t model : models_of_slice_.back()) {
      for (const std::string_view name : indices_[model].outside()) {
        if (!is_early(name)) late.push_back(name);
      }
    }
    for (const std::string_view name : indices_[models_of_slice_.front().front()].outside()) {
      if (role_of(name) == tensor_role::head) late.push_back(name);
    }
    plan_outside(0, std::move(early));
    plan_outside(slices_.size() - 1, std::move(late));
  }

  void plan_outside(std::size_t slice, std::vector<std::string_view> names) {
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    for (const std::string_view name : names) {
      tensor_request request = request_for(slice, std::string(name));
      for (source_request& source : request.sources) source.name = name;
      add(request);
    }
  }

  /// A request with everything but the sources' tensor names.
  tensor_request request_for(std::size_t slice, std::string name) const {
    const merge_slice& its = slices_[slice];
    tensor_request request{.name = std::move(name), .method = &method_, .scopes = &its.scopes};
    request.type = config_.out_dtype ? config_.out_dtype : config_.dtype;
    request.is_widened = method_.facts.writes_float32 && !config_.out_dtype;
    for (std::size_t i = 0; i < its.inputs.size(); ++i) {
      const slice_input& input = its.inputs[i];
      const bool is_base = method_.facts.base != base_use::ignored && its.base != nullptr &&
                           *input.reference == *its.base;
      if (is_base) request.base = i;
      if (its.base != nullptr && *input.reference == *its.base) request.token_base = i;
      request.sources.push_back({.model = models_of_slice_[slice][i],
                                 .scopes = &input.scopes,
                                 .at = input.at,
                                 .path = input.path});
      if (input.is_appended) {
        request.sources.back().hint = "`models` does not list the base model, so it is one more "
                                      "model here: list it with its parameters, or remove it";
      }
    }
    return request;
  }

  void add(const tensor_request& request) {
    std::optional<planned_tensor> tensor = tensors_.plan(request);
    if (tensor) plan_.tensors.push_back(std::move(*tensor));
  }

  const merge_config& config_;
  const method_info& method_;
  const plan_options& options_;
  finding_groups findings_;
  merge_plan plan_;
  std::vector<merge_slice> slices_;
  std::vector<std::vector<std::size_t>> models_of_slice_;
  std::vector<layer_index> indices_;
  std::vector<std::vector<layer_span>> spans_of_slice_;
  std::unique_ptr<entry_adjustment> adjustment_;
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
