#include "emit_structs.hpp"

#include <algorithm>
#include <set>

#include "code_writer.hpp"
#include "namer.hpp"

namespace tensormerge::codegen {
namespace {

using form = value_type::kind;

/// How types are spelt inside one struct: a member hides the type of the same name, which then
/// needs its namespace.
struct scope {
  std::string name_space;
  std::set<std::string> members;

  std::string spell(const value_type& type) const;
  std::string name(std::string text) const {
    const std::string prefix = name_space + "::";
    if (text.starts_with(prefix)) text.erase(0, prefix.size());
    return members.contains(text) ? "::" + prefix + text : text;
  }
};

std::string scope::spell(const value_type& type) const {
  if (type.nullable) {
    value_type plain = type;
    plain.nullable = false;
    return "std::optional<" + spell(plain) + '>';
  }
  switch (type.form) {
    case form::boolean: return "bool";
    case form::integer: return "std::int64_t";
    case form::number: return "double";
    case form::text: return "std::string";
    case form::named:
    case form::custom: return name(type.name);
    case form::list: {
      const std::string item = spell(type.arguments.front());
      if (type.count == 0) return "std::vector<" + item + '>';
      return "std::array<" + item + ", " + std::to_string(type.count) + '>';
    }
    case form::map:
      return "std::vector<std::pair<std::string, " + spell(type.arguments.front()) + ">>";
    case form::variant: break;
  }
  std::string alternatives;
  for (const value_type& each : type.arguments) {
    alternatives += (alternatives.empty() ? "" : ", ") + spell(each);
  }
  return "std::variant<" + alternatives + '>';
}

bool is_container(const value_type& type) {
  return type.form == form::list || type.form == form::map;
}

/// A number as C++ spells a double: with a point or an exponent.
std::string spell_double(const literal& value) {
  const std::string text = canonical_number(value.number);
  return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
}

/// A value that fits a type, as C++ spells it.
std::string spell_value(const literal& value, const value_type& type, const scope& names) {
  switch (value.type) {
    case literal::kind::boolean: return value.truth ? "true" : "false";
    case literal::kind::integer:
    case literal::kind::number: {
      const bool floating =
          type.form == form::number ||
          (type.form == form::custom && (type.name == "double" || type.name == "float"));
      return floating ? spell_double(value) : canonical_number(value.number);
    }
    case literal::kind::text:
      if (type.form != form::named) return quoted(value.text);
      return names.name(type.name) + "::" + identifier(value.text);
    default: break;
  }
  std::string items;
  for (const literal& item : value.items) {
    items += (items.empty() ? "" : ", ") + spell_value(item, type.arguments.front(), names);
  }
  return '{' + items + '}';
}

std::string initialiser(const member& each, const scope& names) {
  const bool is_variant = each.type.form == form::variant;
  const value_type& type = is_variant ? each.default_type : each.type;
  const std::string value = spell_value(*each.default_value, type, names);
  if (!value.starts_with('{')) return " = " + value;
  return is_variant ? " = " + names.spell(type) + value : value;
}

void emit(code_writer& code, const enumeration& each, const std::string&) {
  std::vector<std::string> values, names;
  for (const std::string& value : each.values) {
    values.push_back(identifier(value));
    names.push_back(quoted(value));
  }
  const std::string count = std::to_string(names.size());
  code.comment("///", each.description);
  code.list("enum class " + each.name + " ", values, ";", " ");
  code.line();
  code.comment("///", "How the values of `" + each.name + "` are written, in their order.");
  code.list("inline constexpr std::array<std::string_view, " + count + "> " + each.name + "_names",
            names, ";");
  code.line();
  code.open("constexpr std::string_view to_string(" + each.name + " value) {");
  code.line("return " + each.name + "_names[static_cast<std::size_t>(value)];");
  code.close("}");
  code.line();
  code.comment("///", "The value that is written `name`, if there is one.");
  code.open("constexpr std::optional<" + each.name + "> " + each.name +
            "_from(std::string_view name) {");
  code.open("for (std::size_t i = 0; i < " + each.name + "_names.size(); ++i) {");
  code.line("if (" + each.name + "_names[i] == name) return static_cast<" + each.name + ">(i);");
  code.close("}");
  code.line("return std::nullopt;");
  code.close("}");
  code.line();
  code.comment("///", "The names, for code that knows only the type.");
  code.line("constexpr const auto& names_of(" + each.name + ") { return " + each.name +
            "_names; }");
  code.line();
}

void emit(code_writer& code, const structure& each, const std::string& name_space) {
  std::vector<std::string> required;
  scope names{name_space, {}};
  for (const member& field : each.members) {
    names.members.insert(identifier(field.key));
    if (field.required) required.push_back(quoted(field.key));
  }
  code.comment("///", each.description);
  code.open("struct " + each.name + " {");
  code.comment("///", "The keys that must be given.");
  code.list("static constexpr std::array<std::string_view, " + std::to_string(required.size()) +
                "> required",
            required, ";");
  for (const member& field : each.members) {
    code.line();
    code.comment("///", field.description);
    std::string type = names.spell(field.type);
    std::string rest = ' ' + identifier(field.key);
    if (field.default_value && !field.required) {
      rest += initialiser(field, names);
    } else {
      if (!field.required && !is_container(field.type)) type = "std::optional<" + type + '>';
      rest += "{}";
    }
    const bool fits = 2 + type.size() + rest.size() + 1 <= code_writer::width;
    if (fits) {
      code.line(type + rest + ';');
    } else {
      code.line(type);
      code.line("   " + rest + ';');
    }
  }
  if (!each.position_type.empty()) {
    code.line();
    code.comment("///", "Where it stands in its document.");
    code.line(names.name(each.position_type) + " at{};");
  }
  code.close("};");
  code.line();
}

void emit_accessors(code_writer& code, const structure& each, const std::string& name_space) {
  const std::string type = name_space + "::" + each.name;
  code.line("template <>");
  code.open("struct accessors_impl<" + type + "> {");
  code.open("static constexpr auto apply() {");
  if (each.members.empty()) {
    code.line("return make_tuple();");
  } else {
    code.line("return make_tuple(");
    for (const member& field : each.members) {
      const std::string end = &field == &each.members.back() ? ");" : ",";
      code.line("    make_pair(BOOST_HANA_STRING(" + quoted(field.key) + "),");
      const std::string head = "              [](auto&& value) -> auto&& {";
      const std::string body =
          "return static_cast<decltype(value)>(value)." + identifier(field.key) + ';';
      if (4 + head.size() + body.size() + 4 + end.size() <= code_writer::width) {
        code.line(head + ' ' + body + " })" + end);
      } else {
        code.line(head);
        code.line("                " + body);
        code.line("              })" + end);
      }
    }
  }
  code.close("}");
  code.close("};");
  code.line();
}

void add_includes(const value_type& type, std::set<std::string>& headers) {
  if (type.nullable) headers.insert("optional");
  switch (type.form) {
    case form::integer: headers.insert("cstdint"); break;
    case form::text: headers.insert("string"); break;
    case form::list: headers.insert(type.count == 0 ? "vector" : "array"); break;
    case form::map: headers.insert({"string", "utility", "vector"}); break;
    case form::variant: headers.insert("variant"); break;
    default:
      if (type.name.starts_with("std::int") || type.name.starts_with("std::uint")) {
        headers.insert("cstdint");
      }
  }
  for (const value_type& each : type.arguments) add_includes(each, headers);
}

/// The first lines of a generated header.
void begin_header(code_writer& code, const std::string& origin) {
  code.comment("//", "Generated from " + origin + ". Change the schema, not this file.");
  code.line("#pragma once");
  code.line();
}

void include_hana(code_writer& code) {
  for (const char* header : {"accessors", "pair", "string", "tuple"}) {
    code.line("#include <boost/hana/" + std::string(header) + ".hpp>");
  }
  code.line();
}

void emit_all_accessors(code_writer& code, const declarations& declared,
                        const std::string& name_space) {
  code.line("namespace boost::hana {");
  code.line();
  for (const auto& item : declared.items) {
    if (const auto* each = std::get_if<structure>(&item)) {
      emit_accessors(code, *each, "::" + name_space);
    }
  }
  code.line("}  // namespace boost::hana");
}

}  // namespace

std::string emit_structs(const declarations& declared, const std::string& name_space,
                         const std::string& origin, accessor_place accessors) {
  std::set<std::string> standard{"array", "string_view"}, own;
  for (const std::string& header : declared.includes) {
    (header.find('/') == std::string::npos ? standard : own).insert(header);
  }
  bool accessible = false;
  for (const auto& item : declared.items) {
    if (const auto* each = std::get_if<structure>(&item)) {
      accessible = accessors == accessor_place::same_header;
      for (const member& field : each->members) {
        add_includes(field.type, standard);
        const bool plain = field.required || is_container(field.type) || field.default_value;
        if (!plain) standard.insert("optional");
      }
    } else {
      standard.insert({"cstddef", "optional"});
    }
  }

  code_writer code;
  begin_header(code, origin);
  for (const std::string& header : standard) code.line("#include <" + header + '>');
  code.line();
  if (accessible) include_hana(code);
  for (const std::string& header : own) code.line("#include <" + header + '>');
  if (!own.empty()) code.line();
  code.line("namespace " + name_space + " {");
  code.line();
  for (const auto& item : declared.items) {
    std::visit([&](const auto& each) { emit(code, each, name_space); }, item);
  }
  code.line("}  // namespace " + name_space);
  if (accessible) {
    code.line();
    emit_all_accessors(code, declared, name_space);
  }
  return code.text();
}

std::string emit_accessors(const declarations& declared, const std::string& name_space,
                           const std::string& origin) {
  code_writer code;
  begin_header(code, origin);
  include_hana(code);
  code.line("namespace " + name_space + " {");
  for (const auto& item : declared.items) {
    if (const auto* each = std::get_if<structure>(&item)) code.line("struct " + each->name + ';');
  }
  code.line("}  // namespace " + name_space);
  code.line();
  emit_all_accessors(code, declared, name_space);
  return code.text();
}

}  // namespace tensormerge::codegen
