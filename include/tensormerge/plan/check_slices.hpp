#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/plan/finding_groups.hpp>
#include <tensormerge/plan/merge_slices.hpp>

namespace tensormerge {

namespace detail {

/// "exactly 2 models with the base"
inline std::string expected_models(const method_facts& facts) {
  const std::size_t base = facts.base == base_use::required ? 1 : 0;
  const std::size_t least = facts.least_inputs + base;
  const bool bounded = facts.most_inputs != std::numeric_limits<std::size_t>::max();
  const std::size_t most = bounded ? facts.most_inputs + base : 0;
  std::string text;
  if (least == most) text = "exactly " + std::to_string(least);
  else if (bounded) text = std::to_string(least) + " to " + std::to_string(most);
  else text = "at least " + std::to_string(least);
  text += (bounded ? most : least) == 1 ? " model" : " models";
  if (facts.base == base_use::required) text += " with the base";
  if (facts.base == base_use::optional) text += " besides the base";
  return text;
}

}  // namespace detail

/// Whether a base without any other model may be given, which stays as it is: a way to write out a
/// base with an adapter.
inline bool takes_base_alone(const method_facts& facts) {
  return facts.base == base_use::required && facts.least_inputs == 1 &&
         facts.most_inputs == std::numeric_limits<std::size_t>::max();
}

/// Reports what is wrong with a slice whatever its models hold: a model that is given twice, a base
/// that is missing, or a number of models that the method does not take.
inline void check_slice(const merge_slice& slice, const method_facts& facts,
                        const std::string& config_file, finding_groups& findings) {
  const std::string method(facts.name);
  const auto report = [&](diagnostic finding) {
    finding.file = config_file;
    findings.add("slices with such mistakes", std::move(finding));
  };
  for (std::size_t i = 0; i < slice.inputs.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (*slice.inputs[i].reference != *slice.inputs[j].reference) continue;
      report({.at = slice.inputs[i].at,
              .path = slice.inputs[i].path,
              .what = "the model " + quoted_name(slice.inputs[i].reference->text()) +
                      " is given twice in one slice",
              .hint = "remove one of the two"});
      break;
    }
  }
  std::size_t bases = 0;
  for (const slice_input& input : slice.inputs) {
    if (slice.base != nullptr && *input.reference == *slice.base) ++bases;
  }
  if (facts.base == base_use::required && bases == 0) {
    if (slice.base == nullptr) {
      report({.at = slice.at,
              .path = "base_model",
              .what = method + " needs a base model",
              .hint = "name one of the models in `base_model`"});
    } else {
      report({.at = slice.at,
              .path = slice.path,
              .what = "the base model " + quoted_name(slice.base->text()) +
                      " is not among the slice's sources",
              .hint = "add it to `sources`, with the layers that the others differ from"});
    }
    return;
  }
  const std::size_t others =
      slice.inputs.size() - (facts.base == base_use::ignored ? std::size_t{0} : bases);
  if (others >= facts.least_inputs && others <= facts.most_inputs) return;
  if (bases == 1 && others == 0 && takes_base_alone(facts)) return;
  const bool appended = !slice.inputs.empty() && slice.inputs.back().is_appended;
  std::string hint;
  if (appended && others > facts.most_inputs) {
    hint = facts.base == base_use::ignored
               ? "`base_model` is one more model here, since " + method +
                     " has no base; remove it"
               : "`base_model` counts too, although `models` does not list it";
  }
  const bool too_many = others > facts.most_inputs && !appended;
  report({.at = too_many ? slice.inputs.back().at : slice.at,
          .path = slice.path,
          .what = "wrong number of models for " + method,
          .expected = detail::expected_models(facts),
          .found = std::to_string(facts.base == base_use::optional ? others : slice.inputs.size()),
          .hint = hint});
}

}  // namespace tensormerge
