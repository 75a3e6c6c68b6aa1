#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <tensormerge/document/edit_node.hpp>
#include <tensormerge/document/node.hpp>

namespace tensormerge {

namespace detail {

inline node byte_level_part(bool add_prefix_space, bool trim_offsets, bool use_regex) {
  node part = make_mapping();
  set(part, "type", make_string("ByteLevel"));
  set(part, "add_prefix_space", make_boolean(add_prefix_space));
  set(part, "trim_offsets", make_boolean(trim_offsets));
  set(part, "use_regex", make_boolean(use_regex));
  return part;
}

/// Qwen2 splits by a pattern of its own, which takes digits one by one.
inline constexpr const char* qwen2_pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*)"
    R"(|\s*[\r\n]+|\s+(?!\S)|\s+)";

inline node qwen2_splitter(bool add_prefix_space) {
  node expression = make_mapping();
  set(expression, "Regex", make_string(qwen2_pattern));
  node split = make_mapping();
  set(split, "type", make_string("Split"));
  set(split, "pattern", std::move(expression));
  set(split, "behavior", make_string("Isolated"));
  set(split, "invert", make_boolean(false));
  node both = make_sequence();
  both.items.push_back(std::move(split));
  both.items.push_back(byte_level_part(add_prefix_space, true, false));
  node sequence = make_mapping();
  set(sequence, "type", make_string("Sequence"));
  set(sequence, "pretokenizers", std::move(both));
  return sequence;
}

/// The lines `a b` of merges.txt, without the line that states a version.
inline node merges_of(std::string_view text) {
  node merges = make_sequence();
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), end + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with("#version")) continue;
    if (const std::size_t gap = line.find(' '); gap != std::string_view::npos) {
      node pair = make_sequence();
      pair.items.push_back(make_string(std::string(line.substr(0, gap))));
      pair.items.push_back(make_string(std::string(line.substr(gap + 1))));
      merges.items.push_back(std::move(pair));
    }
  }
  return merges;
}

}  // namespace detail

/// The tokenizer.json of a byte-level BPE tokenizer that is stored as vocab.json and merges.txt
/// (Radford et al. 2019); null for a class of tokenizers other than GPT-2's and Qwen2's, which
/// split texts differently. `vocab` is the mapping of vocab.json.
inline node byte_level_tokenizer(std::string_view tokenizer_class, bool add_prefix_space,
                                 node vocab, std::string_view merges_text) {
  constexpr std::array<std::string_view, 2> like_gpt2{"GPT2Tokenizer", "GPT2TokenizerFast"};
  constexpr std::array<std::string_view, 2> like_qwen2{"Qwen2Tokenizer", "Qwen2TokenizerFast"};
  const auto one_of = [tokenizer_class](const auto& names) {
    return std::find(names.begin(), names.end(), tokenizer_class) != names.end();
  };
  if (!one_of(like_gpt2) && !one_of(like_qwen2)) return {};
  node normalizer, splitter;
  if (one_of(like_qwen2)) {
    set(normalizer, "type", make_string("NFC"));
    splitter = detail::qwen2_splitter(add_prefix_space);
  } else {
    splitter = detail::byte_level_part(add_prefix_space, true, true);
  }
  node model = make_mapping();
  set(model, "type", make_string("BPE"));
  set(model, "dropout", {});
  set(model, "unk_token", {});
  set(model, "continuing_subword_prefix", make_string(""));
  set(model, "end_of_word_suffix", make_string(""));
  set(model, "fuse_unk", make_boolean(false));
  set(model, "byte_fallback", make_boolean(false));
  set(model, "vocab", std::move(vocab));
  set(model, "merges", detail::merges_of(merges_text));
  node document = make_mapping();
  set(document, "version", make_string("1.0"));
  set(document, "truncation", {});
  set(document, "padding", {});
  set(document, "added_tokens", make_sequence());
  set(document, "normalizer", std::move(normalizer));
  set(document, "pre_tokenizer", std::move(splitter));
  set(document, "post_processor", detail::byte_level_part(true, false, true));
  set(document, "decoder", detail::byte_level_part(true, true, true));
  set(document, "model", std::move(model));
  return document;
}

}  // namespace tensormerge
