#pragma once

#include <cmath>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include <tensormerge/check/dialect.hpp>
#include <tensormerge/check/finding_list.hpp>
#include <tensormerge/check/merge_view.hpp>
#include <tensormerge/check/parameter_lookup.hpp>
#include <tensormerge/method/parameter_info.hpp>
#include <tensormerge/plan/check_slices.hpp>

namespace tensormerge {

/// Checks a merge against what its method takes: how many models, with or without the base, and
/// which parameters.
class method_checker {
 public:
  method_checker(const merge_view& merge, const method_info& method,
                 const std::vector<method_info>& all, dialect kind, finding_list& findings)
      : merge_(merge), method_(method), all_(all), kind_(kind), findings_(findings) {}

  void check() {
    for (const slice_view& slice : merge_.slices) {
      check_repeats(slice);
      check_count(slice);
      for (const input_view& input : slice.inputs) {
        check_own_parameters(slice, input);
        check_required(slice, input);
        check_epsilon(slice, input);
      }
      check_shared(slice);
      check_weights(slice);
    }
    check_sections();
  }

 private:
  const method_facts& facts() const { return method_.facts; }
  std::string name() const { return std::string(method_.facts.name); }

  bool is_base(const slice_view& slice, const input_view& input) const {
    return facts().base != base_use::ignored && !slice.base.empty() && input.name == slice.base;
  }

  void check_repeats(const slice_view& slice) {
    std::unordered_set<std::string_view> seen;
    for (const input_view& input : slice.inputs) {
      if (input.name.empty() || seen.insert(input.name).second) continue;
      findings_.add("repeated-model", {.at = input.at,
                                       .path = input.path,
                                       .what = "the model " + in_backticks(input.name) +
                                               " is given twice in one slice",
                                       .hint = "remove one of the two"});
    }
  }

  void check_count(const slice_view& slice) {
    if (slice.inputs.empty()) return;
    std::size_t bases = 0;
    for (const input_view& input : slice.inputs) {
      if (input.name.empty()) return;  // whatever it is, that is reported
      if (is_base(slice, input)) ++bases;
    }
    if (facts().base == base_use::required && bases == 0) {
      if (slice.base.empty()) return;
      findings_.add("base-not-in-slice",
                    {.at = slice.base_at,
                     .path = slice.path,
                     .what = "the base model " + in_backticks(slice.base) +
                             " is not among the slice's sources",
                     .hint = "add it to `sources`, with the layers that the others differ from"});
      return;
    }
    const std::size_t others = slice.inputs.size() - bases;
    const bool base_alone = bases == 1 && others == 0 && takes_base_alone(facts());
    if (base_alone || (others >= facts().least_inputs && others <= facts().most_inputs)) return;
    const bool appended = slice.inputs.back().entry == nullptr;
    const bool too_many = others > facts().most_inputs;
    std::string hint;
    if (appended && too_many) {
      hint = facts().base == base_use::ignored
                 ? "`base_model` is one more model here, since " + name() +
                       " has no base; remove it"
                 : "`base_model` counts too, although `models` does not list it: list it as one "
                   "of them";
    }
    const std::size_t most = facts().most_inputs + bases;
    findings_.add("wrong-number-of-models",
                  {.at = too_many && !appended ? slice.inputs[most].at : slice.at,
                   .path = slice.path,
                   .what = "wrong number of models for " + name(),
                   .expected = detail::expected_models(facts()),
                   .found = std::to_string(slice.inputs.size()),
                   .hint = hint});
  }

  static const parameter_info* find(const std::vector<parameter_info>& list,
                                    std::string_view wanted) {
    for (const parameter_info& each : list) {
      if (each.name == wanted) return &each;
    }
    return nullptr;
  }

  bool is_known_to_any(std::string_view parameter) const {
    for (const method_info& each : all_) {
      if (find(each.shared, parameter) != nullptr || find(each.per_input, parameter) != nullptr) {
        return true;
      }
    }
    return false;
  }

  /// A required parameter of the whole merge that only stands beside a model is missing.
  void check_own_parameters(const slice_view& slice, const input_view& input) {
    if (input.parameters == nullptr) return;
    for (const node_entry& entry : input.parameters->entries) {
      const std::string path = input.path + ".parameters";
      if (find(method_.per_input, entry.key) != nullptr) continue;
      const parameter_info* shared = find(method_.shared, entry.key);
      if (shared != nullptr) {
        const bool is_missing =
            shared->required &&
            find_parameter(parameter_sections(merge_, slice, nullptr), entry.key) == nullptr;
        findings_.add(is_missing ? "missing-parameter" : "parameter-not-read-here",
                      {.at = entry.key_at,
                       .path = path,
                       .what = in_backticks(entry.key) +
                               " is one value for all models and is not read beside one of them",
                       .hint = "move it to the top-level `parameters`"});
      } else {
        report_unused(entry, path);
      }
    }
  }

