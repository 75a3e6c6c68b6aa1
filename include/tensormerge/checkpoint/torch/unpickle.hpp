#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/little_endian.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/checkpoint/torch/pickle_value.hpp>
#include <tensormerge/checkpoint/torch/rebuild_tensor.hpp>
#include <tensormerge/checkpoint/torch/torch_global.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

namespace detail {

/// The machine that a pickle is a program for. It has no instruction that runs anything: a call is
/// answered with a description of the tensor or container that it stands for.
/// Ref: Python's Lib/pickletools.py, which documents every instruction.
class unpickler {
 public:
  unpickler(std::string_view data, std::string file_name)
      : data_(data), file_name_(std::move(file_name)) {
    tree_.data = data;
  }

  pickle_tree run() {
    while (!step(byte())) {
    }
    tree_.top = pop();
    tree_.end = at_;
    return std::move(tree_);
  }

 private:
  using kind = pickle_value::kind;

  // What a pickle may make at most; 200,000 tensors stay below.
  static constexpr std::size_t most_values = 1 << 20, most_items = 4 << 20, most_memo = 2 << 20,
                               most_tensors = 250'000, most_arguments = 16;

  [[noreturn]] void refuse(std::string what, std::string expected = {},
                           std::string found = {}) const {
    throw failure(diagnostic{.file = file_name_,
                             .path = "byte " + std::to_string(at_) + " of the pickle",
                             .what = std::move(what),
                             .expected = std::move(expected),
                             .found = std::move(found)});
  }

  std::size_t take(std::uint64_t bytes) {
    if (bytes > data_.size() - at_) refuse("the pickle ends in the middle");
    return std::exchange(at_, at_ + static_cast<std::size_t>(bytes));
  }
  unsigned char byte() { return static_cast<unsigned char>(data_[take(1)]); }
  std::uint64_t number(std::size_t bytes) {
    const std::string_view text = data_.substr(take(bytes), bytes);
    return little_endian(std::as_bytes(std::span(text)));
  }
  std::string_view line() {
    const std::size_t end = data_.find('\n', at_);
    if (end == std::string_view::npos) refuse("the pickle ends in the middle");
    const std::string_view text = data_.substr(at_, end - at_);
    at_ = end + 1;
    return text;
  }

  void push(pickle_value value) {
    if (stack_.size() == most_values) refuse("the pickle's stack is too deep");
    stack_.push_back(value);
  }
  void push(kind what, std::int64_t value = 0) { push({what, value}); }
  pickle_value pop() {
    if (stack_.empty()) refuse("the pickle takes more than it made");
    const pickle_value value = stack_.back();
    stack_.pop_back();
    return value;
  }

  void push_bytes(kind what, std::size_t length_bytes) {
    const std::uint64_t length = number(length_bytes);
    const std::size_t begin = take(length);
    push(what, static_cast<std::int64_t>(static_cast<std::uint64_t>(begin) << 32 | length));
  }

  void push_integer(std::size_t length_bytes) {
    const std::uint64_t length = number(length_bytes);
    const std::size_t begin = take(length);
    if (length > 8) {
      return push(kind::big_integer,
                  static_cast<std::int64_t>(static_cast<std::uint64_t>(begin) << 32 | length));
    }
    const std::string_view digits = data_.substr(begin, static_cast<std::size_t>(length));
    std::uint64_t value = little_endian(std::as_bytes(std::span(digits)));
    const bool is_negative = length > 0 && (static_cast<unsigned char>(digits.back()) & 0x80) != 0;
    if (is_negative && length < 8) value |= ~std::uint64_t{0} << (8 * length);
    push(kind::integer, static_cast<std::int64_t>(value));
  }

  void push_sequence(kind what, std::vector<pickle_value> items) {
    if (tree_.sequences.size() == most_values) refuse("the pickle makes too many containers");
    count(items.size());
    push(what, static_cast<std::int64_t>(tree_.sequences.size()));
    tree_.sequences.push_back(std::move(items));
  }
  void count(std::size_t items) {
    items_ += items;
    if (items_ > most_items) refuse("the pickle's containers hold too much");
  }

