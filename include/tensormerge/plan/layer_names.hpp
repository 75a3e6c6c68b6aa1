#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/tensor_entry.hpp>

namespace tensormerge {

/// A tensor's name around one of its numbers: `model.layers.3.mlp.up_proj.weight` is
/// `model.layers.`, 3 and `.mlp.up_proj.weight`.
struct layer_name {
  std::string_view prefix;
  std::uint64_t index = 0;
  std::string_view suffix;
};

/// Splits a name at its first segment from `start` on that is a number; none where there is no such
/// segment. Segments are what dots separate; numbers have no leading zeros and fit in 9 digits.
inline std::optional<layer_name> split_layer_name(std::string_view name, std::size_t start = 0) {
  constexpr std::size_t most_digits = 9;
  while (start < name.size()) {
    const std::size_t end = std::min(name.find('.', start), name.size());
    const std::string_view segment = name.substr(start, end - start);
    std::uint64_t index = 0;
    const auto parsed = std::from_chars(segment.data(), segment.data() + segment.size(), index);
    const bool is_number = !segment.empty() && parsed.ptr == segment.data() + segment.size() &&
                           segment.size() <= most_digits &&
                           (segment.size() == 1 || segment.front() != '0');
    if (is_number) return layer_name{name.substr(0, start), index, name.substr(end)};
    start = end + 1;
  }
  return std::nullopt;
}

/// The reverse of splitting.
inline std::string join_layer_name(std::string_view prefix, std::uint64_t index,
                                   std::string_view suffix) {
  std::string name(prefix);
  name += std::to_string(index);
  name += suffix;
  return name;
}

/// A run of layers of the same kind, numbered from 0: `model.layers.` with 32 layers.
struct layer_stack {
  std::string prefix;
  std::uint64_t layers = 0;
  friend bool operator==(const layer_stack&, const layer_stack&) = default;
};

namespace detail {

/// The numbers that follow a prefix in the names of a checkpoint.
struct numbers_of_prefix {
  std::uint64_t end = 0;
  std::uint64_t distinct = 0;
  std::vector<bool> seen;
  std::size_t tensors = 0;

  bool run_from_zero() const { return distinct == end; }
};

/// By prefix, so that an outer number comes before those inside it.
using numbers_by_prefix = std::map<std::string_view, numbers_of_prefix>;

inline numbers_by_prefix find_numbers(std::span<const tensor_entry> tensors) {
  numbers_by_prefix found;
  for (const tensor_entry& tensor : tensors) {
    std::size_t start = 0;
    while (const std::optional<layer_name> name = split_layer_name(tensor.name, start)) {
      numbers_of_prefix& its = found[name->prefix];
      ++its.tensors;
      its.end = std::max(its.end, name->index + 1);
      // A number beyond the tensors' count must leave a gap, and is not worth the memory.
      if (name->index < tensors.size()) {
        if (its.seen.size() <= name->index) its.seen.resize(name->index + 1);
        if (!its.seen[name->index]) ++its.distinct;
        its.seen[name->index] = true;
      }
      start = tensor.name.size() - name->suffix.size() + 1;
    }
  }
  return found;
}

/// Whether `prefix` holds a number of `outer` (`model.layers.3.experts.` in `model.layers.`).
inline bool is_inside(std::string_view prefix, std::string_view outer) {
  return prefix.size() > outer.size() && prefix.starts_with(outer) &&
         prefix[outer.size()] >= '0' && prefix[outer.size()] <= '9';
}

}  // namespace detail

/// The stacks of layers of a checkpoint, judged by its tensors' names alone: outermost numbers that
/// run from 0 without a gap. Where config.json states counts, the stacks of as many layers as any
/// of them (one, or an encoder's and a decoder's); else, or where none has as many, the longest of at
/// least two. Sorted by prefix.
inline std::vector<layer_stack> find_layer_stacks(std::span<const tensor_entry> tensors,
                                                  std::span<const std::uint64_t> stated) {
  const detail::numbers_by_prefix numbers = detail::find_numbers(tensors);
  const auto outermost = [&numbers](auto&& wanted) {
    std::vector<layer_stack> stacks;
    for (const auto& [prefix, its] : numbers) {
      if (!its.run_from_zero() || !wanted(its.end)) continue;
      const bool inside = std::any_of(
          stacks.begin(), stacks.end(),
          [&prefix = prefix](const layer_stack& s) { return detail::is_inside(prefix, s.prefix); });
      if (!inside) stacks.push_back({std::string(prefix), its.end});
    }
    return stacks;
  };
  std::vector<layer_stack> stacks = outermost([stated](std::uint64_t layers) {
    return std::find(stated.begin(), stated.end(), layers) != stated.end();
  });
  if (!stacks.empty()) return stacks;
  stacks = outermost([](std::uint64_t layers) { return layers >= 2; });
  const auto longest = std::max_element(
      stacks.begin(), stacks.end(), [&](const layer_stack& a, const layer_stack& b) {
        return std::pair(a.layers, numbers.at(a.prefix).tensors) <
               std::pair(b.layers, numbers.at(b.prefix).tensors);
      });
  if (longest == stacks.end()) return {};
  return {*longest};
}

/// The same for one count or none.
inline std::vector<layer_stack> find_layer_stacks(std::span<const tensor_entry> tensors,
                                                  std::optional<std::uint64_t> stated) {
  return find_layer_stacks(tensors, stated ? std::span(&*stated, 1)
                                           : std::span<const std::uint64_t>());
}

}  // namespace tensormerge
