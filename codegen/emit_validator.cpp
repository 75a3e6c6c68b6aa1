#include "emit_validator.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <set>

#include "code_writer.hpp"
#include "namer.hpp"
#include "schema_relations.hpp"

namespace tensormerge::codegen {
namespace {

using texts = std::vector<std::string>;

/// Names the functions of one document's schemas and writes those that a root needs.
class validator_writer {
 public:
  validator_writer(code_writer& code, const schema_document& document, std::string prefix)
      : code_(code), document_(document), relations_(document), prefix_(std::move(prefix)) {}

  /// Everything that the checks of `root` call, each after what it calls itself.
  void need(schema_index root) {
    visit(root);
    std::set<std::string> taken;
    for (const schema_index index : order_) {
      std::string name = function_name(index);
      while (!taken.insert(name).second) name += "_too";
      names_[index] = name;
    }
  }

  /// Functions that call each other in a circle have to be declared first.
  void declare_functions() {
    for (const schema_index index : circular_) signature(names_.at(index), ";");
    if (!circular_.empty()) code_.line();
  }

  void define_functions() {
    for (const schema_index index : order_) define(document_.schemas[index], names_.at(index));
  }

  /// The function for a schema, or nullptr where any value obeys it.
  std::string function(schema_index index) const {
    index = relations_.same_as(index);
    return relations_.says_nothing(index) ? "nullptr" : names_.at(index);
  }

 private:
  void visit(schema_index index) {
    index = relations_.same_as(index);
    if (relations_.says_nothing(index)) return;
    if (open_.contains(index)) circular_.insert(index);
    if (!seen_.insert(index).second) return;
    open_.insert(index);
    for (const schema_index child : relations_.children(document_.schemas[index])) visit(child);
    open_.erase(index);
    order_.push_back(index);
  }

  /// `#/definitions/model_entry/properties/model` becomes model_entry_model_rule.
  std::string function_name(schema_index index) const {
    const schema& each = document_.schemas[index];
    std::string text = each.pointer.substr(1);
    const std::string file = each.file.substr(each.file.rfind('/') + 1);
    const std::string prefix = file.empty() ? prefix_ : file.substr(0, file.find('.'));
    for (const std::string folder : {"/definitions/", "/$defs/"}) {
      if (text.starts_with(folder) && file.empty()) text.erase(0, folder.size());
    }
    if (text.empty() || text.front() == '/') text = prefix + text;
    for (const char* step : {"/properties/", "/definitions/", "/$defs/"}) {
      for (auto at = text.find(step); at != std::string::npos; at = text.find(step)) {
        text.replace(at, std::string(step).size(), "/");
      }
    }
    return identifier(text + "_rule");
  }

  /// The same for checks that call what they are given.
  std::string callable(schema_index index) const {
    const std::string name = function(index);
    return name == "nullptr" ? "check_anything" : name;
  }

  /// A constant array in the function, or nothing where it would be empty.
  /// Returns what refers to it.
  std::string array(const std::string& type, const std::string& name, const texts& values) {
    if (values.empty()) return "{}";
    code_.list("static constexpr std::array<" + type + ", " + std::to_string(values.size()) + "> " +
                   name,
               values, ";");
    return name;
  }

  texts functions(const std::vector<schema_index>& list) const {
    texts result;
    for (const schema_index each : list) result.push_back(function(each));
    return result;
  }

  static std::string number(double value) {
    const std::string text = canonical_number(value);
    return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
  }

  std::string hints(const schema& each) {
    texts values;
    for (const auto& [word, hint] : each.hints) {
      values.push_back("word_hint{" + quoted_view(word) + ", " + quoted_view(hint) + '}');
    }
    return array("word_hint", "hints", values);
  }

  void call(const std::string& name, texts arguments) {
    arguments.insert(arguments.begin(), {"value", "path"});
    arguments.emplace_back("found");
    std::string all;
    for (const std::string& each : arguments) all += (all.empty() ? "" : ", ") + each;
    code_.line(name + '(' + all + ");");
  }

  void define(const schema& each, const std::string& name) {
    code_.comment("//", each.place());
    signature(name, " {");
    code_.indent();
    if (each.boolean) {
      call("check_never", {});
    } else {
      if (!each.expected.empty()) {
        code_.line("const expectation said(found, path, " + quoted(each.expected) + ");");
      }
      if (each.kinds != 0) {
        const std::string check = "check_kind(value, path, " + spell_kinds(each.kinds) + ", found)";
        code_.line(only_kind(each) ? check + ';' : "if (!" + check + ") return;");
      }
      define_values(each);
      define_list(each);
      define_mapping(each);
      define_combinations(each);
    }
    code_.close("}");
    code_.line();
  }

