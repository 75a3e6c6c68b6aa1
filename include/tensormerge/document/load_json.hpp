#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include <tensormerge/document/edit_node.hpp>
#include <tensormerge/document/node.hpp>
#include <tensormerge/document/read_text.hpp>
#include <tensormerge/document/resolve_scalar.hpp>
#include <tensormerge/document/text_positions.hpp>
#include <tensormerge/document/tree_builder.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

namespace detail {

/// Takes nlohmann's events. They carry no positions, so a second reader walks along the text.
class json_events : public nlohmann::json_sax<nlohmann::json> {
 public:
  json_events(std::string_view text, const std::string& file_name)
      : text_(text), positions_(text), builder_(file_name) {
    if (text.starts_with("\xEF\xBB\xBF")) at_ = 3;
  }

  bool null() override { return literal(node::kind::null, 0); }
  bool boolean(bool value) override { return literal(node::kind::boolean, value ? 1 : 0); }
  bool number_integer(number_integer_t) override { return any_number(); }
  bool number_unsigned(number_unsigned_t) override { return any_number(); }
  bool number_float(number_float_t, const string_t&) override { return any_number(); }
  bool binary(binary_t&) override { return false; }

  bool string(string_t& value) override {
    const text_position at = skip_string();
    builder_.value(make_scalar(node::kind::string, std::move(value), false, 0, at));
    return true;
  }

  bool key(string_t& value) override {
    const text_position at = skip_string();
    builder_.key(std::move(value), at);
    return true;
  }

  bool start_object(std::size_t) override { return begin(make_mapping); }
  bool start_array(std::size_t) override { return begin(make_sequence); }
  bool end_object() override { return end(); }
  bool end_array() override { return end(); }

  /// `position` is the number of bytes read, with the one at fault.
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::json::exception& error) override {
    const std::string_view sentence = error.what();
    std::string_view reason = sentence;
    if (const std::size_t place = sentence.find("column "); place != std::string_view::npos) {
      reason = sentence.substr(sentence.find(": ", place) + 2);
    } else if (const std::size_t id = sentence.find("] "); id != std::string_view::npos) {
      reason = sentence.substr(id + 2);
    }
    throw builder_.fatal(positions_.at(position == 0 ? 0 : position - 1),
                         "is not valid JSON: " + std::string(reason));
  }

  void hand_over(tree_builder::visitor visit) { builder_.hand_over(std::move(visit)); }
  node finish() { return builder_.finish(); }

 private:
  text_position next_token() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' ||
                                  text_[at_] == '\r' || text_[at_] == ',' || text_[at_] == ':')) {
      ++at_;
    }
    return positions_.at(at_);
  }

  std::string_view skip_word() {
    const std::size_t from = at_;
    while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != ']' && text_[at_] != '}' &&
           static_cast<unsigned char>(text_[at_]) > ' ') {
      ++at_;
    }
    return text_.substr(from, at_ - from);
  }

  text_position skip_string() {
    const text_position at = next_token();
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    ++at_;
    return at;
  }

  bool literal(node::kind type, double number) {
    const text_position at = next_token();
    builder_.value(make_scalar(type, std::string(skip_word()), true, number, at));
    return true;
  }

  bool any_number() {
    const text_position at = next_token();
    const std::string_view written = skip_word();
    const bool whole = written.find_first_of(".eE") == std::string_view::npos;
    const bool negative = written.starts_with('-');
    const double value = parse_decimal(written.substr(negative ? 1 : 0));
    builder_.value(make_scalar(whole ? node::kind::integer : node::kind::number,
                               std::string(written), false, negative ? -value : value, at));
    return true;
  }

  bool begin(node (*make)(text_position)) {
    builder_.begin(make(next_token()));
    ++at_;
    return true;
  }

  bool end() {
    next_token();
    ++at_;
    builder_.end();
    return true;
  }

  std::string_view text_;
  text_positions positions_;
  tree_builder builder_;
  std::size_t at_ = 0;
};

inline node read_json(std::string_view text, const std::string& file_name,
                      tree_builder::visitor visit) {
  // nlohmann takes a NUL for the end of the text and would not look at what follows.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    throw failure(diagnostic{.file = file_name,
                             .at = text_positions(text).at(nul),
                             .what = "is not valid JSON: it holds a NUL byte"});
  }
  json_events events(text, file_name);
  events.hand_over(std::move(visit));
  nlohmann::json::sax_parse(text, &events);
  return events.finish();
}

}  // namespace detail

/// Reads JSON (RFC 8259). Numbers keep their text. Throws failure with line and column where the
/// text is not JSON, is nested deeper than 200 levels, or gives a key twice.
inline node load_json(std::string_view text, const std::string& file_name) {
  return detail::read_json(text, file_name, {});
}

/// The same for a mapping that need not be held as a whole: `visit` is called with each key and its
/// value when they have been read, before what comes after may be found to be wrong.
inline void visit_json(std::string_view text, const std::string& file_name,
                       tree_builder::visitor visit) {
  detail::read_json(text, file_name, std::move(visit));
}

/// Reads a JSON file of at most 256 MiB. Throws failure.
inline node load_json_file(const std::filesystem::path& file) {
  constexpr std::size_t most_bytes = std::size_t{256} << 20;
  return load_json(read_text(file, most_bytes), file.string());
}

}  // namespace tensormerge
