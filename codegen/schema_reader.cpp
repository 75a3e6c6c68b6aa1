#include "schema_reader.hpp"

#include <array>
#include <cmath>
#include <string_view>

#include <nlohmann/json.hpp>

#include <tensormerge/config/text_pattern.hpp>

#include "extended_json.hpp"

namespace tensormerge::codegen {
namespace {

using json = nlohmann::ordered_json;

literal to_literal(const json& value) {
  literal result;
  switch (value.type()) {
    case json::value_t::boolean:
      result.type = literal::kind::boolean;
      result.truth = value.get<bool>();
      break;
    case json::value_t::number_integer:
    case json::value_t::number_unsigned:
      result.type = literal::kind::integer;
      result.number = value.get<double>();
      result.text = value.dump();
      break;
    case json::value_t::number_float:
      result.type = literal::kind::number;
      result.number = value.get<double>();
      result.text = value.dump();
      break;
    case json::value_t::string:
      result.type = literal::kind::text;
      result.text = value.get<std::string>();
      break;
    case json::value_t::array:
      result.type = literal::kind::list;
      for (const json& item : value) result.items.push_back(to_literal(item));
      break;
    case json::value_t::object:
      result.type = literal::kind::mapping;
      for (const auto& [key, entry] : value.items()) {
        result.entries.push_back({key, to_literal(entry)});
      }
      break;
    default: break;
  }
  return result;
}

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

/// Undoes the percent encoding of a URI fragment.
std::string decoded(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      result += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

class reader {
 public:
  explicit reader(schema_document& document) : document_(document) {}

  schema_index read(const json& source, const std::string& pointer) {
    if (!source.is_object() && !source.is_boolean()) {
      throw schema_error(pointer, "a schema must be an object or a boolean");
    }
    const schema_index index = document_.schemas.size();
    document_.schemas.emplace_back();
    schema result;
    result.pointer = pointer;
    if (source.is_boolean()) {
      result.boolean = source.get<bool>();
    } else {
      for (const auto& [keyword, value] : source.items()) {
        read_keyword(result, keyword, value, pointer + '/' + escaped(keyword));
      }
      finish(result, source);
    }
    document_.schemas[index] = std::move(result);
    return index;
  }

 private:
  void read_keyword(schema& result, const std::string& keyword, const json& value,
                    const std::string& at) {
    if (read_annotation(result, keyword, value, at)) return;
    if (read_scalar_keyword(result, keyword, value, at)) return;
    if (read_list_keyword(result, keyword, value, at)) return;
    if (read_mapping_keyword(result, keyword, value, at)) return;
    if (read_combination(result, keyword, value, at)) return;
    throw schema_error(at, "the keyword `" + keyword + "` is not supported");
  }

  bool read_annotation(schema& result, const std::string& keyword, const json& value,
                       const std::string& at) {
    if (keyword == "title") {
      result.title = text(value, at);
    } else if (keyword == "description") {
      result.description = text(value, at);
    } else if (keyword == "default") {
      result.default_value = to_literal(value);
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
      if (!value.is_object()) throw schema_error(at, "must map words to hints");
      for (const auto& [word, hint] : value.items()) {
        result.hints.emplace_back(word, text(hint, at + '/' + escaped(word)));
      }
    } else if (keyword == "definitions") {
      read_named(value, at);
    } else if (keyword == "$id") {
      if (at != "#/$id") throw schema_error(at, "an $id below the root is not supported");
    } else if (keyword == "$schema") {
      static const text_pattern draft_7("^https?://json-schema\\.org/draft-07/schema#?$");
      if (!draft_7.search(text(value, at))) {
        throw schema_error(at, "only draft-07 is supported");
      }
    } else {
      static constexpr std::array<std::string_view, 7> silent{
          "examples",        "$comment",         "format", "readOnly", "writeOnly",
          "contentEncoding", "contentMediaType",
      };
      for (const std::string_view name : silent) {
        if (keyword == name) return true;
      }
      return keyword.starts_with("x-");
    }
    return true;
  }

  bool read_scalar_keyword(schema& result, const std::string& keyword, const json& value,
                           const std::string& at) {
    if (keyword == "$ref") {
      const std::string target = decoded(text(value, at));
      if (!target.starts_with('#') || (target.size() > 1 && target[1] != '/')) {
        throw schema_error(at, "only references inside the file (`#/...`) are supported");
      }
      result.ref = target;
    } else if (keyword == "type") {
      result.kinds = kinds(value, at);
    } else if (keyword == "enum") {
      if (!value.is_array() || value.empty()) throw schema_error(at, "must be a list of values");
      result.enumeration = to_literal(value).items;
    } else if (keyword == "const") {
      result.constant = to_literal(value);
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
      if (!(*result.multiple_of > 0)) throw schema_error(at, "must be greater than 0");
    } else if (keyword == "minLength") {
      result.min_length = count(value, at);
    } else if (keyword == "maxLength") {
      result.max_length = count(value, at);
    } else if (keyword == "pattern") {
      result.pattern = pattern(text(value, at), at);
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
      if (!value.is_boolean()) throw schema_error(at, "must be a boolean");
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
      if (!value.is_object()) throw schema_error(at, "must be an object");
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
      result.items = document_.find(result.pointer + "/additionalItems");
    }
  }

  std::vector<schema_index> read_list(const json& value, const std::string& at) {
    if (!value.is_array()) throw schema_error(at, "must be a list of schemas");
    std::vector<schema_index> result;
    for (std::size_t i = 0; i < value.size(); ++i) {
      result.push_back(read(value[i], at + '/' + std::to_string(i)));
    }
    return result;
  }

  std::vector<std::pair<std::string, schema_index>> read_named(const json& value,
                                                               const std::string& at) {
    if (!value.is_object()) throw schema_error(at, "must map names to schemas");
    std::vector<std::pair<std::string, schema_index>> result;
    for (const auto& [name, entry] : value.items()) {
      result.emplace_back(name, read(entry, at + '/' + escaped(name)));
    }
    return result;
  }

  static std::string text(const json& value, const std::string& at) {
    if (!value.is_string()) throw schema_error(at, "must be text");
    return value.get<std::string>();
  }

  static std::vector<std::string> texts(const json& value, const std::string& at) {
    if (!value.is_array()) throw schema_error(at, "must be a list of texts");
    std::vector<std::string> result;
    for (const json& item : value) result.push_back(text(item, at));
    return result;
  }

  static double number(const json& value, const std::string& at) {
    if (!value.is_number()) throw schema_error(at, "must be a number");
    return value.get<double>();
  }

  static std::size_t count(const json& value, const std::string& at) {
    const double n = number(value, at);
    if (!(n >= 0) || n != std::floor(n) || n > 9e15) {
      throw schema_error(at, "must be an integer from 0");
    }
    return static_cast<std::size_t>(n);
  }

  static std::string pattern(const std::string& expression, const std::string& at) {
    try {
      const text_pattern checked(expression);
    } catch (const std::invalid_argument& error) {
      throw schema_error(at, error.what());
    }
    return expression;
  }

  static std::uint8_t kinds(const json& value, const std::string& at) {
    static constexpr std::array<std::pair<std::string_view, std::uint8_t>, 7> names{{
        {"null", null_bit},
        {"boolean", boolean_bit},
        {"integer", integer_bit},
        {"number", number_bit},
        {"string", text_bit},
        {"array", list_bit},
        {"object", mapping_bit},
    }};
    const std::vector<std::string> given =
        value.is_array() ? texts(value, at) : std::vector<std::string>{text(value, at)};
    std::uint8_t bits = 0;
    for (const std::string& word : given) {
      const std::uint8_t before = bits;
      for (const auto& [name, bit] : names) {
        if (word == name) bits = static_cast<std::uint8_t>(bits | bit);
      }
      if (bits == before) throw schema_error(at, "unknown or repeated type `" + word + "`");
    }
    if (bits == 0) throw schema_error(at, "must name a type");
    return bits;
  }

  schema_document& document_;
};

}  // namespace

schema_document read_schema(const std::filesystem::path& file,
                            const std::vector<std::filesystem::path>& fragments) {
  const json source = read_extended_json(file, fragments);
  schema_document document;
  document.name = file.filename().string();
  document.name.resize(std::min(document.name.find('.'), document.name.size()));
  try {
    reader(document).read(source, "#");
    for (schema_index i = 0; i < document.schemas.size(); ++i) {
      const schema& each = document.schemas[i];
      if (each.ref && !document.find(*each.ref)) {
        throw schema_error(each.pointer + "/$ref", "there is no schema at `" + *each.ref + "`");
      }
      document.follow(i);
    }
  } catch (const schema_error& error) {
    throw std::runtime_error(file.string() + ": " + error.what());
  }
  return document;
}

}  // namespace tensormerge::codegen
