#include "schema_reader.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <map>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include <tensormerge/config/text_pattern.hpp>

#include "endless_schema.hpp"
#include "extended_json.hpp"
#include "keyword_values.hpp"
#include "read_literal.hpp"

namespace tensormerge::codegen {
namespace {

std::string escaped(std::string_view token) {
  std::string result;
  for (const char c : token) {
    if (c == '~') {
      result += "~0";
    } else if (c == '/') {
      result += "~1";
    } else {
      result += c;
    }
  }
  return result;
}

/// Keywords that say something to people and their editors alone.
constexpr std::array<std::string_view, 19> annotations{
    "examples", "$comment", "readOnly", "writeOnly", "contentEncoding", "contentMediaType",
    // Of editors:
    "markdownDescription", "enumDescriptions", "markdownEnumDescriptions", "enumNames",
    "deprecated", "deprecationMessage", "defaultSnippets", "doNotSuggest", "suggestSortText",
    "allowComments", "allowTrailingCommas", "errorMessage", "tsType",
};

class reader {
 public:
  reader(schema_document& document, schema_files& files, const reading_options& options)
      : document_(document), files_(files), options_(options) {}

  /// Reads the whole main file and of others what is referred to.
  void read_all() {
    try {
      read(schema_place{});
      while (!references_.empty()) {
        const reference next = std::move(references_.front());
        references_.pop_front();
        follow(next);
      }
    } catch (const schema_error& error) {
      throw schema_error(files_.label(file_), error);
    }
  }

 private:
  struct reference {
    schema_index from = 0;
    std::string text;
    schema_place at;
    uri base;
  };

  schema_index read(const schema_place& place) {
    if (const auto known = read_.find(place); known != read_.end()) return known->second;
    const auto [value, base] = files_.look(place);
    file_ = place.file;
    base_ = base;
    if (value == nullptr) {
      throw std::invalid_argument("there is no schema at `" + place.pointer + '`');
    }
    return read(*value, place.pointer);
  }

  schema_index read(const json& source, const std::string& pointer) {
    const schema_place place{file_, pointer};
    if (const auto known = read_.find(place); known != read_.end()) return known->second;
    if (!source.is_object() && !source.is_boolean()) {
      throw error_at(pointer, "a schema must be an object or a boolean");
    }
    const schema_index index = document_.schemas.size();
    read_[place] = index;
    document_.schemas.emplace_back();
    schema result;
    result.file = files_.label(file_);
    result.pointer = pointer;
    const uri base_outside = base_;
    if (source.is_boolean()) {
      result.boolean = source.get<bool>();
    } else {
      enter(source, pointer);
      for (const auto& [keyword, value] : source.items()) {
        read_keyword(result, keyword, value, pointer + '/' + escaped(keyword));
      }
      if (source.contains("$ref")) {
        references_.push_back({index, source["$ref"].get<std::string>(), place, base_});
      }
      finish(result, source);
    }
    base_ = base_outside;
    document_.schemas[index] = std::move(result);
    return index;
  }

  /// Takes note of an `$id`. Beside a `$ref` it has no meaning.
  void enter(const json& source, const std::string& pointer) {
    if (!source.contains("$id") || source.contains("$ref")) return;
    const std::string at = pointer + "/$id";
    const std::string id = text(source["$id"], at);
    uri own = resolve(base_, id);
    const std::string fragment = own.fragment;
    own.fragment.clear();
    const schema_place place{file_, pointer};
    bool is_new = true;
    if (fragment.empty()) {
      is_new = files_.name(own.resource(), place);
    } else {
      is_new = files_.name(own.resource() + '#' + fragment, place);
    }
    if (!id.starts_with('#')) base_ = own;
    if (!is_new) throw error_at(at, "the $id `" + id + "` is given twice");
  }

  void follow(const reference& each) {
    try {
      const uri target = resolve(each.base, each.text);
      const schema_place resource = files_.find_resource(target, each.text, each.at.file);
      const bool is_name = !target.fragment.empty() && !target.fragment.starts_with('/');
      if (is_name) read(resource);  // with all names that are given there
      document_.schemas[each.from].ref = read(files_.find_fragment(target, resource));
    } catch (const std::invalid_argument& problem) {
      file_ = each.at.file;
      throw error_at(each.at.pointer + "/$ref", problem.what());
    }
  }