  std::vector<pickle_value> pop_many(std::size_t size) {
    if (stack_.size() < size) refuse("the pickle takes more than it made");
    const auto begin = stack_.end() - static_cast<std::ptrdiff_t>(size);
    std::vector<pickle_value> items(begin, stack_.end());
    stack_.erase(begin, stack_.end());
    return items;
  }
  std::vector<pickle_value> pop_to_mark() {
    const auto mark = std::find_if(stack_.rbegin(), stack_.rend(), [](const pickle_value& value) {
      return value.what == kind::mark;
    });
    if (mark == stack_.rend()) refuse("the pickle takes more than it made");
    std::vector<pickle_value> items = pop_many(static_cast<std::size_t>(mark - stack_.rbegin()));
    pop();
    return items;
  }

  void append(kind what, const std::vector<pickle_value>& items) {
    if (stack_.empty() || stack_.back().what != what) refuse("the pickle adds to no container");
    if (what == kind::dict && items.size() % 2 != 0) refuse("the pickle has a key without a value");
    count(items.size());
    std::vector<pickle_value>& into = tree_.sequences[stack_.back().index()];
    into.insert(into.end(), items.begin(), items.end());
  }

  void remember(std::uint64_t place) {
    if (stack_.empty()) refuse("the pickle remembers what it did not make");
    if (place >= most_memo) refuse("the pickle remembers too much");
    if (place >= memo_.size()) memo_.resize(static_cast<std::size_t>(place + 1));
    memo_[static_cast<std::size_t>(place)] = stack_.back();
  }
  void recall(std::uint64_t place) {
    if (place >= memo_.size() || !memo_[static_cast<std::size_t>(place)]) {
      refuse("the pickle recalls what it did not make");
    }
    push(*memo_[static_cast<std::size_t>(place)]);
  }

  void push_global(std::string_view module, std::string_view name) {
    const std::optional<torch_global> known = torch_global_named(module, name);
    if (!known) {
      throw failure(diagnostic{
          .file = file_name_,
          .path = quoted_name(std::string(module) + '.' + std::string(name)),
          .what = "the pickle asks for this name, which is no part of a tensor; it was not run",
          .expected = "torch tensors in plain containers",
          .hint = "save the state_dict alone, or convert it to safetensors where it is trusted"});
    }
    push(pack(*known));
  }

  std::string_view pop_text() {
    const pickle_value value = pop();
    if (value.what != kind::text) refuse("the pickle names a global by no text");
    return tree_.text_of(value);
  }

  void call() {
    const pickle_value arguments = pop(), callee = pop();
    if (callee.what != kind::global || arguments.what != kind::tuple) {
      refuse("the pickle calls what is no name");
    }
    if (tree_.items_of(arguments).size() > most_arguments) {
      refuse("the pickle calls with too many arguments");
    }
    const std::vector<pickle_value> items = tree_.items_of(arguments);
    const torch_global global = unpack(callee);
    if (global.what == torch_global::kind::ordered_dict) return push_ordered_dict(items);
    if (global.what == torch_global::kind::size) {
      if (items.size() == 1 && items[0].what == kind::tuple) return push(items[0]);
      refuse("torch.Size is made of no tuple");
    }
    if (tree_.tensors.size() == most_tensors) refuse("the pickle makes too many tensors");
    push(tensor_rebuilder(tree_, file_name_).rebuild(global, items));
    count(2 * tree_.tensors.back().extents.size());
  }

  void push_storage() {
    if (tree_.storages.size() == most_tensors) refuse("the pickle makes too many storages");
    push(tensor_rebuilder(tree_, file_name_).storage(pop()));
  }

  /// Python 2 gave the items as a list of pairs.
  void push_ordered_dict(const std::vector<pickle_value>& arguments) {
    std::vector<pickle_value> items;
    if (!arguments.empty()) {
      if (arguments[0].what != kind::list) refuse("OrderedDict is made of no list");
      for (const pickle_value& pair : tree_.items_of(arguments[0])) {
        const bool is_pair = (pair.what == kind::tuple || pair.what == kind::list) &&
                             tree_.items_of(pair).size() == 2;
        if (!is_pair) refuse("OrderedDict is made of no pairs");
        const std::vector<pickle_value>& both = tree_.items_of(pair);
        items.insert(items.end(), both.begin(), both.end());
      }
    }
    push_sequence(kind::dict, std::move(items));
  }

