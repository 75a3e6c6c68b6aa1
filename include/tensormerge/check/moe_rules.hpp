#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <tensormerge/check/finding_list.hpp>
#include <tensormerge/check/merge_view.hpp>
#include <tensormerge/config/schema/canonical_text.hpp>

namespace tensormerge {

namespace detail {

inline bool has_prompts(const node& expert) {
  const node* prompts = expert.find("positive_prompts");
  return prompts != nullptr && !prompts->is_null() &&
         !(prompts->is_sequence() && prompts->items.empty());
}

/// Whether all items have the same value of a key; false for fewer than two items.
inline bool all_same(const node& list, std::string_view key) {
  for (const node& each : list.items) {
    const node *value = each.find(key), *first = list.items.front().find(key);
    if (value == nullptr || first == nullptr) return false;
    if (schema::canonical_text(*value) != schema::canonical_text(*first)) return false;
  }
  return list.items.size() > 1;
}

inline void check_experts(const node& root, const node& experts, finding_list& findings) {
  const node* gate = root.find("gate_mode");
  const std::string mode = gate == nullptr ? "hidden" : gate->text;
  const bool at_random = mode == "random" || mode == "uniform_random";
  const bool all_read = [&] {
    for (const node& each : experts.items) {
      if (!each.is_mapping() || each.find("source_model") == nullptr) return false;
    }
    return true;
  }();
  if (!all_read) return;
  for (std::size_t i = 0; i < experts.items.size() && !at_random; ++i) {
    if (has_prompts(experts.items[i])) continue;
    findings.add("missing-prompts",
                 {.at = start_of(experts.items[i]),
                  .path = "experts[" + std::to_string(i) + ']',
                  .what = "an expert has no `positive_prompts`",
                  .expected = "some, because gate_mode is " + mode,
                  .hint = "add `positive_prompts:`, or use `gate_mode: random`"});
  }
  const text_position at = key_position(root, "experts");
  if (!at_random && all_same(experts, "positive_prompts")) {
    findings.add("same-experts", {.at = at,
                                  .path = "experts",
                                  .what = "all experts have the same prompts",
                                  .hint = "give them different ones, or use `gate_mode: random`"});
  }
  if (!at_random && all_same(experts, "source_model")) {
    findings.add("same-experts", {.at = at,
                                  .path = "experts",
                                  .what = "all experts are the same model"});
  }
  const node* chosen = root.find("experts_per_token");
  const double least = chosen != nullptr && chosen->is_number() ? chosen->number : 2;
  if (least >= 1 && static_cast<double>(experts.items.size()) < least) {
    findings.add("too-few-experts", {.at = at,
                                     .path = "experts",
                                     .what = "there are fewer experts than each token is sent to",
                                     .expected = "at least " + schema::number_text(least),
                                     .found = std::to_string(experts.items.size())});
  }
}

}  // namespace detail

/// Checks what a schema cannot say of a mixture of experts.
inline void check_moe(const node& root, finding_list& findings) {
  for (const auto& [key, hint] :
       {std::pair("merge_method", "remove it"), std::pair("out_dtype", "did you mean `dtype`?")}) {
    if (root.find(key) == nullptr) continue;
    findings.add("unread-key", {.at = detail::key_position(root, key),
                                .what = in_backticks(key) + " is not read",
                                .hint = hint});
  }
  const node* experts = root.find("experts");
  if (experts != nullptr && experts->is_sequence() && !experts->items.empty()) {
    detail::check_experts(root, *experts, findings);
  }
  const node* shared = root.find("shared_experts");
  if (shared == nullptr || !shared->is_sequence() || shared->items.empty()) return;
  for (std::size_t i = 1; i < shared->items.size(); ++i) {
    if (detail::has_prompts(shared->items[i]) == detail::has_prompts(shared->items[0])) continue;
    findings.add("missing-prompts",
                 {.at = detail::start_of(shared->items[i]),
                  .path = "shared_experts[" + std::to_string(i) + ']',
                  .what = "of the shared experts all or none have `positive_prompts`"});
  }
}

/// Checks what a schema cannot say of an evolutionary search.
inline void check_evolve(const node& root, finding_list& findings) {
  const auto is_on = [&root](std::string_view key) {
    const node* value = root.find(key);
    return value == nullptr || value->type != node::kind::boolean || value->number != 0;
  };
  if (is_on("apply_chat_template") || !is_on("fewshot_as_multiturn")) return;
  findings.add("multiturn-without-template",
               {.at = detail::key_position(root, "apply_chat_template"),
                .path = "apply_chat_template",
                .what = "`fewshot_as_multiturn`, which is on unless it is switched off, needs the "
                        "chat template",
                .hint = "set `fewshot_as_multiturn: false`"});
}

/// Checks what a schema cannot say of a stack of layers.
inline void check_bakllama(const node& root, finding_list& findings) {
  const node* slices = root.find("layer_slices");
  for (std::size_t i = 0; slices != nullptr && i < slices->items.size(); ++i) {
    const node *start = slices->items[i].find("start"), *end = slices->items[i].find("end");
    if (start == nullptr || end == nullptr || !start->is_number() || !end->is_number()) continue;
    if (start->number < end->number) continue;
    const bool reversed = start->number > end->number;
    findings.add("empty-layer-range",
                 {.at = start->at,
                  .path = "layer_slices[" + std::to_string(i) + "].start",
                  .what = reversed ? "the layers end before they begin" : "there are no layers",
                  .found = start->text + " to " + end->text,
                  .hint = reversed ? "did you mean start: " + end->text + ", end: " + start->text +
                                         '?'
                                   : ""});
  }
}

}  // namespace tensormerge
