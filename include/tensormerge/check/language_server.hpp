#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tensormerge/check/check_text.hpp>
#include <tensormerge/check/editing_help.hpp>
#include <tensormerge/check/report.hpp>
#include <tensormerge/check/schema_guide.hpp>
#include <tensormerge/check/text_edit.hpp>
#include <tensormerge/config/schema_texts.hpp>
#include <tensormerge/document/edit_node.hpp>
#include <tensormerge/document/text_positions.hpp>

namespace tensormerge {

/// What an editor talks to while a configuration is written (Language Server Protocol 3.17):
/// diagnostics, completion, hover and corrections. Knows no streams: messages go in and out.
class language_server {
 public:
  /// What a configuration without errors, with this URI, gets wrong about its models.
  using model_check = std::function<diagnostics(const checked_text&, const std::string& uri)>;

  /// Models are looked at where there is a `model_check`.
  explicit language_server(check_options options, model_check look_at_models = {})
      : options_(std::move(options)),
        look_at_models_(std::move(look_at_models)),
        merge_(merge_schema_text),
        mlx_(mlx_schema_text) {}

  /// The messages that answer one.
  std::vector<node> answer(const node& message) {
    const std::string method = text_at(message, "method");
    const node* id = message.find("id");
    const node* given = message.find("params");
    const node empty = make_mapping();
    const node& params = given == nullptr ? empty : *given;
    if (method == "exit") finished_ = true;
    if (method == "textDocument/didOpen") return open(params);
    if (method == "textDocument/didChange") return change(params);
    if (method == "textDocument/didClose") return close(params);
    if (id == nullptr || method.empty()) return {};
    node reply = make_mapping();
    set(reply, "jsonrpc", make_string("2.0"));
    set(reply, "id", *id);
    if (method == "initialize") set(reply, "result", initialize(params));
    else if (method == "shutdown") set(reply, "result", node{});
    else if (method == "textDocument/completion") set(reply, "result", complete(params));
    else if (method == "textDocument/hover") set(reply, "result", hover(params));
    else if (method == "textDocument/codeAction") set(reply, "result", correct(params));
    else set(reply, "error", unknown_method());
    return {reply};
  }

  bool finished() const { return finished_; }

 private:
  static std::string text_at(const node& value, std::string_view key) {
    const node* found = value.find(key);
    return found == nullptr ? std::string() : found->text;
  }

  static node unknown_method() {
    constexpr std::int64_t method_not_found = -32601;
    node error = make_mapping();
    set(error, "code", make_integer(method_not_found));
    set(error, "message", make_string("the method is not known"));
    return error;
  }

  node initialize(const node& params) {
    const node* client = params.find("capabilities");
    const node* general = client == nullptr ? nullptr : client->find("general");
    const node* encodings = general == nullptr ? nullptr : general->find("positionEncodings");
    for (std::size_t i = 0; encodings != nullptr && i < encodings->items.size(); ++i) {
      if (encodings->items[i].text == "utf-32") counts_points_ = true;
    }
    node abilities = make_mapping();
    set(abilities, "positionEncoding", make_string(counts_points_ ? "utf-32" : "utf-16"));
    set(abilities, "textDocumentSync", make_integer(1));
    set(abilities, "completionProvider", make_mapping());
    set(abilities, "hoverProvider", make_boolean(true));
    set(abilities, "codeActionProvider", make_boolean(true));
    node result = make_mapping();
    set(result, "capabilities", std::move(abilities));
    set(set(result, "serverInfo", make_mapping()), "name", make_string("tensormerge"));
    return result;
  }

  std::vector<node> open(const node& params) {
    const node* document = params.find("textDocument");
    if (document == nullptr) return {};
    return publish(text_at(*document, "uri"), text_at(*document, "text"));
  }

  std::vector<node> change(const node& params) {
    const node *document = params.find("textDocument"), *changes = params.find("contentChanges");
    if (document == nullptr || changes == nullptr || changes->items.empty()) return {};
    return publish(text_at(*document, "uri"), text_at(changes->items.back(), "text"));
  }

  std::vector<node> close(const node& params) {
    const node* document = params.find("textDocument");
    if (document == nullptr) return {};
    const std::string uri = text_at(*document, "uri");
    texts_.erase(uri);
    return {diagnostics_message(uri, make_sequence())};
  }

  static node diagnostics_message(const std::string& uri, node list) {
    node message = make_mapping();
    set(message, "jsonrpc", make_string("2.0"));
    set(message, "method", make_string("textDocument/publishDiagnostics"));
    node& params = set(message, "params", make_mapping());
    set(params, "uri", make_string(uri));
    set(params, "diagnostics", std::move(list));
    return message;
  }

  std::vector<node> publish(const std::string& uri, std::string text) {
    const std::string& kept = texts_[uri] = std::move(text);
    const source_text source(kept);
    checked_text checked = check_text(kept, uri, options_);
    diagnostics& findings = checked.findings;
    if (look_at_models_ && !has_errors(findings)) {
      const diagnostics more = look_at_models_(checked, uri);
      findings.insert(findings.end(), more.begin(), more.end());
    }
    node list = make_sequence();
    for (const diagnostic& each : findings) list.items.push_back(lsp_diagnostic(each, source));
    return {diagnostics_message(uri, std::move(list))};
  }

