#include "emit_reference.hpp"

#include <variant>
#include <vector>

namespace tensormerge::codegen {
namespace {

using form = value_type::kind;

/// Text that stays in its cell of a table.
std::string cell(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '|') result += '\\';
    result += c == '\n' ? ' ' : c;
  }
  return result;
}

std::string words_for(const value_type& type) {
  std::string text;
  switch (type.form) {
    case form::boolean: text = "boolean"; break;
    case form::integer: text = "integer"; break;
    case form::number: text = "number"; break;
    case form::text: text = "text"; break;
    case form::named: text = '[' + type.name + "](#" + type.name + ')'; break;
    case form::custom: text = "`" + type.name + '`'; break;
    case form::list:
      text = "list of " + words_for(type.arguments.front());
      if (type.count != 0) text += ", " + std::to_string(type.count) + " of them";
      break;
    case form::map: text = "mapping to " + words_for(type.arguments.front()); break;
    case form::variant:
      for (const value_type& each : type.arguments) {
        text += (text.empty() ? "" : " or ") + words_for(each);
      }
      break;
  }
  return type.nullable ? text + " or null" : text;
}

std::string words_for(const literal& value) {
  if (value.type == literal::kind::text) return value.text.empty() ? "\"\"" : value.text;
  return canonical_text(value);
}

std::string section(const structure& each) {
  std::string text = "\n## " + each.name + "\n\n";
  if (!each.description.empty()) text += each.description + "\n\n";
  if (each.members.empty()) return text + "No key has a name.\n";
  text += "| key | value | default | |\n|---|---|---|---|\n";
  for (const member& key : each.members) {
    const std::string value = key.default_value ? '`' + words_for(*key.default_value) + '`' : "";
    text += "| `" + cell(key.key) + "` | " + cell(words_for(key.type)) + " | " +
            (key.required ? "required" : cell(value)) + " | " + cell(key.description) + " |\n";
  }
  return text;
}

std::string section(const enumeration& each) {
  std::string text = "\n## " + each.name + "\n\n";
  if (!each.description.empty()) text += each.description + "\n\n";
  std::string values;
  for (const std::string& value : each.values) {
    values += (values.empty() ? "`" : ", `") + value + '`';
  }
  return text + (each.values.size() == 1 ? "Always " : "One of ") + values + ".\n";
}

}  // namespace

std::string emit_reference(const declarations& declared, const std::string& origin) {
  std::string text =
      "# Reference\n\nGenerated from " + origin + ". Change the schema, not this file.\n";
  for (auto item = declared.items.rbegin(); item != declared.items.rend(); ++item) {
    text += std::visit([](const auto& each) { return section(each); }, *item);
  }
  return text;
}

}  // namespace tensormerge::codegen
