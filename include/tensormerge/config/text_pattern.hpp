#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tensormerge {

/// A regular expression as JSON Schema writes them (ECMA 262): literals, `.`, classes, groups, `|`,
/// `* + ? {m,n}` with or without `?` behind, `^ $ \b \B`, `\d \w \s` and their opposites, `\t \n
/// \r \f \v \0`, `\cX`, `\xHH`, `\uHHHH`. Works on Unicode code points.
/// A search takes time in proportion to text times pattern, whatever they are, and no recursion
/// (all threads of a nondeterministic automaton are followed at once: Thompson 1968).
class text_pattern {
 public:
  /// Throws std::invalid_argument for what is not a pattern and for look-ahead, back references,
  /// Unicode properties and patterns of more than 20,000 states.
  explicit text_pattern(std::string_view text) : text_(text), rest_(code_points(text)) {
    const fragment whole = alternatives(0);
    if (at_ != rest_.size()) refuse("an unmatched )");
    append(whole);
    program_.push_back({op::match, 0, 0, {}});
    rest_.clear();
  }

  const std::string& text() const { return text_; }

  /// Whether a part of `subject` matches.
  bool search(std::string_view subject) const {
    const std::u32string letters = code_points(subject);
    thread_list now(program_.size()), next(program_.size());
    for (std::size_t place = 0;; ++place) {
      if (follow(0, letters, place, now)) return true;
      if (place == letters.size()) return false;
      next.clear();
      for (const std::size_t state : now.states) {
        if (!takes(program_[state], letters[place])) continue;
        if (follow(state + 1, letters, place + 1, next)) return true;
      }
      std::swap(now, next);
    }
  }

 private:
  enum class op : std::uint8_t { set, split, jump, begin, end, boundary, no_boundary, match };
  using range = std::pair<char32_t, char32_t>;

  struct instruction {
    op what = op::match;
    std::ptrdiff_t first = 0, second = 0;  // of split and jump: where to go on, relative
    std::vector<range> ranges{};           // of set: what it takes
  };
  using fragment = std::vector<instruction>;

  struct thread_list {
    explicit thread_list(std::size_t size) : seen(size) {}
    void clear() {
      for (const std::size_t state : touched) seen[state] = false;
      touched.clear();
      states.clear();
    }
    std::vector<std::size_t> states{}, touched{};
    std::vector<bool> seen;
  };

  static constexpr char32_t last_letter = 0x10FFFF;
  static constexpr std::size_t most_states = 20000;
  static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

  static bool takes(const instruction& each, char32_t letter) {
    return each.what == op::set &&
           std::any_of(each.ranges.begin(), each.ranges.end(), [&](const range& one) {
             return one.first <= letter && letter <= one.second;
           });
  }

