#pragma once

#include <algorithm>
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
#include <tensormerge/error/failure.hpp>
#include <tensormerge/method/parameter_info.hpp>
#include <tensormerge/plan/choose_tokenizer.hpp>
#include <tensormerge/plan/find_method.hpp>
#include <tensormerge/plan/finding_groups.hpp>
#include <tensormerge/plan/finish_plan.hpp>
#include <tensormerge/plan/layer_index.hpp>
#include <tensormerge/plan/layer_spans.hpp>
#include <tensormerge/plan/merge_plan.hpp>
#include <tensormerge/plan/open_models.hpp>
#include <tensormerge/plan/plan_options.hpp>
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
    std::vector<std::string> names;
    for (const planned_model& model : plan_.models) {
      indices_.emplace_back(model.folder);
      names.push_back(model.name);
    }
    for (const tensor_entry& tensor : base().weights.tensors()) copy(tensor, plan_.donor);
    take_tokenizer();
    layer_span_finder ranges(indices_, names, options_.config_file, findings_);
    for (std::size_t i = 0; i < config_.slices.size(); ++i) {
      plan_slice(config_.slices[i], "slices[" + std::to_string(i) + ']', ranges);
    }
    findings_.throw_errors();
    finish_plan(plan_, config_.advanced.dtype);
    plan_.findings = findings_.all();
    return std::move(plan_);
  }

 private:
  /// One source of a slice: a model and its layers.
  struct source {
    std::size_t model = 0;
    std::uint64_t first = 0, layers = 0;
    text_position at{};
    std::string path{};
  };

  const model_folder& base() const { return plan_.models[plan_.donor].folder; }

  void report(text_position at, std::string path, std::string what, std::string hint = {}) {
    findings_.add("mistakes", {.file = options_.config_file,
                               .at = at,
                               .path = std::move(path),
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
        report(model.at, "models", "two models are named " + quoted_name(model.name));
      }
      if (model.base_model && marked) {
        report(model.at, "models", "two models are marked as the base",
               "leave `base_model: true` to one of them");
      }
      if (model.base_model) marked = index;
    }
    if (!marked) {
      report({}, "models", "no model is marked as the base", "give one of them `base_model: true`");
    }
    plan_.donor = plan_.tokenizer_donor = marked.value_or(0);
  }

  std::optional<std::size_t> model_named(const std::string& name, text_position at,
                                         const std::string& path) {
    for (std::size_t i = 0; i < plan_.models.size(); ++i) {
      if (plan_.models[i].name == name) return i;
    }
    report(at, path, "no model is named " + quoted_name(name));
    return std::nullopt;
  }

  dtype output_dtype(dtype stored) const {
    return is_float(stored) ? config_.advanced.dtype.value_or(stored) : stored;
  }

  void copy(const tensor_entry& tensor, std::size_t model) {
    planned_tensor planned = plan_copy(tensor.name, model, tensor);
    planned.type = output_dtype(tensor.type);
    put(std::move(planned));
  }

  void put(planned_tensor tensor) {
    const auto [place, added] = by_name_.try_emplace(tensor.name, plan_.tensors.size());
    if (added) plan_.tensors.push_back(std::move(tensor));
    else plan_.tensors[place->second] = std::move(tensor);
  }

  /// The tokenizer of another model comes with its own rows of embedding and head, where they are to
  /// be preserved; a head that is tied there is left out.
  void take_tokenizer() {
    if (!config_.tokenizer) return;
    const mlx_tokenizer& wanted = *config_.tokenizer;
    const auto model = model_named(wanted.source, wanted.at, "tokenizer.source");
    if (!model || *model == plan_.donor) return;
    plan_.tokenizer_donor = *model;
    if (!wanted.preserve_embeddings) {
      if (have_same_tokenizer(plan_.models[*model], plan_.models[plan_.donor])) return;
      findings_.add("settings to look at",
                    {.level = severity::warning,
                     .file = options_.config_file,
                     .at = wanted.at,
                     .path = "tokenizer",
                     .what = "the tokenizer of " + quoted_name(wanted.source) +
                             " is not that of the base, whose embeddings are kept",
                     .hint = "`preserve_embeddings: true` takes the embeddings along"});
      return;
    }
    std::erase_if(plan_.tensors, [](const planned_tensor& t) { return has_row_per_token(t.name); });
    by_name_.clear();
    for (std::size_t i = 0; i < plan_.tensors.size(); ++i) {
      by_name_.emplace(plan_.tensors[i].name, i);
    }
    for (const std::string_view name : indices_[*model].outside()) {
      if (!has_row_per_token(name)) continue;
      const tensor_entry& tensor = *plan_.models[*model].folder.weights.find(name);
      copy(tensor, *model);
      if (role_of(name) == tensor_role::token_embedding && !tensor.dims.extents.empty()) {
        plan_.vocabulary_size = tensor.dims.extents.front();
      }
    }
  }

  std::optional<source> find_source(const mlx_source& given, const std::string& path,
                                    layer_span_finder& ranges) {
    const auto model = model_named(given.model, given.at, path + ".model");
    if (!model) return std::nullopt;
    const std::vector<layer_stack>& stacks = indices_[*model].stacks();
    layer_range range{.begin = 0, .end = 0, .at = given.at};
    if (stacks.size() == 1) range.end = static_cast<std::int64_t>(stacks[0].layers);
    if (given.layer_range) range = *given.layer_range;
    if (!ranges.check_range(range, *model, path + ".layer_range")) return std::nullopt;
    return source{*model, static_cast<std::uint64_t>(range.begin),
                  static_cast<std::uint64_t>(range.size()), range.at, path};
  }

  void plan_slice(const mlx_slice& slice, const std::string& path, layer_span_finder& ranges) {
    std::vector<source> sources;
    for (std::size_t i = 0; i < slice.sources.size(); ++i) {
      const auto found = find_source(slice.sources[i],
                                     path + ".sources[" + std::to_string(i) + ']', ranges);
      if (found) sources.push_back(*found);
    }
    const bool one = slice.sources.size() == 1;
    const auto name = slice.merge_method.value_or(one ? mlx_merge_method::passthrough
                                                      : mlx_merge_method::slerp);
    if (slice.sources.empty() || slice.sources.size() > 2 ||
        (one && name != mlx_merge_method::passthrough)) {
      report(slice.at, path + ".sources",
             std::string(to_string(name)) + " cannot merge " +
                 std::to_string(slice.sources.size()) + " sources",
             "one source is for passthrough, two are for the other methods");
      return;
    }
    if (sources.size() != slice.sources.size() || !claim_layers(sources[0])) return;
    const method_info& method =
        find_method(methods_, to_string(name), options_.config_file, path + ".merge_method");
    const parameter_scopes scopes{&slice.parameters};
    for (std::uint64_t layer = 0; layer < sources[0].layers; ++layer) {
      plan_layer(sources, layer, method, scopes);
    }
  }

  /// Whether the base has these layers and no slice before has made them.
  bool claim_layers(const source& first) {
    const std::vector<layer_stack>& stacks = indices_[plan_.donor].stacks();
    const std::uint64_t end = first.first + first.layers;
    if (stacks.size() != 1 || end > stacks[0].layers) {
      report(first.at, first.path, "the base has no layers of these numbers");
      return false;
    }
    made_.resize(stacks[0].layers);
    for (std::uint64_t i = first.first; i < end; ++i) {
      if (made_[i]) {
        report(first.at, first.path,
               "layer " + std::to_string(i) + " of the base is made by a slice before");
        return false;
      }
      made_[i] = true;
    }
    return true;
  }

  void plan_layer(const std::vector<source>& sources, std::uint64_t layer,
                  const method_info& method, const parameter_scopes& scopes) {
    const std::uint64_t output_layer = sources[0].first + layer;
    const std::string& prefix = indices_[plan_.donor].stacks()[0].prefix;
    for (const std::string_view suffix : indices_[plan_.donor].suffixes(0, output_layer)) {
      tensor_request request{.name = join_layer_name(prefix, output_layer, suffix),
                             .method = &method,
                             .scopes = &scopes};
      if (sources[0].layers > 1) request.t = gradient_place(layer, sources[0].layers);
      for (const source& each : sources) {
        request.sources.push_back(
            {.model = each.model,
             .name = join_layer_name(indices_[each.model].stacks()[0].prefix,
                                     each.first + layer % each.layers, suffix),
             .scopes = &scopes,
             .at = each.at,
             .path = each.path});
      }
      const tensor_entry* own =
          plan_.models[sources[0].model].folder.weights.find(request.sources[0].name);
      if (own != nullptr) request.type = output_dtype(own->type);
      if (method.facts.base == base_use::required) request.base = 0;
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
  std::vector<bool> made_;  // the base's layers that a slice has made
  tensor_planner tensors_{plan_.models, options_.config_file, findings_};
};

}  // namespace detail

/// The plan of a configuration in the MLX dialect. Opens the models (headers and config.json only)
/// and throws failure with every problem found. `methods`: those of the dialect, as describe_methods
/// gives them.
inline merge_plan plan_mlx(const mlx_config& config, const std::vector<method_info>& methods,
                           const plan_options& options = {}) {
  return detail::mlx_planner(config, methods, options).plan();
}

}  // namespace tensormerge
