#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <tensormerge/document/check_encoding.hpp>
#include <tensormerge/document/edit_node.hpp>
#include <tensormerge/document/node.hpp>
#include <tensormerge/document/read_text.hpp>
#include <tensormerge/document/resolve_scalar.hpp>
#include <tensormerge/document/text_positions.hpp>
#include <tensormerge/document/tree_builder.hpp>
#include <tensormerge/document/yaml_mistake.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

namespace detail {

/// Takes yaml-cpp's events of one document.
class yaml_events : public YAML::EventHandler {
 public:
  /// Nodes with every copy that an alias makes: an alias bomb has more in fewer than 1000 letters.
  static constexpr std::size_t most_nodes = 1'000'000;

  yaml_events(std::string_view text, std::size_t text_start, const text_positions& positions,
              const std::string& file_name)
      : text_(text), text_start_(text_start), positions_(positions), builder_(file_name) {}

  void OnDocumentStart(const YAML::Mark& mark) override { document_at_ = offset_of(mark); }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const std::size_t offset = offset_of(mark);
    std::string_view written = text_.substr(std::min(offset, text_.size()));
    written = written.starts_with('~')                                    ? written.substr(0, 1)
              : is_one_of(written.substr(0, 4), {"null", "Null", "NULL"}) ? written.substr(0, 4)
                                                                          : std::string_view{};
    const text_position at = written.empty() ? place_of_nothing(offset) : positions_.at(offset);
    if (builder_.wants_key()) {
      if (written.empty()) throw builder_.fatal(at, "a key is empty", "text");
      return add_key(std::string(written), at, true);
    }
    add(make_scalar(node::kind::null, std::string(written), true, 0, at), anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const text_position at = position(mark);
    const bool plain = tag == "?";
    if (const auto quote = plain ? std::nullopt : find_unclosed_quote(text_, offset_of(mark))) {
      throw builder_.fatal(positions_.at(*quote),
                           "is not valid YAML: a quotation mark is not closed");
    }
    if (builder_.wants_key()) {
      remember(anchor, [&] { return make_scalar(node::kind::string, value, false, 0, at); });
      return add_key(value, at, plain);
    }
    const resolved_scalar resolved = plain ? resolve_scalar(value) : by_tag(tag, value, at);
    add(make_scalar(resolved.type, value, plain, resolved.number, at), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    begin(make_sequence(position(mark)), tag, "tag:yaml.org,2002:seq", anchor);
  }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    begin(make_mapping(position(mark)), tag, "tag:yaml.org,2002:map", anchor);
  }

  void OnSequenceEnd() override { end(); }

  void OnMapEnd() override {
    if (open_.back().merges) resolve_merge_key();
    end();
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const text_position at = position(mark);
    const std::optional<anchored>& target = anchors_[anchor];
    if (!target) {
      throw builder_.fatal(at, "an alias stands inside the value that it repeats",
                           "a value that ends before the alias");
    }
    if (builder_.wants_key()) {
      if (!target->value.is_scalar()) throw key_is_no_text(at);
      return add_key(target->value.text, at, target->value.plain);
    }
    if (target->nodes > most_nodes - std::min(nodes_, most_nodes)) {
      too_large(at);
      nodes_ = most_nodes + 1;
      add(make_scalar(node::kind::null, {}, true, 0, at), YAML::NullAnchor);
      return;
    }
    nodes_ += target->nodes - 1;
    node copy = target->value;
    copy.at = at;
    add(std::move(copy), YAML::NullAnchor);
  }

  std::size_t document_at() const { return document_at_; }

  failure syntax_error(const YAML::Exception& error) {
    const yaml_mistake mistake = explain_yaml_error(text_, offset_of(error.mark), error.msg);
    return builder_.fatal(positions_.at(mistake.offset), mistake.what, {}, {}, mistake.hint);
  }

  node finish(diagnostics* duplicates) {
    node root = duplicates == nullptr ? builder_.finish() : builder_.finish(*duplicates);
    if (too_large_at_) throw too_many(*too_large_at_, "aliases expand to too many values");
    return root;
  }

 private:
  struct frame {
    YAML::anchor_t anchor = YAML::NullAnchor;
    std::size_t nodes_before = 0;
    bool merges = false;
  };

  struct anchored {
    node value;
    std::size_t nodes = 0;
  };

  std::size_t offset_of(const YAML::Mark& mark) const {
    return mark.pos < 0 ? text_start_ : text_start_ + static_cast<std::size_t>(mark.pos);
  }

  text_position position(const YAML::Mark& mark) const { return positions_.at(offset_of(mark)); }

  /// An absent value has no place of its own: its key has one, or the dash of the item.
  text_position place_of_nothing(std::size_t offset) {
    if (open_.empty()) return positions_.at(offset);
    const node& parent = builder_.top();
    if (parent.is_mapping()) {
      return builder_.wants_key() ? positions_.at(offset) : parent.entries.back().key_at;
    }
    const std::size_t before = text_.substr(0, offset).find_last_not_of(" \t\r\n");
    return before != std::string_view::npos && text_[before] == '-' ? positions_.at(before)
                                                                    : parent.at;
  }

