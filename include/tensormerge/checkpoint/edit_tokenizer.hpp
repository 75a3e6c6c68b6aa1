#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include <tensormerge/checkpoint/added_token.hpp>
#include <tensormerge/checkpoint/special_tokens.hpp>
#include <tensormerge/checkpoint/token_table.hpp>
#include <tensormerge/checkpoint/tokenizer.hpp>
#include <tensormerge/checkpoint/unsigned_integer.hpp>
#include <tensormerge/document/edit_node.hpp>
#include <tensormerge/document/node.hpp>

namespace tensormerge {

namespace detail {

inline node* find_in(node& mapping, std::string_view key) {
  for (node_entry& entry : mapping.entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

/// The two parts of a merge, which is written `a b` or `["a", "b"]`.
inline std::pair<std::string_view, std::string_view> parts_of_merge(const node& merge) {
  if (merge.items.size() == 2) return {merge.items[0].text, merge.items[1].text};
  const std::string_view text = merge.text;
  const std::size_t gap = text.find(' ');
  if (gap == std::string_view::npos) return {text, {}};
  return {text.substr(0, gap), text.substr(gap + 1)};
}

/// Takes tokens from the model of a tokenizer.json, and merges that read or make them.
inline void remove_model_tokens(node& model, std::uint64_t limit) {
  std::unordered_set<std::string> gone;
  if (node* vocab = find_in(model, "vocab")) {
    if (vocab->items.size() > limit) vocab->items.resize(static_cast<std::size_t>(limit));
    std::erase_if(vocab->entries, [&](const node_entry& entry) {
      const bool is_gone = unsigned_integer(entry.value).value_or(0) >= limit;
      if (is_gone) gone.insert(entry.key);
      return is_gone;
    });
  }
  node* merges = find_in(model, "merges");
  if (merges == nullptr || gone.empty()) return;
  const node* stated = model.find("continuing_subword_prefix");
  const std::string prefix = stated != nullptr && stated->is_string() ? stated->text : "";
  std::erase_if(merges->items, [&](const node& merge) {
    const auto [first, second] = parts_of_merge(merge);
    const std::string_view rest =
        second.starts_with(prefix) ? second.substr(prefix.size()) : second;
    return gone.contains(std::string(first)) || gone.contains(std::string(second)) ||
           gone.contains(std::string(first).append(rest));
  });
}

}  // namespace detail

/// Takes out every token with an id from `limit` on, from documents and table. Returns whether
/// there was any.
inline bool remove_tokens_from(tokenizer& its, std::uint64_t limit) {
  if (its.tokens.rows() <= limit) return false;
  token_table kept = its.tokens.below(limit);
  remove_special_tokens(its.settings, [&kept](const std::string& token) {
    return !kept.find(token).has_value();
  });
  if (node* decoder = detail::find_in(its.settings, "added_tokens_decoder")) {
    std::erase_if(decoder->entries, [&kept](const node_entry& entry) {
      return !kept.has_added(read_added_token(entry.value).content);
    });
  }
  if (node* model = detail::find_in(its.document, "model")) {
    detail::remove_model_tokens(*model, limit);
  }
  its.tokens = std::move(kept);
  return true;
}

/// Writes the added tokens of the table into the documents; the tokens' own ids stay.
inline void write_added_tokens(tokenizer& its) {
  node list = make_sequence();
  for (const added_token& token : its.tokens.added()) {
    list.items.push_back(write_added_token(token, true));
  }
  set(its.document, "added_tokens", std::move(list));
  node* decoder = detail::find_in(its.settings, "added_tokens_decoder");
  if (decoder == nullptr) return;
  *decoder = make_mapping();
  for (const added_token& token : its.tokens.added()) {
    decoder->entries.push_back({std::to_string(token.id), {}, write_added_token(token, false)});
  }
}

}  // namespace tensormerge
