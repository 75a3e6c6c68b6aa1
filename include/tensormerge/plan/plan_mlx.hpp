#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/config/mlx_config.hpp>
#include <tensormerge/dtype/dispatch.hpp>
#include <tensormerge/dtype/dtype.hpp>
#include <tensormerge/error/failure.hpp>
#include <tensormerge/method/parameter_info.hpp>
#include <tensormerge/plan/finding_groups.hpp>
#include <tensormerge/plan/finish_plan.hpp>
#include <tensormerge/plan/fit_shapes.hpp>
#include <tensormerge/plan/layer_index.hpp>
#include <tensormerge/plan/merge_plan.hpp>
#include <tensormerge/plan/mlx_spans.hpp>
#include <tensormerge/plan/open_models.hpp>
#include <tensormerge/plan/plan_options.hpp>
#include <tensormerge/plan/same_tokenizer.hpp>
#include <tensormerge/plan/tensor_planner.hpp>
#include <tensormerge/plan/tensor_role.hpp>

namespace tensormerge {

namespace detail {

/// Plans one configuration of the MLX dialect: the base's tensors, with layers replaced by slices.
class mlx_planner {
 public:
  mlx_planner(const mlx_config& config, const std::vector<method_info>& methods,
              const plan_options& options)
      : config_(config), methods_(methods), options_(options) {}

  merge_plan plan() {
    open_models();
    findings_.throw_errors();
    if (options_.shapes != shape_policy::error) {
      fitting_.emplace(plan_.models, options_.shapes, findings_);
      tensors_.adjust_by(&*fitting_);
    }
    std::vector<std::string> names;
    for (const planned_model& model : plan_.models) {
      indices_.emplace_back(model.folder);
      names.push_back(model.name);
    }
    mlx_span_reader spans(plan_, indices_, names, options_.config_file, findings_);
    copy_outside(spans);
    const layer_index& base = indices_[plan_.donor];
    for (std::size_t i = 0; i < base.stacks().size(); ++i) copy_layers(base, i);
    for (std::size_t i = 0; i < config_.slices.size(); ++i) {
      const std::string path = "slices[" + std::to_string(i) + ']';
      const std::optional<mlx_span> span = spans.read(config_.slices[i], path, methods_);
      for (std::uint64_t layer = 0; span && layer < span->sources[0].layers; ++layer) {
        plan_layer(*span, layer);
      }
    }
    findings_.throw_errors();
    finish_plan(plan_, config_.advanced.dtype);
    plan_.findings = findings_.all();
    return std::move(plan_);
  }

 private:
  void report(text_position at, std::string what, std::string hint = {}) {
    findings_.add("mistakes in models", {.file = options_.config_file,
                                         .at = at,
                                         .path = "models",
                                         .what = std::move(what),
                                         .hint = std::move(hint)});
  }

  void open_models() {
    model_opener opener(plan_.models, options_, findings_);
    std::optional<std::size_t> marked;
    for (const mlx_model& model : config_.models) {
      const std::size_t before = plan_.models.size();
      const std::size_t index = opener.open(model.name, {.path = model.path, .at = model.at});
      if (plan_.models.size() == before) {
        report(model.at, "two models are named " + quoted_name(model.name));
      }
      if (model.base_model && marked) {
        report(model.at, "two models are marked as the base",
               "leave `base_model: true` to one of them");
      }
      if (model.base_model) marked = index;
    }
    if (!marked) {
      report({}, "no model is marked as the base", "give one of them `base_model: true`");
    }
    plan_.donor = plan_.tokenizer_donor = marked.value_or(0);
  }

  const checkpoint& weights(std::size_t model) const { return plan_.models[model].folder.weights; }

  dtype output_dtype(dtype stored) const {
    return is_mergeable(stored) ? config_.advanced.dtype.value_or(stored) : stored;
  }

  void put(planned_tensor tensor) {
    const auto [place, added] = by_name_.try_emplace(tensor.name, plan_.tensors.size());
    if (added) plan_.tensors.push_back(std::move(tensor));
    else plan_.tensors[place->second] = std::move(tensor);
  }

  void copy(std::string_view name, std::size_t model) {
    const tensor_entry& tensor = *weights(model).find(name);
    planned_tensor planned = plan_copy(tensor.name, model, weights(model).share(tensor));
    planned.type = output_dtype(tensor.type);
    planned.is_copy = planned.type == tensor.type;
    put(std::move(planned));
  }

