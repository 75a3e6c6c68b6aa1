#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/added_token.hpp>
#include <tensormerge/checkpoint/vocabulary.hpp>

namespace tensormerge {

/// The tokens of a tokenizer: those of its model, and those that were added to it. A token may be
/// both, under one id.
class token_table {
 public:
  void reserve(std::size_t tokens) { all_.reserve(tokens); }

  /// A token of the tokenizer's model. Returns false where it has a number already.
  bool put(std::string_view token, std::uint64_t id) {
    if (!all_.put(token, id)) return false;
    ++model_tokens_;
    greatest_model_id_ = std::max(greatest_model_id_, id);
    return true;
  }

  /// Adds a token, under the id that the tokenizers library gives it whatever `token.id` says: its
  /// own where it is a token already, else the next one. Nothing happens where it was added before.
  /// Returns false where the next id is not free, since the ids have gaps.
  bool add(added_token token) {
    if (!all_.find(token.content)) {
      const bool follows = !added_.empty() && added_.back().id >= model_tokens_;
      token.id = follows ? added_.back().id + 1 : model_tokens_;
      if (model_tokens_ > 0 && token.id <= greatest_model_id_) return false;
    }
    restore(std::move(token));
    return true;
  }

  /// The same for a token that was added before this table was made, under `token.id` where it is
  /// no token of the model.
  void restore(added_token token) {
    if (token.content.empty() || !contents_.insert(token.content).second) return;
    if (const std::optional<std::uint64_t> known = all_.find(token.content)) token.id = *known;
    else all_.put(token.content, token.id);
    const auto place = std::upper_bound(
        added_.begin(), added_.end(), token,
        [](const added_token& a, const added_token& b) { return a.id < b.id; });
    added_.insert(place, std::move(token));
  }

  std::optional<std::uint64_t> find(std::string_view token) const { return all_.find(token); }
  bool has_added(const std::string& token) const { return contents_.contains(token); }

  /// All of them, those of the model first and in its order.
  const std::vector<vocabulary::entry>& entries() const { return all_.entries(); }
  /// Ordered by id.
  const std::vector<added_token>& added() const { return added_; }
  std::size_t size() const { return all_.size(); }
  std::uint64_t model_tokens() const { return model_tokens_; }

  /// One more than the greatest id: the rows that an embedding needs.
  std::uint64_t rows() const {
    if (all_.size() == 0) return 0;
    return std::max(greatest_model_id_, added_.empty() ? 0 : added_.back().id) + 1;
  }

  /// The tokens with an id below the limit.
  token_table below(std::uint64_t limit) const {
    token_table kept;
    for (std::size_t i = 0; i < model_tokens_; ++i) {
      const vocabulary::entry& entry = all_.entries()[i];
      if (entry.id < limit) kept.put(entry.token, entry.id);
    }
    for (const added_token& token : added_) {
      if (token.id < limit) kept.restore(token);
    }
    return kept;
  }

 private:
  vocabulary all_;
  std::vector<added_token> added_;
  std::unordered_set<std::string> contents_;  // of added_
  std::uint64_t model_tokens_ = 0;
  std::uint64_t greatest_model_id_ = 0;
};

}  // namespace tensormerge
