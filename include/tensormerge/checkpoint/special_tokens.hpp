#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/added_token.hpp>
#include <tensormerge/document/node.hpp>

namespace tensormerge {

namespace detail {

/// The keys of tokenizer_config.json that name one special token each, in the order in which
/// transformers adds them.
inline constexpr std::array<std::string_view, 7> special_token_keys{
    "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"};

/// The keys that name any number of them.
inline constexpr std::array<std::string_view, 2> special_token_lists{"additional_special_tokens",
                                                                     "extra_special_tokens"};

/// A special token that is given as text or with its flags; without content where it is neither.
inline added_token special_token(const node& value) {
  if (value.is_string()) {
    return {.content = value.text, .normalized = false, .special = true};
  }
  added_token token = read_added_token(value);
  token.special = true;
  return token;
}

}  // namespace detail

/// The special tokens that tokenizer_config.json or special_tokens_map.json names.
inline std::vector<added_token> special_tokens(const node& settings) {
  std::vector<added_token> tokens;
  const auto take = [&tokens](const node& value) {
    added_token token = detail::special_token(value);
    if (!token.content.empty()) tokens.push_back(std::move(token));
  };
  for (const std::string_view key : detail::special_token_keys) {
    if (const node* value = settings.find(key)) take(*value);
  }
  for (const std::string_view key : detail::special_token_lists) {
    const node* list = settings.find(key);
    if (list == nullptr) continue;
    for (const node& item : list->items) take(item);
    for (const node_entry& entry : list->entries) take(entry.value);
  }
  return tokens;
}

/// Takes from tokenizer_config.json the special tokens for which `is_gone(content)` holds.
template <class Predicate>
void remove_special_tokens(node& settings, Predicate&& is_gone) {
  const auto names_gone = [&is_gone](const node& value) {
    const added_token token = detail::special_token(value);
    return !token.content.empty() && is_gone(token.content);
  };
  const auto one_of = [](std::string_view key, const auto& keys) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
  };
  std::erase_if(settings.entries, [&](const node_entry& entry) {
    return one_of(entry.key, detail::special_token_keys) && names_gone(entry.value);
  });
  for (node_entry& entry : settings.entries) {
    if (!one_of(entry.key, detail::special_token_lists)) continue;
    std::erase_if(entry.value.items, names_gone);
    std::erase_if(entry.value.entries,
                  [&](const node_entry& named) { return names_gone(named.value); });
  }
}

}  // namespace tensormerge