  static bool is_word(char32_t c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  /// Adds all states that are reached from `start` without a letter; true where the end is one.
  bool follow(std::size_t start, const std::u32string& letters, std::size_t place,
              thread_list& into) const {
    std::vector<std::size_t> open{start};
    while (!open.empty()) {
      const std::size_t state = open.back();
      open.pop_back();
      if (into.seen[state]) continue;
      into.seen[state] = true;
      into.touched.push_back(state);
      const instruction& each = program_[state];
      const auto jump = [&](std::ptrdiff_t distance) {
        open.push_back(static_cast<std::size_t>(static_cast<std::ptrdiff_t>(state) + distance));
      };
      const bool before = place > 0 && is_word(letters[place - 1]);
      const bool after = place < letters.size() && is_word(letters[place]);
      switch (each.what) {
        case op::match: return true;
        case op::set: into.states.push_back(state); break;
        case op::split: jump(each.second); [[fallthrough]];
        case op::jump: jump(each.first); break;
        case op::begin: if (place == 0) jump(1); break;
        case op::end: if (place == letters.size()) jump(1); break;
        case op::boundary: if (before != after) jump(1); break;
        case op::no_boundary: if (before == after) jump(1); break;
      }
    }
    return false;
  }

  /// Bytes that are not UTF-8 stand for themselves.
  static std::u32string code_points(std::string_view bytes) {
    std::u32string result;
    for (std::size_t i = 0; i < bytes.size();) {
      const auto lead = static_cast<unsigned char>(bytes[i]);
      const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
      char32_t letter = lead;
      if (length > 1 && i + length <= bytes.size()) {
        letter = lead & (0xFFu >> (length + 1));
        for (std::size_t k = 1; k < length; ++k) {
          letter = (letter << 6) | (static_cast<unsigned char>(bytes[i + k]) & 0x3Fu);
        }
        i += length;
      } else {
        ++i;
      }
      result += letter;
    }
    return result;
  }

  [[noreturn]] void refuse(const std::string& what) const {
    throw std::invalid_argument("the pattern " + text_ + " has " + what +
                                ", which is not supported");
  }

  void append(const fragment& part) {
    if (program_.size() + part.size() > most_states) refuse("too many states");
    program_.insert(program_.end(), part.begin(), part.end());
  }

  bool is_at(char32_t letter) const { return at_ < rest_.size() && rest_[at_] == letter; }
  bool skip(char32_t letter) {
    if (!is_at(letter)) return false;
    ++at_;
    return true;
  }
  char32_t take() {
    if (at_ == rest_.size()) refuse("no end");
    return rest_[at_++];
  }

  static std::ptrdiff_t length(const fragment& part) {
    return static_cast<std::ptrdiff_t>(part.size());
  }
  void join(fragment& whole, const fragment& part) const {
    if (whole.size() + part.size() > most_states) refuse("too many states");
    whole.insert(whole.end(), part.begin(), part.end());
  }

  fragment alternatives(int depth) {
    if (depth > 100) refuse("too many nested groups");
    fragment whole = sequence(depth);
    while (skip('|')) {
      const fragment other = sequence(depth);
      fragment both{{op::split, 1, length(whole) + 2, {}}};
      join(both, whole);
      both.push_back({op::jump, length(other) + 1, 0, {}});
      join(both, other);
      whole = std::move(both);
    }
    return whole;
  }

  fragment sequence(int depth) {
    fragment whole;
    while (at_ < rest_.size() && !is_at('|') && !is_at(')')) join(whole, repeated(depth));
    return whole;
  }

  fragment repeated(int depth) {
    const fragment once = atom(depth);
    std::size_t least = 1, most = 1;
    if (skip('*')) {
      least = 0, most = unlimited;
    } else if (skip('+')) {
      most = unlimited;
    } else if (skip('?')) {
      least = 0;
    } else if (is_at('{')) {
      if (!counts(least, most)) refuse("a { that is no count");
    } else {
      return once;
    }
    skip('?');  // whether it takes much or little first does not change whether it matches
    if (is_at('*') || is_at('+') || is_at('{')) refuse("two counts in a row");
    if (most < least) refuse("a count that ends before it begins");

    fragment whole;
    for (std::size_t i = 0; i < least; ++i) join(whole, once);
    if (most == unlimited) {
      join(whole, {{op::split, 1, length(once) + 2, {}}});
      join(whole, once);
      join(whole, {{op::jump, -length(once) - 1, 0, {}}});
    } else {
      for (std::size_t i = least; i < most; ++i) {
        join(whole, {{op::split, 1, length(once) + 1, {}}});
        join(whole, once);
      }
    }
    return whole;
  }

  bool counts(std::size_t& least, std::size_t& most) {
    const auto number = [&](std::size_t& value) {
      const std::size_t start = at_;
      value = 0;
      while (at_ < rest_.size() && rest_[at_] >= '0' && rest_[at_] <= '9') {
        value = std::min<std::size_t>(value * 10 + (rest_[at_++] - '0'), most_states + 1);
      }
      return at_ > start;
    };
    skip('{');
    if (!number(least)) return false;
    most = least;
    if (skip(',') && !number(most)) most = unlimited;
    return skip('}');
  }

  fragment atom(int depth) {
    const char32_t letter = take();
    switch (letter) {
      case '^': return {{op::begin, 0, 0, {}}};
      case '$': return {{op::end, 0, 0, {}}};
      case '.': return set(inverted({{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}}));
      case '[': return set(bracket());
      case '(': {
        if (skip('?') && !skip(':')) refuse("a look-around or a named group");
        fragment inside = alternatives(depth + 1);
        if (!skip(')')) refuse("an unmatched (");
        return inside;
      }
      case '\\':
        if (skip('b')) return {{op::boundary, 0, 0, {}}};
        if (skip('B')) return {{op::no_boundary, 0, 0, {}}};
        return set(escape());
      case '*':
      case '+':
      case '?':
      case '{': refuse("a count of nothing");
      default: return set({{letter, letter}});
    }
  }

  static fragment set(std::vector<range> ranges) { return {{op::set, 0, 0, std::move(ranges)}}; }

  static std::vector<range> inverted(std::vector<range> ranges) {
    std::sort(ranges.begin(), ranges.end());
    std::vector<range> result;
    char32_t from = 0;
    for (const range& each : ranges) {
      if (each.first > from) result.emplace_back(from, each.first - 1);
      from = std::max<char32_t>(from, each.second + 1);
    }
    if (from <= last_letter) result.emplace_back(from, last_letter);
    return result;
  }

  /// What the letters behind a backslash stand for.
  std::vector<range> escape() {
    const std::vector<range> digit{{'0', '9'}};
    const std::vector<range> word{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
    const std::vector<range> space{{'\t', '\r'},      {' ', ' '},       {0xA0, 0xA0},
                                   {0x1680, 0x1680},  {0x2000, 0x200A}, {0x2028, 0x2029},
                                   {0x202F, 0x202F},  {0x205F, 0x205F}, {0x3000, 0x3000},
                                   {0xFEFF, 0xFEFF}};
    const char32_t letter = take();
    const auto one = [](char32_t c) { return std::vector<range>{{c, c}}; };
    switch (letter) {
      case 'd': return digit;
      case 'D': return inverted(digit);
      case 'w': return word;
      case 'W': return inverted(word);
      case 's': return space;
      case 'S': return inverted(space);
      case 't': return one('\t');
      case 'n': return one('\n');
      case 'r': return one('\r');
      case 'f': return one('\f');
      case 'v': return one('\v');
      case '0': return one(0);
      case 'x': return one(hexadecimal(2));
      case 'u': return one(hexadecimal(4));
      case 'c': {
        const char32_t control = take();
        if (!is_word(control) || control < 'A' || control == '_') refuse("a \\c without a letter");
        return one(control & 0x1F);
      }
      default: break;
    }
    if (is_word(letter)) refuse("an unknown escape or a back reference");
    return one(letter);
  }

  char32_t hexadecimal(int digits) {
    char32_t value = 0;
    for (int i = 0; i < digits; ++i) {
      const char32_t c = take();
      if (c >= '0' && c <= '9') {
        value = value * 16 + (c - '0');
      } else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
        value = value * 16 + ((c | 0x20) - 'a' + 10);
      } else {
        refuse("a hexadecimal escape that is none");
      }
    }
    return value;
  }

  std::vector<range> bracket() {
    const bool inverse = skip('^');
    std::vector<range> all;
    while (!skip(']')) {
      std::vector<range> low = member();
      const bool is_range = is_at('-') && at_ + 1 < rest_.size() && rest_[at_ + 1] != ']';
      if (is_range) {
        skip('-');
        const std::vector<range> high = member();
        const bool single = low.size() == 1 && low[0].first == low[0].second && high.size() == 1 &&
                            high[0].first == high[0].second;
        if (!single || low[0].first > high[0].first) refuse("a range that is none");
        low[0].second = high[0].second;
      }
      all.insert(all.end(), low.begin(), low.end());
    }
    return inverse ? inverted(std::move(all)) : all;
  }

  std::vector<range> member() {
    const char32_t letter = take();
    if (letter != '\\') return {{letter, letter}};
    if (skip('b')) return {{'\b', '\b'}};
    return escape();
  }

  std::string text_;
  std::u32string rest_;  // what is parsed
  std::size_t at_ = 0;
  std::vector<instruction> program_;
};

}  // namespace tensormerge
