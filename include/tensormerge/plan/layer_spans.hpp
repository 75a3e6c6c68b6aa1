#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/config/layer_range.hpp>
#include <tensormerge/plan/finding_groups.hpp>
#include <tensormerge/plan/layer_index.hpp>
#include <tensormerge/plan/merge_slices.hpp>

namespace tensormerge {

/// The layers that a slice takes out of one stack of each of its models.
struct layer_span {
  std::size_t stack = 0;
  std::uint64_t layers = 0;
  std::vector<std::uint64_t> first;  // of each input
};

/// Finds the layers that slices name, and reports ranges that the models do not have.
class layer_span_finder {
 public:
  /// `indices` of the models by which `models_of_inputs` counts; `names` for messages.
  layer_span_finder(const std::vector<layer_index>& indices, const std::vector<std::string>& names,
                    std::string config_file, finding_groups& findings)
      : indices_(indices),
        names_(names),
        config_file_(std::move(config_file)),
        findings_(findings) {}

  /// The spans of a slice: one where it has ranges, else one for each stack of its models.
  std::vector<layer_span> find(const merge_slice& slice, const std::vector<std::size_t>& models) {
    if (slice.inputs.front().range) return find_ranges(slice, models);
    const std::vector<layer_stack>& stacks = indices_[models[0]].stacks();
    for (std::size_t i = 1; i < models.size(); ++i) {
      const std::vector<layer_stack>& others = indices_[models[i]].stacks();
      if (layer_counts(others) == layer_counts(stacks)) continue;
      report(slice.inputs[i], slice.inputs[i].at,
             {.what = "the models have different numbers of layers",
              .expected = layer_counts(stacks) + " as " + quoted_name(names_[models[0]]),
              .found = layer_counts(others) + " in " + quoted_name(names_[models[i]]),
              .hint = "say with `slices` which layers to merge"});
      return {};
    }
    std::vector<layer_span> spans;
    for (std::size_t i = 0; i < stacks.size(); ++i) {
      spans.push_back({i, stacks[i].layers, std::vector<std::uint64_t>(models.size())});
    }
    return spans;
  }

  /// The range of a model with one stack of layers; none where it does not have these layers.
  bool check_range(const layer_range& range, std::size_t model, const std::string& path) {
    const std::vector<layer_stack>& stacks = indices_[model].stacks();
    const auto refuse = [&](std::string what, std::string expected, std::string hint = {}) {
      findings_.add("layer ranges",
                    {.file = config_file_,
                     .at = range.at,
                     .path = path,
                     .what = std::move(what),
                     .expected = std::move(expected),
                     .found = '[' + std::to_string(range.begin) + ", " +
                              std::to_string(range.end) + ']',
                     .hint = std::move(hint)});
      return false;
    };
    if (range.begin < 0 || range.size() <= 0) {
      return refuse("the layer range is empty or reversed", "[first, one after the last]");
    }
    if (stacks.size() != 1) {
      return refuse("the layers of " + quoted_name(names_[model]) + " cannot be told apart",
                    "one stack of layers, but it has " + std::to_string(stacks.size()),
                    stacks.empty() ? "" : "say with `modules` which of them is meant");
    }
    if (static_cast<std::uint64_t>(range.end) > stacks[0].layers) {
      return refuse("the layer range goes past the end of " + quoted_name(names_[model]),
                    "an end of at most " + std::to_string(stacks[0].layers));
    }
    return true;
  }

 private:
  static std::string layer_counts(const std::vector<layer_stack>& stacks) {
    std::string text;
    for (const layer_stack& stack : stacks) {
      if (!text.empty()) text += " and ";
      text += std::to_string(stack.layers);
    }
    return text.empty() ? "no layers" : text + " layers";
  }

  std::vector<layer_span> find_ranges(const merge_slice& slice,
                                      const std::vector<std::size_t>& models) {
    layer_span span;
    const layer_range& lead = *slice.inputs.front().range;
    bool sound = true;
    for (std::size_t i = 0; i < slice.inputs.size(); ++i) {
      const layer_range& range = *slice.inputs[i].range;
      sound = check_range(range, models[i], slice.inputs[i].path + ".layer_range") && sound;
      span.first.push_back(static_cast<std::uint64_t>(range.begin));
      if (range.size() == lead.size()) continue;
      sound = false;
      report(slice.inputs[i], range.at,
             {.what = "the sources of a slice have different numbers of layers",
              .expected = std::to_string(lead.size()) + " as in the first source",
              .found = std::to_string(range.size())});
    }
    if (!sound) return {};
    span.layers = static_cast<std::uint64_t>(lead.size());
    return {std::move(span)};
  }

  void report(const slice_input& input, text_position at, diagnostic finding) {
    finding.file = config_file_;
    finding.at = at;
    finding.path = input.path;
    findings_.add("slices of unequal length", std::move(finding));
  }

  const std::vector<layer_index>& indices_;
  const std::vector<std::string>& names_;
  std::string config_file_;
  finding_groups& findings_;
};

}  // namespace tensormerge
