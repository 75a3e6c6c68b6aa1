#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tensormerge/check/finding_list.hpp>
#include <tensormerge/config/scalar_value.hpp>
#include <tensormerge/config/schema/check_value.hpp>
#include <tensormerge/document/node.hpp>
#include <tensormerge/error/suggestion.hpp>
#include <tensormerge/method/parameter_info.hpp>

namespace tensormerge {

namespace detail {

/// Parts of tensors' names that filters are usually made of.
inline constexpr std::array<std::string_view, 24> usual_filters{
    "self_attn", "mlp",       "embed_tokens", "lm_head",   "input_layernorm",
    "norm",      "layernorm", "q_proj",       "k_proj",    "v_proj",
    "o_proj",    "up_proj",   "down_proj",    "gate_proj", "post_attention_layernorm",
    "attention", "experts",   "gate",         "embed",     "feed_forward",
    "rotary",    "attn",      "mamba",        "shared_transf"};

inline void check_filter(const node& filter, const std::string& path, finding_list& findings) {
  const std::string& text = filter.text;
  if (!filter.is_string() || text == "*" || text.empty()) return;
  const bool is_pattern = text.find_first_of("*^$\\[](|)?") != std::string::npos;
  if (is_pattern) {
    findings.add("filter-is-no-pattern",
                 {.at = filter.at,
                  .path = path,
                  .what = "the filter looks like a pattern, and is compared as it is",
                  .found = in_backticks(text),
                  .hint = "write a part of the names that are meant"});
    return;
  }
  for (const std::string_view usual : usual_filters) {
    if (text.find(usual) != std::string::npos || usual.find(text) != std::string_view::npos) return;
  }
  const std::string_view nearest = nearest_name(text, usual_filters);
  if (nearest.empty() || text.size() < 4) return;
  findings.add("misspelt-filter", {.at = filter.at,
                                   .path = path,
                                   .what = "the filter is no usual part of a tensor's name",
                                   .found = in_backticks(text),
                                   .hint = "did you mean `" + std::string(nearest) + "`?"});
}

/// Entries of a filtered value, of which the first that matches counts.
/// What comes after one for all tensors breaks the rule `after_default`.
inline void check_entries(const node& list, const std::string& path,
                          std::string_view after_default, finding_list& findings) {
  std::vector<std::string_view> before;
  const node* catch_all = nullptr;
  constexpr std::size_t most_looked_at = 1000;  // each is compared with all before it
  for (std::size_t i = 0; i < std::min(list.items.size(), most_looked_at); ++i) {
    const node& entry = list.items[i];
    if (!entry.is_mapping()) continue;
    const std::string own_path = path + '[' + std::to_string(i) + ']';
    const node* filter = entry.find("filter");
    const bool for_all = filter == nullptr || filter->is_null() || filter->text == "*";
    const text_position at = entry.entries.empty() ? entry.at : entry.entries.front().key_at;
    if (catch_all != nullptr) {
      findings.add(after_default,
                   {.at = at,
                    .path = own_path,
                    .what = "the entry is never reached, since the one without a filter in line " +
                            std::to_string(catch_all->at.line) + " matches all tensors",
                    .hint = "move that one to the end"});
      return;
    }
    if (for_all) {
      catch_all = &entry;
      continue;
    }
    const auto hides = [filter](std::string_view other) {
      return filter->text.find(other) != std::string::npos;
    };
    const auto hider = std::find_if(before.begin(), before.end(), hides);
    if (hider != before.end()) {
      findings.add("unreachable-filter",
                   {.at = at,
                    .path = own_path,
                    .what = "the entry is never reached, since the filter " +
                            in_backticks(*hider) + " before it matches first",
                    .hint = "move the longer filter up, or remove one of the two"});
    }
    before.push_back(filter->text);
    check_filter(*filter, own_path + ".filter", findings);
  }
}

}  // namespace detail

/// Calls `visit(const node&)` for each scalar of a parameter's value: of a gradient, and of the
/// values per filter.
template <class Visit>
void for_each_scalar(const node& value, const Visit& visit) {
  if (value.is_scalar()) {
    visit(value);
  } else if (value.is_mapping()) {
    if (const node* inner = value.find("value"); inner != nullptr && !inner->is_mapping()) {
      for_each_scalar(*inner, visit);
    }
  } else {
    for (const node& item : value.items) {
      if (item.is_scalar()) visit(item);
      if (item.is_mapping()) for_each_scalar(item, visit);
    }
  }
}

/// Checks a `parameters` section for values that count but were hardly meant. `after_default` is
/// the rule that filtered values break behind the one for all tensors.
inline void check_settings(const node& section, const std::string& path,
                           const std::vector<method_info>& methods, finding_list& findings,
                           std::string_view after_default = "unreachable-filter") {
  const auto kind_of = [&methods](std::string_view name) -> std::optional<parameter_kind> {
    for (const method_info& method : methods) {
      for (const auto* list : {&method.shared, &method.per_input}) {
        for (const parameter_info& each : *list) {
          if (each.name == name) return each.kind;
        }
      }
    }
    return std::nullopt;
  };
  for (const node_entry& entry : section.entries) {
    const std::string own_path = path + '.' + entry.key;
    if (entry.value.is_sequence()) {
      detail::check_entries(entry.value, own_path, after_default, findings);
    }
    if (entry.key == "embed_slerp") {
      findings.add("unread-key", {.at = entry.key_at,
                                  .path = path,
                                  .what = "`embed_slerp` of old configurations is not read"});
    }
    if (const node* rate = entry.value.find("drop_rate"); rate != nullptr && rate->is_number()) {
      constexpr double digits = 1e9;
      const double density = std::round((1 - rate->number) * digits) / digits;
      diagnostic* unknown = findings.find("unknown-key", entry.key_at);
      if (unknown != nullptr) unknown->hint = "use `density: " + schema::number_text(density) + '`';
    }
    const auto kind = kind_of(entry.key);
    for_each_scalar(entry.value, [&](const node& scalar) {
      if (kind == parameter_kind::boolean && scalar.is_string()) {
        const auto meant = tensormerge::detail::boolean_in_text(scalar.text);
        if (!meant) return;
        findings.add("boolean-as-text", {.at = scalar.at,
                                         .path = own_path,
                                         .what = "a boolean is written as text",
                                         .found = in_backticks(scalar.text),
                                         .hint = *meant != 0 ? "write `true`" : "write `false`"});
      } else if (kind && kind != parameter_kind::boolean &&
                 scalar.type == node::kind::boolean) {
        findings.add("boolean-as-number", {.at = scalar.at,
                                           .path = own_path,
                                           .what = "a boolean stands where a number is due",
                                           .found = in_backticks(scalar.text),
                                           .hint = scalar.number != 0 ? "write `1`" : "write `0`"});
      } else if (entry.key == "max_iter" && scalar.is_number() && scalar.number == 0) {
        findings.add("no-effect", {.at = scalar.at,
                                   .path = own_path,
                                   .what = "no iteration: the result is the normalized mean"});
      } else if (entry.key == "density" && scalar.is_number() && scalar.number == 0 &&
                 entry.value.is_scalar()) {
        findings.add("no-effect", {.at = scalar.at,
                                   .path = own_path,
                                   .what = "nothing of the model is kept"});
      }
    });
  }
}

}  // namespace tensormerge