  void read_keyword(schema& result, const std::string& keyword, const json& value,
                    const std::string& at) {
    if (read_annotation(result, keyword, value, at)) return;
    if (read_scalar_keyword(result, keyword, value, at)) return;
    if (read_list_keyword(result, keyword, value, at)) return;
    if (read_mapping_keyword(result, keyword, value, at)) return;
    if (read_combination(result, keyword, value, at)) return;
    throw error_at(at, "the keyword `" + keyword + "` is not supported");
  }

  bool read_annotation(schema& result, const std::string& keyword, const json& value,
                       const std::string& at) {
    if (keyword == "title") {
      result.title = text(value, at);
    } else if (keyword == "description") {
      result.description = text(value, at);
    } else if (keyword == "default") {
      result.default_value = read_literal(value);
    } else if (keyword == "x-cpp-type") {
      result.cpp_type = text(value, at);
    } else if (keyword == "x-cpp-include") {
      result.cpp_include = text(value, at);
    } else if (keyword == "x-cpp-name") {
      result.cpp_name = text(value, at);
    } else if (keyword == "x-cpp-position") {
      result.cpp_position = text(value, at);
    } else if (keyword == "x-expected") {
      result.expected = text(value, at);
    } else if (keyword == "x-hints") {
      if (!value.is_object()) throw error_at(at, "must map words to hints");
      for (const auto& [word, hint] : value.items()) {
        result.hints.emplace_back(word, text(hint, at + '/' + escaped(word)));
      }
    } else if (keyword == "definitions") {
      read_named(value, at);
    } else if (keyword == "$defs") {
      return true;  // of later drafts: draft-07 reads there only what is referred to
    } else if (keyword == "$id") {
      text(value, at);  // takes effect in enter()
    } else if (keyword == "$schema") {
      static const text_pattern draft_7("^https?://json-schema\\.org/draft-07/schema#?$");
      if (!draft_7.search(text(value, at))) {
        throw error_at(at, "only draft-07 is supported");
      }
    } else {
      return keyword.starts_with("x-") ||
             std::find(annotations.begin(), annotations.end(), keyword) != annotations.end() ||
             std::find(options_.ignored_keywords.begin(), options_.ignored_keywords.end(),
                       keyword) != options_.ignored_keywords.end();
    }
    return true;
  }

  bool read_scalar_keyword(schema& result, const std::string& keyword, const json& value,
                           const std::string& at) {
    if (keyword == "$ref") {
      text(value, at);  // takes effect in follow()
    } else if (keyword == "type") {
      result.kinds = kinds(value, at);
    } else if (keyword == "enum") {
      if (!value.is_array() || value.empty()) throw error_at(at, "must be a list of values");
      result.enumeration = read_literal(value).items;
    } else if (keyword == "const") {
      result.constant = read_literal(value);
    } else if (keyword == "minimum") {
      result.minimum = number(value, at);
    } else if (keyword == "maximum") {
      result.maximum = number(value, at);
    } else if (keyword == "exclusiveMinimum") {
      result.exclusive_minimum = number(value, at);
    } else if (keyword == "exclusiveMaximum") {
      result.exclusive_maximum = number(value, at);
    } else if (keyword == "multipleOf") {
      result.multiple_of = number(value, at);
      if (!(*result.multiple_of > 0)) throw error_at(at, "must be greater than 0");
    } else if (keyword == "minLength") {
      result.min_length = count(value, at);
    } else if (keyword == "maxLength") {
      result.max_length = count(value, at);
    } else if (keyword == "pattern") {
      result.pattern = pattern(text(value, at), at);
    } else if (keyword == "format") {
      if (options_.check_formats) result.format = format(text(value, at), at);
    } else {
      return false;
    }
    return true;
  }

