#include "declare.hpp"

#include <algorithm>
#include <utility>

#include "namer.hpp"

namespace tensormerge::codegen {
namespace {

bool is_null(const schema& each) { return each.kinds == null_bit; }

/// What the type of a member follows from.
struct resolved {
  value_type type;
  bool nullable = false;
};

class declarer {
 public:
  declarer(const schema_document& document, declarations& result)
      : document_(document), result_(result) {}

  /// `suggestion`: the name for a type that is not a definition of its own.
  resolved resolve(schema_index index, const std::string& suggestion) {
    const schema_index target = document_.follow(index);
    const schema& each = document_.schemas[target];
    if (!each.cpp_type.empty()) {
      include(each.cpp_include);
      return {{value_type::kind::custom, each.cpp_type, {}, 0}, allows_null(target)};
    }
    if (each.boolean) throw schema_error(each.place(), "a value of any type has no C++ type");

    const std::string name = own_name(target, suggestion);
    if (each.enumeration || each.constant) return resolve_enumeration(each, name);
    if (each.properties.empty() && (!each.any_of.empty() || !each.one_of.empty())) {
      return resolve_variant(each, each.any_of.empty() ? each.one_of : each.any_of, name);
    }
    if (each.kinds == 0 && each.properties.empty() && each.all_of.size() == 1) {
      return resolve(each.all_of.front(), suggestion);
    }
    const bool nullable = (each.kinds & null_bit) != 0;
    const auto kinds = static_cast<std::uint8_t>(each.kinds & ~null_bit);
    value_type type;
    switch (kinds) {
      case boolean_bit: type.form = value_type::kind::boolean; break;
      case integer_bit: type.form = value_type::kind::integer; break;
      case number_bit:
      case number_bit | integer_bit: type.form = value_type::kind::number; break;
      case text_bit: type.form = value_type::kind::text; break;
      case list_bit: type = list_of(each, name); break;
      case mapping_bit: type = mapping_of(target, name); break;
      default:
        if (kinds == 0 && !each.properties.empty()) {
          type = mapping_of(target, name);
          break;
        }
        throw schema_error(each.place() + "/type",
                           "the value has no one C++ type; name one with x-cpp-type");
    }
    return {std::move(type), nullable};
  }

  void declare_structure(schema_index index, const std::string& name) {
    const schema& each = document_.schemas[index];
    structure result{name, each.description, {}, each.cpp_position};
    if (!each.cpp_position.empty()) include(each.cpp_include);
    for (const auto& [key, property] : each.properties) {
      if (document_.schemas[property].boolean) continue;  // a forbidden key has no member
      result.members.push_back(make_member(each, key, property, name));
    }
    check_names(each, result);
    if (!is_declared(name)) result_.items.emplace_back(std::move(result));
  }

 private:
  member make_member(const schema& owner, const std::string& key, schema_index property,
                     const std::string& owner_name) {
    const schema& each = document_.schemas[property];
    member result;
    result.key = key;
    result.description = describe(property);
    result.type = resolve(property, owner_name + '_' + key).type;
    result.required =
        std::find(owner.required.begin(), owner.required.end(), key) != owner.required.end();
    result.default_value = default_of(property);
    if (result.default_value && result.default_value->type == literal::kind::null) {
      result.default_value.reset();
    }
    if (result.default_value) check_default(result, each);
    return result;
  }

  /// A default must fit the type of its member; only those that C++ can spell are taken.
  void check_default(const member& each, const schema& at) {
    using kind = literal::kind;
    const literal& value = *each.default_value;
    const auto fits = [&](value_type::kind form) {
      switch (form) {
        case value_type::kind::boolean: return value.type == kind::boolean;
        case value_type::kind::integer: return value.type == kind::integer;
        case value_type::kind::number:
          return value.type == kind::integer || value.type == kind::number;
        case value_type::kind::text: return value.type == kind::text;
        case value_type::kind::named: return names_value(each.type.name, value);
        case value_type::kind::list: return value.type == kind::list && value.items.empty();
        case value_type::kind::map: return value.type == kind::mapping && value.entries.empty();
        case value_type::kind::custom:
          return value.type == kind::boolean || value.type == kind::integer ||
                 value.type == kind::number || value.items.empty();
        default: return false;
      }
    };
    if (!fits(each.type.form)) {
      throw schema_error(at.place() + "/default", "cannot be written as a C++ initialiser");
    }
  }

