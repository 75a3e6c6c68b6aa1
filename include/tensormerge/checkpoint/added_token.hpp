#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <tensormerge/document/edit_node.hpp>
#include <tensormerge/document/node.hpp>

namespace tensormerge {

/// A token that is found in a text as a whole, before the tokenizer's model sees the rest. The
/// flags are those of tokenizer.json: `single_word` within no other word, `lstrip` and `rstrip`
/// with the white space beside it, `normalized` in the normalized text, `special` not shown when
/// special tokens are skipped.
/// Source: https://huggingface.co/docs/tokenizers/api/added-tokens.
struct added_token {
  std::string content{};
  std::uint64_t id = 0;
  bool single_word = false;
  bool lstrip = false;
  bool rstrip = false;
  bool normalized = true;
  bool special = false;

  friend bool operator==(const added_token&, const added_token&) = default;
};

/// The token with the flags that a mapping gives; what it does not give is off, and `normalized`
/// the opposite of `special`.
inline added_token read_added_token(const node& mapping) {
  const auto flag = [&mapping](std::string_view key, bool otherwise) {
    const node* value = mapping.find(key);
    return value != nullptr && value->type == node::kind::boolean ? value->number != 0 : otherwise;
  };
  added_token token;
  const node* content = mapping.find("content");
  if (content != nullptr && content->is_string()) token.content = content->text;
  token.single_word = flag("single_word", false);
  token.lstrip = flag("lstrip", false);
  token.rstrip = flag("rstrip", false);
  token.special = flag("special", false);
  token.normalized = flag("normalized", !token.special);
  return token;
}

/// The token as an entry of tokenizer.json's `added_tokens` or, without its id, as a value of
/// tokenizer_config.json's `added_tokens_decoder`.
inline node write_added_token(const added_token& token, bool with_id) {
  node mapping = make_mapping();
  if (with_id) set(mapping, "id", make_integer(static_cast<std::int64_t>(token.id)));
  set(mapping, "content", make_string(token.content));
  set(mapping, "single_word", make_boolean(token.single_word));
  set(mapping, "lstrip", make_boolean(token.lstrip));
  set(mapping, "rstrip", make_boolean(token.rstrip));
  set(mapping, "normalized", make_boolean(token.normalized));
  set(mapping, "special", make_boolean(token.special));
  return mapping;
}

}  // namespace tensormerge