  void report_unused(const node_entry& entry, const std::string& path) {
    if (!is_known_to_any(entry.key)) return;  // reported as unknown
    findings_.add("unused-parameter", {.at = entry.key_at,
                                       .path = path,
                                       .what = in_backticks(entry.key) + " is not used by " +
                                               name(),
                                       .hint = "remove it"});
  }

  /// Parameters for all models that the method has not.
  void check_sections() {
    std::unordered_set<const node*> seen;
    for (const slice_view& slice : merge_.slices) {
      for (const auto& [section, path] : slice.scopes) {
        if (!seen.insert(section).second) continue;
        for (const node_entry& entry : section->entries) {
          if (find(method_.per_input, entry.key) == nullptr &&
              find(method_.shared, entry.key) == nullptr) {
            report_unused(entry, path);
          }
        }
      }
    }
  }

  void check_required(const slice_view& slice, const input_view& input) {
    if (is_base(slice, input)) return;
    // Of mergekit 0.0.2, ties had defaults for everything.
    if (kind_ == dialect::legacy && facts().name == "ties") return;
    for (const parameter_info& each : method_.per_input) {
      if (!each.required) continue;
      const auto sections = parameter_sections(merge_, slice, &input);
      if (find_parameter(sections, each.name) != nullptr) continue;
      const std::string parameter(each.name);
      std::string hint = "add `" + parameter + ":` below its `parameters`";
      if (input.entry == nullptr) {
        hint = "`models` does not list the base, so that it is one more model: list it with a " +
               in_backticks(parameter) + ", or remove `base_model`";
      }
      findings_.add("missing-parameter", {.at = input.at,
                                          .path = input.path,
                                          .what = name() + " needs " + in_backticks(parameter) +
                                                  " for each model",
                                          .hint = hint});
    }
  }

  void check_shared(const slice_view& slice) {
    const auto sections = parameter_sections(merge_, slice, nullptr);
    for (const parameter_info& each : method_.shared) {
      if (!each.required || find_parameter(sections, each.name) != nullptr) continue;
      bool elsewhere = false;
      for (const input_view& input : slice.inputs) {
        elsewhere = elsewhere || (input.parameters != nullptr &&
                                  input.parameters->find(each.name) != nullptr);
      }
      if (elsewhere || !missed_.insert(each.name).second) continue;
      findings_.add("missing-parameter",
                    {.at = merge_.method_at,
                     .path = "parameters",
                     .what = name() + " needs " + in_backticks(each.name),
                     .hint = "add `" + std::string(each.name) +
                             ":` to the top-level `parameters`"});
    }
  }

  /// Methods without a base, or with an optional one, divide by the sum of weights as they are.
  void check_weights(const slice_view& slice) {
    if (facts().base == base_use::required || slice.inputs.empty()) return;
    const char* switched_by = "normalize";
    if (find(method_.shared, switched_by) == nullptr) switched_by = "normalize_weights";
    if (find(method_.shared, switched_by) == nullptr) return;
    const auto shared = parameter_sections(merge_, slice, nullptr);
    if (constant_or_default(shared, switched_by, method_.shared).value_or(0) == 0) return;
    double sum = 0, magnitudes = 0;
    const node* last = nullptr;
    for (const input_view& input : slice.inputs) {
      if (is_base(slice, input)) continue;
      const auto sections = parameter_sections(merge_, slice, &input);
      last = find_parameter(sections, "weight");
      const auto weight = constant_of(last);
      if (!weight) return;
      sum += *weight;
      magnitudes += std::abs(*weight);
    }
    constexpr double rounding = 1e-12;
    if (last == nullptr || std::abs(sum) > rounding * magnitudes) return;
    findings_.add("zero-weights", {.at = last->at,
                                   .path = slice.path,
                                   .what = "the weights sum to zero and cannot be normalized",
                                   .hint = "change the weights or set `" +
                                           std::string(switched_by) + ": false`"});
  }

  void check_epsilon(const slice_view& slice, const input_view& input) {
    if (find(method_.per_input, "epsilon") == nullptr || is_base(slice, input)) return;
    const auto sections = parameter_sections(merge_, slice, &input);
    const auto density = constant_or_default(sections, "density", method_.per_input);
    const auto epsilon = constant_or_default(sections, "epsilon", method_.per_input);
    if (!density || !epsilon || *density >= 1 || *density < 0 || *epsilon < 0) return;
    if (*density - *epsilon > 0 && *density + *epsilon < 1) return;
    const node* where = find_parameter(sections, "density");
    if (where == nullptr) where = find_parameter(sections, "epsilon");
    if (where == nullptr) return;
    findings_.add("epsilon-too-large",
                  {.at = where->at,
                   .path = input.path,
                   .what = "`epsilon` is too large for `density`",
                   .expected = "density - epsilon above 0 and density + epsilon below 1",
                   .found = "density " + schema::number_text(*density) + " and epsilon " +
                            schema::number_text(*epsilon)});
  }

  const merge_view& merge_;
  const method_info& method_;
  const std::vector<method_info>& all_;
  dialect kind_;
  finding_list& findings_;
  std::set<std::string_view> missed_;  // shared parameters that were reported as missing
};

}  // namespace tensormerge
