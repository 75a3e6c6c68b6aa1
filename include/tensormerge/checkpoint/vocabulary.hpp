#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tensormerge {

/// The tokens of a tokenizer and their numbers, each token once.
class vocabulary {
 public:
  struct entry {
    std::string token{};
    std::uint64_t id = 0;
  };

  /// Makes room for that many tokens.
  void reserve(std::size_t tokens) {
    entries_.reserve(tokens);
    by_token_.reserve(tokens);
  }

  /// Gives the token a number, another one where it has one. Returns whether it was new.
  bool put(std::string_view token, std::uint64_t id) {
    const auto [place, added] = by_token_.try_emplace(std::string(token), entries_.size());
    if (added) entries_.push_back({std::string(token), id});
    else entries_[place->second].id = id;
    return added;
  }

  /// The token's number, in constant time; none where it is no token.
  std::optional<std::uint64_t> find(std::string_view token) const {
    const auto place = by_token_.find(token);
    if (place == by_token_.end()) return std::nullopt;
    return entries_[place->second].id;
  }

  /// In the order in which they were put.
  const std::vector<entry>& entries() const { return entries_; }

  std::size_t size() const { return entries_.size(); }

 private:
  struct token_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view token) const {
      return std::hash<std::string_view>{}(token);
    }
  };

  std::vector<entry> entries_;
  std::unordered_map<std::string, std::size_t, token_hash, std::equal_to<>> by_token_;
};

}  // namespace tensormerge