  /// Whether `value` is one of the enum `name`, or the empty mapping of the struct `name`.
  bool names_value(const std::string& name, const literal& value) const {
    for (const auto& item : result_.items) {
      if (const auto* choice = std::get_if<enumeration>(&item); choice && choice->name == name) {
        return value.type == literal::kind::text &&
               std::find(choice->values.begin(), choice->values.end(), value.text) !=
                   choice->values.end();
      }
    }
    return value.type == literal::kind::mapping && value.entries.empty();
  }

  /// The nearest description on the way to the schema that a member stands for.
  std::string describe(schema_index index) const {
    const schema& each = document_.schemas[index];
    if (!each.description.empty()) return each.description;
    if (each.ref) return describe(document_.follow(index));
    if (each.all_of.size() == 1) return describe(each.all_of.front());
    return {};
  }

  std::optional<literal> default_of(schema_index index) const {
    const schema& each = document_.schemas[index];
    if (each.default_value) return each.default_value;
    if (each.ref) return default_of(document_.follow(index));
    if (each.all_of.size() == 1) return default_of(each.all_of.front());
    return std::nullopt;
  }

  bool allows_null(schema_index index) const {
    const schema& each = document_.schemas[document_.follow(index)];
    if (each.kinds != 0) return (each.kinds & null_bit) != 0;
    const auto null_branch = [&](schema_index branch) {
      return is_null(document_.schemas[document_.follow(branch)]);
    };
    return std::any_of(each.any_of.begin(), each.any_of.end(), null_branch);
  }

  resolved resolve_enumeration(const schema& each, const std::string& name) {
    enumeration result{name, each.description, {}};
    bool nullable = false;
    const std::vector<literal> values =
        each.enumeration ? *each.enumeration : std::vector<literal>{*each.constant};
    for (const literal& value : values) {
      if (value.type == literal::kind::null) {
        nullable = true;
      } else if (value.type == literal::kind::text) {
        result.values.push_back(value.text);
      } else if (values.size() == 1 && value.type == literal::kind::boolean) {
        return {{value_type::kind::boolean, {}, {}, 0}, false};
      } else {
        throw schema_error(each.place() + "/enum",
                           "only texts become a C++ enum; name a type with x-cpp-type");
      }
    }
    if (!is_declared(name)) result_.items.emplace_back(std::move(result));
    return {{value_type::kind::named, name, {}, 0}, nullable};
  }

  resolved resolve_variant(const schema& each, const std::vector<schema_index>& branches,
                           const std::string& name) {
    resolved result;
    result.type.form = value_type::kind::variant;
    std::size_t number = 0;
    for (const schema_index branch : branches) {
      if (is_null(document_.schemas[document_.follow(branch)])) {
        result.nullable = true;
        continue;
      }
      ++number;
      resolved alternative = resolve(branch, name + '_' + std::to_string(number));
      result.nullable = result.nullable || alternative.nullable;
      result.type.arguments.push_back(std::move(alternative.type));
    }
    if (result.type.arguments.empty()) throw schema_error(each.place(), "no value has this type");
    if (result.type.arguments.size() == 1) {
      value_type only = std::move(result.type.arguments.front());
      result.type = std::move(only);
    }
    return result;
  }

  value_type list_of(const schema& each, const std::string& name) {
    if (!each.item_list.empty()) {
      throw schema_error(each.place() + "/items",
                         "a list of different items has no C++ type; name one with x-cpp-type");
    }
    if (!each.items) throw schema_error(each.place(), "a list must say what its items are");
    value_type result;
    result.form = value_type::kind::list;
    resolved item = resolve(*each.items, singular(name));
    result.arguments.push_back(std::move(item.type));
    if (each.min_items && each.max_items && *each.min_items == *each.max_items) {
      result.count = *each.min_items;
    }
    return result;
  }