  node lsp_position(text_position at, const source_text& source) const {
    std::int64_t character = at.column == 0 ? 0 : at.column - 1;
    if (!counts_points_) {
      // Characters beyond the basic plane, which take four bytes, count twice.
      const std::string_view line = source.line(at.line);
      const std::size_t bytes = source.offset(at) - source.offset({at.line, 1});
      character += std::count_if(line.begin(),
                                 line.begin() + static_cast<std::ptrdiff_t>(
                                                    std::min(bytes, line.size())),
                                 [](char c) { return static_cast<unsigned char>(c) >= 0xF0; });
    }
    node place = make_mapping();
    set(place, "line", make_integer(at.line == 0 ? 0 : at.line - 1));
    set(place, "character", make_integer(character));
    return place;
  }

  node lsp_range(text_position begin, text_position end, const source_text& source) const {
    node range = make_mapping();
    set(range, "start", lsp_position(begin, source));
    set(range, "end", lsp_position(end, source));
    return range;
  }

  node lsp_diagnostic(const diagnostic& finding, const source_text& source) const {
    text_position end = finding.at;
    end.column += static_cast<std::uint32_t>(
        std::max<std::size_t>(1, characters_in(source.word(finding.at))));
    node item = make_mapping();
    set(item, "range", lsp_range(finding.at, end, source));
    const std::int64_t level = finding.level == severity::error     ? 1
                               : finding.level == severity::warning ? 2
                                                                    : 3;
    set(item, "severity", make_integer(level));
    set(item, "code", make_string(std::string(code_of(finding))));
    set(item, "source", make_string("tensormerge"));
    set(item, "message", make_string(message_of(finding)));
    return item;
  }

  /// The text that a request is about, and where in it.
  struct request_place {
    const std::string* text = nullptr;
    text_position at{};
  };

  request_place place_of(const node& params) const {
    const node *document = params.find("textDocument"), *position = params.find("position");
    if (document == nullptr || position == nullptr) return {};
    const auto found = texts_.find(text_at(*document, "uri"));
    const node *line = position->find("line"), *character = position->find("character");
    if (found == texts_.end() || line == nullptr || character == nullptr) return {};
    constexpr double most = 1e9;
    if (!(line->number >= 0 && line->number < most)) return {};
    if (!(character->number >= 0 && character->number < most)) return {};
    text_position at{static_cast<std::uint32_t>(line->number) + 1,
                     static_cast<std::uint32_t>(character->number) + 1};
    if (!counts_points_) {
      std::uint32_t units = 0, points = 0;
      for (const char letter : source_text(found->second).line(at.line)) {
        if ((static_cast<unsigned char>(letter) & 0xC0) == 0x80) continue;
        if (units + 1 >= at.column) break;
        units += static_cast<unsigned char>(letter) >= 0xF0 ? 2 : 1;
        ++points;
      }
      at.column = points + 1;
    }
    return {&found->second, at};
  }

  const schema_guide& guide_for(std::string_view text) const {
    const bool is_mlx = text.find("\n    path:") != std::string_view::npos ||
                        text.find("- name:") != std::string_view::npos;
    return is_mlx ? mlx_ : merge_;
  }

  node complete(const node& params) const {
    node list = make_sequence();
    const auto [text, at] = place_of(params);
    if (text == nullptr) return list;
    for (const completion& each : complete_text(*text, at, guide_for(*text), options_.methods)) {
      node& item = list.items.emplace_back(make_mapping());
      constexpr std::int64_t property = 10, value = 12;
      set(item, "label", make_string(each.label));
      set(item, "kind", make_integer(each.is_key ? property : value));
      if (each.is_key) set(item, "insertText", make_string(each.label + ": "));
      if (!each.description.empty()) set(item, "documentation", make_string(each.description));
    }
    return list;
  }

  node hover(const node& params) const {
    const auto [text, at] = place_of(params);
    if (text == nullptr) return {};
    const std::string shown = describe_place(*text, at, guide_for(*text), options_.methods);
    if (shown.empty()) return {};
    node result = make_mapping();
    node& contents = set(result, "contents", make_mapping());
    set(contents, "kind", make_string("markdown"));
    set(contents, "value", make_string(shown));
    return result;
  }

  node correct(const node& params) const {
    node list = make_sequence();
    const node *document = params.find("textDocument"), *range = params.find("range");
    if (document == nullptr || range == nullptr) return list;
    const std::string uri = text_at(*document, "uri");
    const auto found = texts_.find(uri);
    const node *start = range->find("start"), *end = range->find("end");
    if (found == texts_.end() || start == nullptr || end == nullptr) return list;
    const node *first = start->find("line"), *last = end->find("line");
    if (first == nullptr || last == nullptr) return list;
    const source_text source(found->second);
    const text_positions positions(found->second);
    for (const diagnostic& each : check_text(found->second, uri, options_).findings) {
      const double line = static_cast<double>(each.at.line) - 1;
      if (line < first->number || line > last->number) continue;
      const auto edit = suggested_edit(each, source);
      if (!edit) continue;
      node& action = list.items.emplace_back(make_mapping());
      set(action, "title", make_string("Write `" + edit->replacement + '`'));
      set(action, "kind", make_string("quickfix"));
      set(action, "isPreferred", make_boolean(edit->safe));
      set(action, "diagnostics", make_sequence()).items.push_back(lsp_diagnostic(each, source));
      node change = make_mapping();
      set(change, "range",
          lsp_range(positions.at(edit->begin), positions.at(edit->end), source));
      set(change, "newText", make_string(edit->replacement));
      node& changes = set(set(action, "edit", make_mapping()), "changes", make_mapping());
      set(changes, uri, make_sequence()).items.push_back(std::move(change));
    }
    return list;
  }

  check_options options_;
  model_check look_at_models_;
  schema_guide merge_, mlx_;
  std::map<std::string, std::string> texts_;
  bool counts_points_ = false, finished_ = false;
};

}  // namespace tensormerge
