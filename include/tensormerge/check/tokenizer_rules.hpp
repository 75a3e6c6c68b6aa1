#pragma once

#include <algorithm>
#include <set>
#include <string>

#include <tensormerge/check/finding_list.hpp>
#include <tensormerge/check/merge_view.hpp>

namespace tensormerge {

namespace detail {

/// Where the embedding of a token comes from has to be merged.
inline void check_token_sources(const node& tokens, const std::set<std::string>& merged,
                                finding_list& findings) {
  for (const node_entry& token : tokens.entries) {
    const node* source = token.value.find("source");
    if (source == nullptr || source->is_null()) continue;
    const node* model = source;
    if (source->is_mapping() && source->find("kind") != nullptr) model = source->find("model");
    const std::string name = reference_text(model);
    if (name.empty() || merged.contains(name)) continue;
    findings.add("token-source-not-merged",
                 {.at = model->at,
                  .path = "tokenizer.tokens." + token.key + ".source",
                  .what = "the model is not one of those that are merged",
                  .found = in_backticks(name)});
  }
}

}  // namespace detail

/// Checks the tokenizer's settings against the models of the merge.
inline void check_tokenizer(const merge_view& merge, finding_list& findings) {
  std::set<std::string> merged;
  bool any_base = false;
  for (const slice_view& slice : merge.slices) {
    any_base = any_base || !slice.base.empty();
    for (const input_view& input : slice.inputs) {
      if (input.name.empty()) return;  // unreadable: anything could be meant
      merged.insert(input.name);
    }
    if (!slice.base.empty()) merged.insert(slice.base);
  }
  const node* tokenizer = merge.root->find("tokenizer");
  const node* source = merge.root->find("tokenizer_source");
  std::string path = "tokenizer_source";
  if (tokenizer != nullptr && tokenizer->is_mapping()) {
    source = tokenizer->find("source");
    path = "tokenizer.source";
    const node* tokens = tokenizer->find("tokens");
    if (tokens != nullptr) detail::check_token_sources(*tokens, merged, findings);
    const node* pad = tokenizer->find("pad_to_multiple_of");
    if (pad != nullptr && pad->is_number() && pad->number == 0) {
      findings.add("no-effect", {.at = pad->at,
                                 .path = "tokenizer.pad_to_multiple_of",
                                 .what = "0 means no padding",
                                 .hint = "leave the key out"});
    }
  }
  if (source != nullptr && source->is_string() && source->text == "base" && !any_base) {
    findings.add("base-tokenizer-without-base",
                 {.at = source->at,
                  .path = path,
                  .what = "there is no `base_model` whose tokenizer could be taken",
                  .hint = "add `base_model:`, or name the model here"});
  }
}

}  // namespace tensormerge