  void copy_layers(const layer_index& base, std::size_t stack) {
    for (std::uint64_t layer = 0; layer < base.stacks()[stack].layers; ++layer) {
      for (const std::string_view suffix : base.suffixes(stack, layer)) {
        copy(join_layer_name(base.stacks()[stack].prefix, layer, suffix), plan_.donor);
      }
    }
  }

  /// All that is outside of the layers comes from the base, but for the embedding and the head
  /// where another model's tokenizer comes with its own; a head that is tied there is left out.
  void copy_outside(mlx_span_reader& spans) {
    const std::size_t vocabulary_donor = choose_vocabulary(spans);
    for (const std::string_view name : indices_[plan_.donor].outside()) {
      if (vocabulary_donor == plan_.donor || !has_row_per_token(name)) copy(name, plan_.donor);
    }
    if (vocabulary_donor == plan_.donor) return;
    for (const std::string_view name : indices_[vocabulary_donor].outside()) {
      if (!has_row_per_token(name)) continue;
      copy(name, vocabulary_donor);
      const shape& dims = weights(vocabulary_donor).find(name)->dims;
      if (role_of(name) == tensor_role::token_embedding && !dims.extents.empty()) {
        plan_.vocabulary_size = dims.extents.front();
      }
    }
  }

  /// Sets the tokenizer's donor, and returns the model whose embedding and head the output gets.
  std::size_t choose_vocabulary(mlx_span_reader& spans) {
    if (!config_.tokenizer) return plan_.donor;
    const mlx_tokenizer& wanted = *config_.tokenizer;
    const auto model = spans.model_named(wanted.source, wanted.at, "tokenizer.source");
    if (!model) return plan_.donor;
    plan_.tokenizer_donor = *model;
    if (wanted.preserve_embeddings) return *model;
    if (!have_same_tokenizer(plan_.models[*model], plan_.models[plan_.donor])) {
      findings_.add("settings to look at",
                    {.level = severity::warning,
                     .file = options_.config_file,
                     .at = wanted.at,
                     .path = "tokenizer",
                     .what = "the tokenizer of " + quoted_name(wanted.source) +
                             " is not that of the base, whose embeddings are kept",
                     .hint = "`preserve_embeddings: true` takes the embeddings along"});
    }
    return plan_.donor;
  }

  void plan_layer(const mlx_span& span, std::uint64_t layer) {
    const layer_index& base = indices_[plan_.donor];
    const mlx_span_source& first = span.sources[0];
    const std::uint64_t output_layer = first.first + layer;
    for (const std::string_view suffix : base.suffixes(0, output_layer)) {
      tensor_request request{
          .name = join_layer_name(base.stacks()[0].prefix, output_layer, suffix),
          .method = span.method,
          .scopes = &span.scopes};
      // Unlike mergekit, a slice of one layer stands at the start of its gradients.
      if (first.layers > 1) request.t = gradient_place(layer, first.layers);
      for (const mlx_span_source& each : span.sources) {
        // A shorter range is repeated.
        const std::uint64_t own_layer = each.first + layer % each.layers;
        request.sources.push_back(
            {.model = each.model,
             .name = join_layer_name(indices_[each.model].stacks()[0].prefix, own_layer, suffix),
             .scopes = &span.scopes,
             .at = each.at,
             .path = each.path});
      }
      const tensor_entry* own = weights(first.model).find(request.sources[0].name);
      if (own != nullptr) request.type = output_dtype(own->type);
      if (span.method->facts.base == base_use::required) request.base = 0;
      else request.sources.erase(request.sources.begin(), request.sources.end() - 1);
      std::optional<planned_tensor> tensor = tensors_.plan(request);
      if (tensor) put(std::move(*tensor));
    }
  }

  const mlx_config& config_;
  const std::vector<method_info>& methods_;
  const plan_options& options_;
  finding_groups findings_;
  merge_plan plan_;
  std::vector<layer_index> indices_;
  std::unordered_map<std::string, std::size_t> by_name_;
  std::optional<shape_fitting> fitting_;
  tensor_planner tensors_{plan_.models, options_.config_file, config_.at, findings_};
};

}  // namespace detail

/// The plan of a configuration in the MLX dialect. Opens the models (headers and config.json only)
/// and throws failure with every problem found. `methods`: those of the dialect, as
/// describe_methods gives them.
inline merge_plan plan_mlx(const mlx_config& config, const std::vector<method_info>& methods,
                           const plan_options& options = {}) {
  return detail::mlx_planner(config, methods, options).plan();
}

}  // namespace tensormerge