  failure key_is_no_text(text_position at) {
    return builder_.fatal(at, "a key is not text", "text", "a list or mapping",
                          "quote a key that begins with { or [");
  }

  void add_key(std::string text, text_position at, bool plain) {
    if (plain && text == "<<") open_.back().merges = true;
    count_node(at);
    builder_.key(std::move(text), at);
  }

  void add(node value, YAML::anchor_t anchor) {
    count_node(value.at);
    const node& placed = builder_.value(std::move(value));
    remember(anchor, [&] { return placed; });
  }

  void begin(node empty, const std::string& tag, std::string_view own_tag, YAML::anchor_t anchor) {
    if (tag != "?" && tag != "!" && tag != own_tag) throw unknown_tag(tag, empty.at);
    if (builder_.wants_key()) throw key_is_no_text(empty.at);
    count_node(empty.at);
    if (anchor != YAML::NullAnchor) anchors_.resize(std::max(anchors_.size(), anchor + 1));
    builder_.begin(std::move(empty));
    open_.push_back({.anchor = anchor, .nodes_before = nodes_ - 1});
  }

  void end() {
    const frame closed = open_.back();
    open_.pop_back();
    const node& placed = builder_.end();
    if (closed.anchor == YAML::NullAnchor) return;
    const std::size_t nodes = nodes_ - closed.nodes_before;
    // Remembering makes a copy, too.
    nodes_ += nodes;
    anchors_[closed.anchor] = {
        nodes > most_nodes ? make_scalar(node::kind::null, {}, true) : placed, nodes};
  }

  template <class MakeNode>
  void remember(YAML::anchor_t anchor, const MakeNode& make) {
    if (anchor == YAML::NullAnchor) return;
    anchors_.resize(std::max(anchors_.size(), anchor + 1));
    anchors_[anchor] = {make(), 1};
  }

  /// For every node that stands in the text itself.
  void count_node(text_position at) {
    if (++written_nodes_ > most_nodes) throw too_many(at, "the document holds too many values");
    if (nodes_ == most_nodes) too_large(at);
    if (nodes_ <= most_nodes) ++nodes_;
  }

  failure too_many(text_position at, std::string what) {
    return builder_.fatal(at, std::move(what),
                          "at most " + std::to_string(most_nodes) + " in one document");
  }

  /// Where a bomb is used says more than where it is built: a use outside of anchors wins.
  void too_large(text_position at) {
    const bool inside_anchor = std::any_of(open_.begin(), open_.end(), [](const frame& open) {
      return open.anchor != YAML::NullAnchor;
    });
    if (!too_large_at_ || (too_large_inside_anchor_ && !inside_anchor)) {
      too_large_at_ = at;
      too_large_inside_anchor_ = inside_anchor;
    }
  }

  failure unknown_tag(const std::string& tag, text_position at) {
    return builder_.fatal(at, "the tag is not allowed",
                          "none, or one of the standard tags such as !!str", "`" + tag + "`",
                          "remove the tag");
  }

  resolved_scalar by_tag(const std::string& tag, const std::string& value, text_position at) {
    constexpr std::string_view prefix = "tag:yaml.org,2002:";
    const std::string_view name =
        tag.starts_with(prefix) ? std::string_view(tag).substr(prefix.size()) : std::string_view{};
    if (tag == "!" || name == "str") return {};
    const resolved_scalar resolved = resolve_scalar(value);
    const bool fits = name == "null"    ? resolved.type == node::kind::null
                      : name == "bool"  ? resolved.type == node::kind::boolean
                      : name == "int"   ? resolved.type == node::kind::integer
                      : name == "float" ? resolved.type == node::kind::integer ||
                                              resolved.type == node::kind::number
                                        : throw unknown_tag(tag, at);
    if (!fits) {
      throw builder_.fatal(at, "the value does not fit its tag", "!!" + std::string(name),
                           "`" + value + "`");
    }
    return name == "float" ? resolved_scalar{node::kind::number, resolved.number} : resolved;
  }

  /// Puts the entries of the mappings below `<<` in its place, as far as the mapping has no such
  /// keys itself; of several mappings the first wins. Ref: yaml.org/type/merge.html.
  void resolve_merge_key() {
    std::vector<node_entry>& entries = builder_.top().entries;
    const auto merge = std::find_if(entries.begin(), entries.end(),
                                    [](const node_entry& entry) { return entry.key == "<<"; });
    std::vector<node> sources;
    if (merge->value.is_sequence()) {
      sources = std::move(merge->value.items);
    } else {
      sources.push_back(std::move(merge->value));
    }
    std::unordered_set<std::string> known;
    for (const node_entry& entry : entries) known.insert(entry.key);
    std::vector<node_entry> merged;
    for (node& source : sources) {
      if (!source.is_mapping()) {
        throw builder_.fatal(source.at, "the merge key << has a wrong value",
                             "a mapping or a list of mappings",
                             std::string(to_string(source.type)));
      }
      for (node_entry& entry : source.entries) {
        if (known.insert(entry.key).second) merged.push_back(std::move(entry));
      }
    }
    const auto place = entries.erase(merge);
    entries.insert(place, std::make_move_iterator(merged.begin()),
                   std::make_move_iterator(merged.end()));
  }