  bool only_kind(schema each) const {
    each.kinds = 0;
    return !relations_.has_own_rules(each) && relations_.children(each).empty();
  }

  void signature(const std::string& name, const std::string& end) {
    const std::string head = "inline void " + name + '(';
    const std::string first = "const node& value, const value_path& path,";
    const std::string last = "findings& found)" + end;
    if (head.size() + first.size() + 1 + last.size() <= code_writer::width) {
      code_.line(head + first + ' ' + last);
    } else if (head.size() + first.size() <= code_writer::width) {
      code_.line(head + first);
      code_.line(std::string(head.size(), ' ') + last);
    } else {
      code_.line(head);
      code_.line("    " + first + ' ' + last);
    }
  }

  static std::string spell_kinds(std::uint8_t kinds) {
    static const std::vector<std::pair<std::uint8_t, std::string>> names{
        {null_bit, "null_kind"},       {boolean_bit, "boolean_kind"}, {integer_bit, "integer_kind"},
        {number_bit, "number_kind"},   {text_bit, "text_kind"},       {list_bit, "list_kind"},
        {mapping_bit, "mapping_kind"},
    };
    std::string text;
    for (const auto& [bit, name] : names) {
      if ((kinds & bit) != 0) text += (text.empty() ? "" : " | ") + name;
    }
    return text;
  }

  void define_values(const schema& each) {
    const auto choose = [&](const std::vector<literal>& values, const std::string& suffix) {
      texts canonical, words;
      for (const literal& value : values) {
        canonical.push_back(quoted_view(canonical_text(value)));
        if (value.type == literal::kind::text) words.push_back(quoted_view(value.text));
      }
      const std::string values_name =
          array("std::string_view", "values" + suffix, canonical);
      const std::string words_name = array("std::string_view", "words" + suffix, words);
      const std::string hints_name = suffix.empty() ? hints(each) : "{}";
      call("check_values",
           {values_name, words_name, hints_name});
    };
    if (each.enumeration) choose(*each.enumeration, "");
    if (each.constant) choose({*each.constant}, each.enumeration ? "_2" : "");
    const auto limit = [&](const std::optional<double>& value, const char* check) {
      if (value) call(check, {number(*value)});
    };
    limit(each.minimum, "check_minimum");
    limit(each.exclusive_minimum, "check_exclusive_minimum");
    limit(each.maximum, "check_maximum");
    limit(each.exclusive_maximum, "check_exclusive_maximum");
    limit(each.multiple_of, "check_multiple");
    count(each.min_length, each.max_length, "check_length");
    if (each.pattern) {
      define_pattern("pattern", *each.pattern);
      call("check_pattern", {"pattern"});
    }
    if (each.format) call("check_format", {quoted(*each.format)});
  }

  void count(const std::optional<std::size_t>& least, const std::optional<std::size_t>& most,
             const std::string& check) {
    if (!least && !most) return;
    call(check, {std::to_string(least.value_or(0)), most ? std::to_string(*most) : "no_limit"});
  }

  void define_pattern(const std::string& name, const std::string& expression) {
    const std::string head = "static const text_pattern " + name + '(';
    const std::string last = quoted_view(expression) + ");";
    if (2 + head.size() + last.size() <= code_writer::width) {
      code_.line(head + last);
    } else {
      code_.line(head);
      code_.line("    " + last);
    }
  }

  void define_list(const schema& each) {
    if (!each.item_list.empty() || each.items) {
      const std::string first = array("check", "first_items", functions(each.item_list));
      call("check_items", {first, each.items ? function(*each.items) : "nullptr"});
    }
    count(each.min_items, each.max_items, "check_item_count");
    if (each.unique_items) call("check_unique", {});
    if (each.contains) call("check_contains", {callable(*each.contains)});
  }

  void define_mapping(const schema& each) {
    const bool keys = !each.properties.empty() || !each.pattern_properties.empty() ||
                      each.additional_properties || !each.required.empty();
    if (keys) define_keys(each);
    count(each.min_properties, each.max_properties, "check_key_count");
    if (each.property_names) call("check_key_names", {callable(*each.property_names)});
    std::size_t number_of = 0;
    for (const dependency& one : each.dependencies) {
      texts keys_needed;
      for (const std::string& key : one.keys) keys_needed.push_back(quoted_view(key));
      const std::string others =
          array("std::string_view", "needed_" + std::to_string(++number_of), keys_needed);
      call("check_dependency",
           {quoted_view(one.key), others, one.schema ? function(*one.schema) : "nullptr"});
    }
  }