  value_type mapping_of(schema_index index, const std::string& name) {
    const schema& each = document_.schemas[index];
    if (each.properties.empty()) {
      std::optional<schema_index> values = each.additional_properties;
      if (!values && each.pattern_properties.size() == 1) {
        values = each.pattern_properties.front().second;
      }
      if (!values || document_.schemas[*values].boolean == true) {
        throw schema_error(each.place(),
                           "a mapping must say what its values are; or name a C++ type with "
                           "x-cpp-type");
      }
      if (!document_.schemas[*values].boolean) {
        value_type result;
        result.form = value_type::kind::map;
        result.arguments.push_back(resolve(*values, singular(name)).type);
        return result;
      }
    }
    if (std::find(open_.begin(), open_.end(), name) != open_.end()) {
      throw schema_error(each.place(), "a struct that contains itself is not supported");
    }
    if (!is_declared(name)) {
      open_.push_back(name);
      declare_structure(index, name);
      open_.pop_back();
    }
    return {value_type::kind::named, name, {}, 0};
  }

  static std::string singular(const std::string& name) {
    const bool plural = name.size() > 2 && name.back() == 's' && name[name.size() - 2] != 's';
    return plural ? name.substr(0, name.size() - 1) : name + "_item";
  }

  std::string own_name(schema_index index, const std::string& suggestion) const {
    const schema& each = document_.schemas[index];
    const bool own = each.pointer == "#" || !each.cpp_name.empty() || !each.definition().empty();
    return own ? declared_name(document_, index) : type_name(suggestion);
  }

  bool is_declared(const std::string& name) const {
    const auto same = [&](const auto& item) {
      return std::visit([&](const auto& each) { return each.name == name; }, item);
    };
    return std::any_of(result_.items.begin(), result_.items.end(), same);
  }

  void check_names(const schema& each, const structure& result) const {
    std::vector<std::string> names;
    if (!result.position_type.empty()) names.emplace_back("at");
    for (const member& field : result.members) {
      const std::string name = identifier(field.key);
      if (std::find(names.begin(), names.end(), name) != names.end()) {
        throw schema_error(each.place() + "/properties/" + field.key,
                           "its C++ name `" + name + "` is taken by another member");
      }
      names.push_back(name);
    }
  }

  void include(const std::string& header) {
    if (header.empty()) return;
    auto& all = result_.includes;
    if (std::find(all.begin(), all.end(), header) == all.end()) all.push_back(header);
  }

  const schema_document& document_;
  declarations& result_;
  std::vector<std::string> open_;
};

bool matches(const std::string& text, std::size_t at, const std::string& glob, std::size_t from) {
  if (from == glob.size()) return at == text.size();
  if (glob[from] == '*') {
    for (std::size_t next = at; next <= text.size(); ++next) {
      if (matches(text, next, glob, from + 1)) return true;
      if (next < text.size() && text[next] == '/') break;  // `*` stays inside one step
    }
    return false;
  }
  return at < text.size() && text[at] == glob[from] && matches(text, at + 1, glob, from + 1);
}

}  // namespace

std::string declared_name(const schema_document& document, schema_index index) {
  const schema& each = document.schemas[index];
  if (!each.cpp_name.empty()) return identifier(each.cpp_name);
  if (each.pointer == "#") {
    if (!each.title.empty()) return type_name(each.title);
    const std::string file = each.file.substr(each.file.rfind('/') + 1);
    return type_name(file.empty() ? document.name : file.substr(0, file.find('.')));
  }
  return type_name(each.pointer.substr(each.pointer.rfind('/') + 1));
}

std::vector<schema_index> match_roots(const schema_document& document, const std::string& glob) {
  std::vector<schema_index> found;
  for (schema_index i = 0; i < document.schemas.size(); ++i) {
    if (document.schemas[i].file.empty() && matches(document.schemas[i].pointer, 0, glob, 0)) {
      found.push_back(i);
    }
  }
  return found;
}

void declare(const schema_document& document, schema_index root, declarations& result) {
  declarer worker(document, result);
  const schema& each = document.schemas[document.follow(root)];
  if (!each.properties.empty() || each.kinds == mapping_bit) {
    worker.declare_structure(document.follow(root), declared_name(document, root));
  } else {
    worker.resolve(root, declared_name(document, root));
  }
}

}  // namespace tensormerge::codegen