  std::string_view text_;
  std::size_t text_start_;
  const text_positions& positions_;
  tree_builder builder_;
  std::vector<frame> open_;
  std::vector<std::optional<anchored>> anchors_;
  std::size_t nodes_ = 0;
  std::size_t written_nodes_ = 0;
  std::size_t document_at_ = 0;
  std::optional<text_position> too_large_at_;
  bool too_large_inside_anchor_ = false;
};

/// The documents of a text, at most `most_documents` of them. Keys that are given twice are a
/// failure, unless there is a list that takes them.
inline std::vector<node> read_yaml(std::string_view text, const std::string& file_name,
                                   std::size_t most_documents, diagnostics* duplicates = nullptr) {
  const text_positions positions(text);
  check_encoding(text, positions, file_name);
  const std::size_t text_start = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  std::istringstream stream{std::string(text)};
  YAML::Parser parser;
  std::vector<node> documents;
  for (bool loaded = false;;) {
    yaml_events events(text, text_start, positions, file_name);
    try {
      if (!loaded) parser.Load(stream);
      loaded = true;
      if (!parser.HandleNextDocument(events)) return documents;
    } catch (const YAML::Exception& error) {
      throw events.syntax_error(error);
    }
    const std::size_t start = events.document_at();
    // yaml-cpp also begins a document at a line with less indentation than the first.
    if (!documents.empty() && !text.substr(start).starts_with("---") &&
        !text.substr(0, start).ends_with("...\n") && !text.substr(0, start).ends_with("...\r\n")) {
      throw failure(diagnostic{.file = file_name,
                               .at = positions.at(start),
                               .what = "is not valid YAML: the line does not fit the lines above",
                               .hint = "begin the first line as far left as this one"});
    }
    if (documents.size() == most_documents) {
      throw failure(diagnostic{
          .file = file_name,
          .at = positions.at(start),
          .what = "a further document begins",
          .expected = most_documents == 1 ? "one document in the file" : "fewer documents",
          .hint = "remove the line --- and what follows"});
    }
    documents.push_back(events.finish(duplicates));
  }
}

// Ten thousand times a usual configuration; yaml-cpp reads some megabytes a second.
constexpr std::size_t most_yaml_bytes = std::size_t{4} << 20;

}  // namespace detail

/// Reads one YAML document (YAML 1.1 as mergekit reads it; JSON is a part of that). Anchors and
/// merge keys are resolved. No document at all is null. Throws failure with line and column where
/// the text is no YAML or not UTF-8, holds more than one document, an unknown tag or a key twice,
/// is nested deeper than 200 levels, or has more than 1,000,000 values with those that aliases
/// repeat.
inline node load_yaml(std::string_view text, const std::string& file_name) {
  std::vector<node> documents = detail::read_yaml(text, file_name, 1);
  if (!documents.empty()) return std::move(documents.front());
  return make_scalar(node::kind::null, {}, true, 0, {1, 1});
}

/// Reads every document of a text, separated by lines of `---`; otherwise as load_yaml.
inline std::vector<node> load_yaml_documents(std::string_view text, const std::string& file_name) {
  constexpr std::size_t most_documents = 1000;
  return detail::read_yaml(text, file_name, most_documents);
}

/// The text of a YAML file of at most 4 MiB. Throws failure.
inline std::string read_yaml_text(const std::filesystem::path& file) {
  return read_text(file, detail::most_yaml_bytes);
}

/// The same for a reader that goes on after keys that are given twice: they are added to
/// `duplicates`, and the first of them counts.
inline std::vector<node> load_yaml_documents(std::string_view text, const std::string& file_name,
                                             diagnostics& duplicates) {
  constexpr std::size_t most_documents = 1000;
  return detail::read_yaml(text, file_name, most_documents, &duplicates);
}

/// Reads a YAML file of at most 4 MiB with one document. Throws failure.
inline node load_yaml_file(const std::filesystem::path& file) {
  return load_yaml(read_yaml_text(file), file.string());
}

/// Reads a YAML file of at most 4 MiB with any number of documents. Throws failure.
inline std::vector<node> load_yaml_documents_file(const std::filesystem::path& file) {
  return load_yaml_documents(read_text(file, detail::most_yaml_bytes), file.string());
}

}  // namespace tensormerge