  void define_keys(const schema& each) {
    texts fields, properties, patterns, required, known;
    for (const auto& [key, child] : each.properties) {
      properties.push_back("property_check{" + quoted_view(key) + ", " + function(child) + '}');
      const bool forbidden = document_.schemas[document_.follow(child)].boolean == false;
      if (!forbidden) known.push_back(quoted_view(key));
    }
    for (const std::string& key : each.required) required.push_back(quoted_view(key));
    std::size_t number_of = 0;
    for (const auto& [expression, child] : each.pattern_properties) {
      const std::string name = "pattern_" + std::to_string(++number_of);
      define_pattern(name, expression);
      patterns.push_back("pattern_check{&" + name + ", " + function(child) + '}');
    }
    const auto field = [&](const char* name, const std::string& value) {
      if (value == "{}" || value == "nullptr") return;
      fields.push_back('.' + std::string(name) + " = " + value);
    };
    field("properties", array("property_check", "properties", properties));
    if (!patterns.empty()) {
      code_.list("static const std::array<pattern_check, " + std::to_string(patterns.size()) +
                     "> patterns",
                 patterns, ";");
      fields.emplace_back(".patterns = patterns");
    }
    const bool closed = relations_.closes(each);
    if (each.additional_properties && !closed) {
      field("additional", function(*each.additional_properties));
    }
    if (closed) fields.emplace_back(".closed = true");
    field("required", array("std::string_view", "required", required));
    if (closed) field("known", array("std::string_view", "known", known));
    if (closed && !each.enumeration) field("hints", hints(each));
    std::string rules;
    for (const std::string& one : fields) rules += (rules.empty() ? "" : ", ") + one;
    code_.list("const mapping_rules rules", fields, ";");
    call("check_mapping", {"rules"});
  }

  void define_combinations(const schema& each) {
    for (const schema_index one : each.all_of) {
      if (function(one) != "nullptr") call(function(one), {});
    }
    const auto choose = [&](const std::vector<schema_index>& branches, const std::string& name,
                            const std::string& check) {
      if (branches.empty()) return;
      texts list;
      for (const schema_index one : branches) list.push_back(callable(one));
      call(check, {array("check", name, list), quoted(each.expected)});
    };
    choose(each.any_of, "any", "check_any_of");
    choose(each.one_of, "one", "check_one_of");
    if (each.not_) call("check_not", {callable(*each.not_)});
    if (each.if_ && (each.then_ || each.else_)) {
      call("check_if", {callable(*each.if_), each.then_ ? function(*each.then_) : "nullptr",
                        each.else_ ? function(*each.else_) : "nullptr"});
    }
  }

  code_writer& code_;
  const schema_document& document_;
  schema_relations relations_;
  std::string prefix_;
  std::vector<schema_index> order_;
  std::set<schema_index> seen_, open_, circular_;
  std::map<schema_index, std::string> names_;
};

}  // namespace

std::string emit_validator(const std::vector<validated_root>& roots, const std::string& name_space,
                           const std::string& origin) {
  code_writer code;
  code.comment("//", "Generated from " + origin + ". Change the schema, not this file.");
  code.line("#pragma once");
  code.line();
  for (const char* header : {"array", "string", "string_view"}) {
    code.line("#include <" + std::string(header) + '>');
  }
  code.line();
  const auto checks_format = [](const validated_root& root) {
    const auto& all = root.document->schemas;
    return std::any_of(all.begin(), all.end(), [](const schema& each) { return each.format; });
  };
  const bool formats = std::any_of(roots.begin(), roots.end(), checks_format);
  for (const std::string header :
       {"check_list", "check_mapping", "check_union", "check_value", "format", "validate"}) {
    if (header == "format" && !formats) continue;
    code.line("#include <tensormerge/config/schema/" + header + ".hpp>");
  }
  code.line();
  code.line("namespace " + name_space + " {");
  code.line();
  for (const validated_root& root : roots) {
    validator_writer writer(code, *root.document, root.name);
    writer.need(root.index);
    const std::string space = root.name + "_checks";
    code.line("namespace " + space + " {");
    code.line();
    code.line("using namespace tensormerge::schema;");
    code.line();
    writer.declare_functions();
    writer.define_functions();
    code.line("}  // namespace " + space);
    code.line();
    code.comment("///", "What is wrong with a document that should be a " + root.name +
                            "; nothing where it is one. `file` is the name to report.");
    code.open("inline tensormerge::diagnostics validate_" + root.name +
              "(const tensormerge::node& document,");
    code.line(std::string(35 + root.name.size(), ' ') + "const std::string& file = {}) {");
    const std::string function = writer.function(root.index);
    code.line("return tensormerge::schema::validate(document, file, " +
              (function == "nullptr" ? "tensormerge::schema::check_anything"
                                     : space + "::" + function) +
              ");");
    code.close("}");
    code.line();
  }
  code.line("}  // namespace " + name_space);
  return code.text();
}

}  // namespace tensormerge::codegen