  /// Executes one instruction; true where it was the last.
  bool step(unsigned char code) {
    switch (code) {
      case 0x80: take(1); break;  // the protocol
      case 0x95: take(8); break;  // a frame's length
      case '.': return true;
      case '(': push(kind::mark); break;
      case '0': pop(); break;
      case '1': pop_to_mark(); break;
      case '2': push(pop_many(1).front()), push(stack_.back()); break;
      case 'N': push(kind::none); break;
      case 0x88: push(kind::boolean, 1); break;
      case 0x89: push(kind::boolean, 0); break;
      case 'J': push(kind::integer, static_cast<std::int32_t>(number(4))); break;
      case 'K': push(kind::integer, static_cast<std::int64_t>(number(1))); break;
      case 'M': push(kind::integer, static_cast<std::int64_t>(number(2))); break;
      case 0x8a: push_integer(1); break;
      case 0x8b: push_integer(4); break;
      case 'G': take(8), push(kind::real); break;
      case 'X': push_bytes(kind::text, 4); break;
      case 0x8c: push_bytes(kind::text, 1); break;
      case 0x8d: push_bytes(kind::text, 8); break;
      case 'T': push_bytes(kind::text, 4); break;
      case 'U': push_bytes(kind::text, 1); break;
      case 'B': push_bytes(kind::bytes, 4); break;
      case 'C': push_bytes(kind::bytes, 1); break;
      case 0x8e: push_bytes(kind::bytes, 8); break;
      case 0x96: push_bytes(kind::bytes, 8); break;
      case ']': push_sequence(kind::list, {}); break;
      case 'a': append(kind::list, pop_many(1)); break;
      case 'e': append(kind::list, pop_to_mark()); break;
      case 'l': push_sequence(kind::list, pop_to_mark()); break;
      case ')': push_sequence(kind::tuple, {}); break;
      case 't': push_sequence(kind::tuple, pop_to_mark()); break;
      case 0x85: push_sequence(kind::tuple, pop_many(1)); break;
      case 0x86: push_sequence(kind::tuple, pop_many(2)); break;
      case 0x87: push_sequence(kind::tuple, pop_many(3)); break;
      case '}': push_sequence(kind::dict, {}); break;
      case 's': append(kind::dict, pop_many(2)); break;
      case 'u': append(kind::dict, pop_to_mark()); break;
      case 'd': {
        std::vector<pickle_value> items = pop_to_mark();
        push_sequence(kind::dict, {});
        append(kind::dict, items);
        break;
      }
      case 0x8f: push_sequence(kind::list, {}); break;  // sets are lists here
      case 0x90: append(kind::list, pop_to_mark()); break;
      case 0x91: push_sequence(kind::list, pop_to_mark()); break;
      case 'h': recall(number(1)); break;
      case 'j': recall(number(4)); break;
      case 'q': remember(number(1)); break;
      case 'r': remember(number(4)); break;
      case 0x94: remember(next_memo_++); break;
      case 'c': {
        const std::string_view module = line();
        push_global(module, line());
        break;
      }
      case 0x93: {
        const std::string_view name = pop_text();
        push_global(pop_text(), name);
        break;
      }
      case 'R': call(); break;
      case 0x81: call(); break;  // cls.__new__(*args): OrderedDict and torch.Size
      case 'b': build(); break;
      case 'Q': push_storage(); break;
      default: unknown(code);
    }
    return false;
  }

  /// Attributes of a container, such as a state_dict's `_metadata`, are of no use here.
  void build() {
    pop();
    const bool is_plain = !stack_.empty() && (stack_.back().what == kind::dict ||
                                              stack_.back().what == kind::tensor);
    if (!is_plain) refuse("the pickle sets the state of what is no container");
  }

  [[noreturn]] void unknown(unsigned char code) const {
    char text[8];
    std::snprintf(text, sizeof text, "0x%02x", static_cast<unsigned>(code));
    refuse("the pickle has an instruction that torch does not write", "protocol 2 to 5", text);
  }

  std::string_view data_;
  std::string file_name_;
  std::size_t at_ = 0;
  std::size_t items_ = 0;
  std::uint64_t next_memo_ = 0;
  std::vector<pickle_value> stack_;
  std::vector<std::optional<pickle_value>> memo_;
  pickle_tree tree_;
};

}  // namespace detail

/// A pickle's length in bytes at most.
inline constexpr std::size_t largest_pickle = std::size_t{64} << 20;

/// Reads the pickle that `data` (at most largest_pickle bytes, which the tree refers to) begins
/// with. Nothing is imported or called: a name that is not one of torch_global_named is refused by
/// that name. Time and memory are bounded by the pickle's length. Throws failure.
inline pickle_tree unpickle(std::string_view data, const std::string& file_name) {
  return detail::unpickler(data.substr(0, largest_pickle), file_name).run();
}

}  // namespace tensormerge
