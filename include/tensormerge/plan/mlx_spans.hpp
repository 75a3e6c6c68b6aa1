#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/config/mlx_config.hpp>
#include <tensormerge/error/diagnostic.hpp>
#include <tensormerge/method/parameter_info.hpp>
#include <tensormerge/plan/find_method.hpp>
#include <tensormerge/plan/finding_groups.hpp>
#include <tensormerge/plan/layer_index.hpp>
#include <tensormerge/plan/layer_spans.hpp>
#include <tensormerge/plan/merge_plan.hpp>
#include <tensormerge/plan/resolve_parameters.hpp>

namespace tensormerge {

/// A run of layers of a model of the MLX dialect.
struct mlx_span_source {
  std::size_t model = 0;
  std::uint64_t first = 0, layers = 0;
  text_position at{};
  std::string path{};
};

/// A slice of the MLX dialect: the base's layers that the first source numbers are made anew.
struct mlx_span {
  std::vector<mlx_span_source> sources;  // one or two
  const method_info* method = nullptr;
  parameter_scopes scopes;
};

/// Reads the slices of a configuration against the models' layers, and reports what they lack.
class mlx_span_reader {
 public:
  mlx_span_reader(const merge_plan& plan, const std::vector<layer_index>& indices,
                  const std::vector<std::string>& names, const std::string& config_file,
                  finding_groups& findings)
      : plan_(plan),
        indices_(indices),
        config_file_(config_file),
        findings_(findings),
        ranges_(indices, names, config_file, findings) {}

  /// None where something is wrong with the slice, which is reported.
  std::optional<mlx_span> read(const mlx_slice& slice, const std::string& path,
                               const std::vector<method_info>& methods) {
    const std::size_t count = slice.sources.size();
    const mlx_merge_method name = slice.merge_method.value_or(
        count == 1 ? mlx_merge_method::passthrough : mlx_merge_method::slerp);
    if (count == 0 || count > 2 || (count == 1 && name != mlx_merge_method::passthrough)) {
      report(slice.at, path + ".sources",
             std::string(to_string(name)) + " cannot merge " + std::to_string(count) +
                 (count == 1 ? " source" : " sources"),
             "one source is for passthrough, two are for the other methods");
      return std::nullopt;
    }
    mlx_span span{.sources = {},
                  .method = &find_method(methods, to_string(name), config_file_,
                                         path + ".merge_method"),
                  .scopes = {&slice.parameters}};
    for (std::size_t i = 0; i < count; ++i) {
      const std::string place = path + ".sources[" + std::to_string(i) + ']';
      const std::optional<mlx_span_source> found = find_source(slice.sources[i], place);
      if (found) span.sources.push_back(*found);
    }
    if (span.sources.size() != count || !claim_layers(span.sources[0])) return std::nullopt;
    warn_of_unused_layers(span);
    return span;
  }

  /// The model that the configuration calls so; none is reported.
  std::optional<std::size_t> model_named(const std::string& name, text_position at,
                                         const std::string& path) {
    for (std::size_t i = 0; i < plan_.models.size(); ++i) {
      if (plan_.models[i].name == name) return i;
    }
    report(at, path, "no model is named " + quoted_name(name));
    return std::nullopt;
  }

 private:
  void report(text_position at, std::string path, std::string what, std::string hint = {}) {
    findings_.add("mistakes in slices", {.file = config_file_,
                                         .at = at,
                                         .path = std::move(path),
                                         .what = std::move(what),
                                         .hint = std::move(hint)});
  }

  std::optional<mlx_span_source> find_source(const mlx_source& given, const std::string& path) {
    const auto model = model_named(given.model, given.at, path + ".model");
    if (!model) return std::nullopt;
    const std::vector<layer_stack>& stacks = indices_[*model].stacks();
    layer_range range{.begin = 0, .end = 0, .at = given.at};
    if (stacks.size() == 1) range.end = static_cast<std::int64_t>(stacks[0].layers);
    if (given.layer_range) range = *given.layer_range;
    if (!ranges_.check_range(range, *model, path + ".layer_range")) return std::nullopt;
    return mlx_span_source{*model, static_cast<std::uint64_t>(range.begin),
                           static_cast<std::uint64_t>(range.size()), range.at, path};
  }

  /// Whether the base has these layers and no slice before has made them.
  bool claim_layers(const mlx_span_source& first) {
    const std::vector<layer_stack>& stacks = indices_[plan_.donor].stacks();
    const std::uint64_t end = first.first + first.layers;
    if (stacks.size() != 1 || end > stacks[0].layers) {
      report(first.at, first.path, "the base has no layers of these numbers",
             "the first source says which layers of the base are made anew");
      return false;
    }
    made_.resize(stacks[0].layers);
    for (std::uint64_t layer = first.first; layer < end; ++layer) {
      if (made_[layer]) {
        report(first.at, first.path,
               "layer " + std::to_string(layer) + " of the base is made by a slice before");
        return false;
      }
      made_[layer] = true;
    }
    return true;
  }

  void warn_of_unused_layers(const mlx_span& span) {
    const mlx_span_source& first = span.sources.front();
    const mlx_span_source& last = span.sources.back();
    if (last.layers <= first.layers) return;
    findings_.add("slices with unused layers",
                  {.level = severity::warning,
                   .file = config_file_,
                   .at = last.at,
                   .path = last.path,
                   .what = "layers from " + std::to_string(last.first + first.layers) + " on of " +
                           quoted_name(plan_.models[last.model].name) +
                           " are not used, because the first source has fewer"});
  }

  const merge_plan& plan_;
  const std::vector<layer_index>& indices_;
  std::string config_file_;
  finding_groups& findings_;
  layer_span_finder ranges_;
  std::vector<bool> made_;  // the base's layers that a slice has made
};

}  // namespace tensormerge