  bool read_list_keyword(schema& result, const std::string& keyword, const json& value,
                         const std::string& at) {
    if (keyword == "items") {
      if (value.is_array()) {
        result.item_list = read_list(value, at);
      } else {
        result.items = read(value, at);
      }
    } else if (keyword == "additionalItems") {
      read(value, at);  // takes effect in finish()
    } else if (keyword == "minItems") {
      result.min_items = count(value, at);
    } else if (keyword == "maxItems") {
      result.max_items = count(value, at);
    } else if (keyword == "uniqueItems") {
      if (!value.is_boolean()) throw error_at(at, "must be a boolean");
      result.unique_items = value.get<bool>();
    } else if (keyword == "contains") {
      result.contains = read(value, at);
    } else {
      return false;
    }
    return true;
  }

  bool read_mapping_keyword(schema& result, const std::string& keyword, const json& value,
                            const std::string& at) {
    if (keyword == "properties") {
      result.properties = read_named(value, at);
    } else if (keyword == "patternProperties") {
      result.pattern_properties = read_named(value, at);
      for (const auto& entry : result.pattern_properties) pattern(entry.first, at);
    } else if (keyword == "additionalProperties") {
      result.additional_properties = read(value, at);
    } else if (keyword == "propertyNames") {
      result.property_names = read(value, at);
    } else if (keyword == "minProperties") {
      result.min_properties = count(value, at);
    } else if (keyword == "maxProperties") {
      result.max_properties = count(value, at);
    } else if (keyword == "required") {
      result.required = texts(value, at);
    } else if (keyword == "dependencies") {
      if (!value.is_object()) throw error_at(at, "must be an object");
      for (const auto& [key, entry] : value.items()) {
        const std::string below = at + '/' + escaped(key);
        if (entry.is_array()) {
          result.dependencies.push_back({key, texts(entry, below), {}});
        } else {
          result.dependencies.push_back({key, {}, read(entry, below)});
        }
      }
    } else {
      return false;
    }
    return true;
  }

  bool read_combination(schema& result, const std::string& keyword, const json& value,
                        const std::string& at) {
    if (keyword == "allOf") {
      result.all_of = read_list(value, at);
    } else if (keyword == "anyOf") {
      result.any_of = read_list(value, at);
    } else if (keyword == "oneOf") {
      result.one_of = read_list(value, at);
    } else if (keyword == "not") {
      result.not_ = read(value, at);
    } else if (keyword == "if") {
      result.if_ = read(value, at);
    } else if (keyword == "then") {
      result.then_ = read(value, at);
    } else if (keyword == "else") {
      result.else_ = read(value, at);
    } else {
      return false;
    }
    return true;
  }

  /// What depends on two keywords at once.
  void finish(schema& result, const json& source) {
    // Without a list of items, additionalItems has no meaning.
    if (source.contains("additionalItems") && !source.value("items", json()).is_array()) return;
    if (source.contains("additionalItems")) {
      result.items = read(source["additionalItems"], result.pointer + "/additionalItems");
    }
  }

  std::vector<schema_index> read_list(const json& value, const std::string& at) {
    if (!value.is_array()) throw error_at(at, "must be a list of schemas");
    std::vector<schema_index> result;
    for (std::size_t i = 0; i < value.size(); ++i) {
      result.push_back(read(value[i], at + '/' + std::to_string(i)));
    }
    return result;
  }

  std::vector<std::pair<std::string, schema_index>> read_named(const json& value,
                                                               const std::string& at) {
    if (!value.is_object()) throw error_at(at, "must map names to schemas");
    std::vector<std::pair<std::string, schema_index>> result;
    for (const auto& [name, entry] : value.items()) {
      result.emplace_back(name, read(entry, at + '/' + escaped(name)));
    }
    return result;
  }

  schema_document& document_;
  schema_files& files_;
  const reading_options& options_;
  std::map<schema_place, schema_index> read_;
  std::deque<reference> references_;
  // Of the schema that is read:
  std::size_t file_ = 0;
  uri base_;
};

}  // namespace

schema_document read_schema(const std::filesystem::path& file, const reading_options& options) {
  schema_document document;
  document.name = file.filename().string();
  document.name.resize(std::min(document.name.find('.'), document.name.size()));
  schema_files files(file, read_extended_json(file, options.fragments), options.resources);
  try {
    reader(document, files, options).read_all();
    refuse_endless(document);
  } catch (const schema_error& error) {
    throw std::runtime_error(file.string() + ": " + error.what());
  }
  document.other_files = files.others();
  return document;
}

}  // namespace tensormerge::codegen
