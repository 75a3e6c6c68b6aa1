#include "declare.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "namer.hpp"
#include "schema_roots.hpp"

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
  declarer(const schema_document& document, bool keeps_untyped, declarations& result)
      : document_(document), result_(result), keeps_untyped_(keeps_untyped) {}

  /// `suggestion`: the name for a type that is not a definition of its own.
  resolved resolve(schema_index index, const std::string& suggestion) {
    if (!keeps_untyped_) return resolve_typed(index, suggestion);
    const std::size_t declared = result_.items.size(), open = open_.size();
    const std::size_t held = held_, variants = variants_;
    try {
      return resolve_typed(index, suggestion);
    } catch (const schema_error&) {
      result_.items.resize(declared);
      open_.resize(open);
      held_ = held;
      variants_ = variants;
      std::erase_if(structures_, [this](const auto& entry) { return !is_declared(entry.first); });
      include("tensormerge/document/node.hpp");
      return {untyped(), false};
    }
  }

  resolved resolve_typed(schema_index index, const std::string& suggestion) {
    const schema_index target = document_.follow(index);
    const schema& each = document_.schemas[target];
    if (!each.cpp_type.empty()) {
      include(each.cpp_include);
      return {{value_type::kind::custom, each.cpp_type, {}, 0, false}, allows_null(target)};
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
        if (kinds != 0) {
          type = type_of_kinds(target, kinds, name);
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
    add(std::move(result), each);
  }

 private:
  struct open_structure {
    std::string name;
    std::size_t held = 0, variants = 0;
  };

  static value_type untyped() {
    return {value_type::kind::custom, "tensormerge::node", {}, 0, false};
  }

  /// Adds a type, unless one that is the same is there. Two that differ need different names.
  template <class Type>
  void add(Type type, const schema& at) {
    for (const auto& item : result_.items) {
      const auto* known = std::get_if<Type>(&item);
      if (known != nullptr && *known == type) return;
    }
    if (is_declared(type.name)) {
      throw schema_error(at.place(), "its C++ type `" + type.name +
                                         "` has the name of another; choose one with x-cpp-name");
    }
    result_.items.emplace_back(std::move(type));
  }

  /// `type` with several names: a variant of a type for each.
  value_type type_of_kinds(schema_index index, std::uint8_t kinds, const std::string& name) {
    value_type result;
    result.form = value_type::kind::variant;
    const auto take = [&](std::uint8_t bit, value_type::kind form) {
      if ((kinds & bit) != 0) result.arguments.push_back({form, {}, {}, 0, false});
    };
    take(boolean_bit, value_type::kind::boolean);
    const bool fractions = (kinds & number_bit) != 0;
    take(fractions ? number_bit : integer_bit,
         fractions ? value_type::kind::number : value_type::kind::integer);
    take(text_bit, value_type::kind::text);
    const schema& each = document_.schemas[index];
    ++variants_;
    if ((kinds & list_bit) != 0) result.arguments.push_back(list_of(each, name));
    if ((kinds & mapping_bit) != 0) result.arguments.push_back(mapping_of(index, name));
    --variants_;
    return result;
  }

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
    const bool is_null = result.default_value &&
                         result.default_value->type == literal::kind::null;
    if (is_null || result.type == untyped()) result.default_value.reset();
    if (result.default_value) check_default(result, each);
    return result;
  }

  /// A default must fit the type of its member; only those that C++ can spell are taken.
  void check_default(member& each, const schema& at) {
    const literal& value = *each.default_value;
    if (fits(each.type, value)) return;
    for (const value_type& alternative : each.type.arguments) {
      if (each.type.form != value_type::kind::variant || !fits(alternative, value)) continue;
      each.default_type = alternative;
      return;
    }
    throw schema_error(at.place() + "/default", "cannot be written as a C++ initialiser");
  }

  bool fits(const value_type& type, const literal& value) const {
    using kind = literal::kind;
    switch (type.form) {
      case value_type::kind::boolean: return value.type == kind::boolean;
      case value_type::kind::integer: return value.type == kind::integer;
      case value_type::kind::number:
        return value.type == kind::integer || value.type == kind::number;
      case value_type::kind::text: return value.type == kind::text;
      case value_type::kind::named: return names_value(type.name, value);
      case value_type::kind::list:
        return value.type == kind::list &&
               (type.count == 0 || value.items.size() == type.count) &&
               std::all_of(value.items.begin(), value.items.end(), [&](const literal& item) {
                 return item.type != kind::list && fits(type.arguments.front(), item);
               });
      case value_type::kind::map: return value.type == kind::mapping && value.entries.empty();
      case value_type::kind::custom:
        return value.type == kind::boolean || value.type == kind::integer ||
               value.type == kind::number || value.items.empty();
      default: return false;
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
        return {{value_type::kind::boolean, {}, {}, 0, false}, false};
      } else {
        throw schema_error(each.place() + "/enum",
                           "only texts become a C++ enum; name a type with x-cpp-type");
      }
    }
    check_names(each, result);
    add(std::move(result), each);
    return {{value_type::kind::named, name, {}, 0, false}, nullable};
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
      ++variants_;
      resolved alternative = resolve(branch, name + '_' + std::to_string(number));
      --variants_;
      result.nullable = result.nullable || alternative.nullable;
      auto& types = result.type.arguments;
      if (std::find(types.begin(), types.end(), alternative.type) == types.end()) {
        types.push_back(std::move(alternative.type));
      }
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
    if (each.min_items && each.max_items && *each.min_items == *each.max_items) {
      result.count = *each.min_items;
    }
    result.arguments.push_back(held(*each.items, singular(name), result.count == 0));
    return result;
  }

  value_type mapping_of(schema_index index, const std::string& name) {
    const schema& each = document_.schemas[index];
    if (each.properties.empty()) {
      const std::optional<schema_index> values = free_values(each);
      if (!values) {
        throw schema_error(each.place(),
                           "a mapping must say what its values are; or name a C++ type with "
                           "x-cpp-type");
      }
      value_type result;
      result.form = value_type::kind::map;
      result.arguments.push_back(held(*values, singular(name), true));
      return result;
    }
    const auto is_same = [&](const open_structure& other) { return other.name == name; };
    if (std::any_of(open_.begin(), open_.end(), is_same)) {
      const open_structure& last = open_.back();
      if (is_same(last) && held_ > last.held && variants_ == last.variants) {
        return {value_type::kind::named, name, {}, 0, false};
      }
      throw schema_error(document_.schemas[index].place(),
                         "a struct can contain itself only as what its own lists or mappings hold");
    }
    if (const auto [owner, is_new] = structures_.try_emplace(name, index);
        is_new || owner->second != index) {
      open_.push_back({name, held_, variants_});
      declare_structure(index, name);
      open_.pop_back();
    }
    return {value_type::kind::named, name, {}, 0, false};
  }

  /// The type of what a list or a map holds; `apart` where it is stored outside of the struct.
  value_type held(schema_index index, const std::string& name, bool apart) {
    if (apart) ++held_;
    resolved result = resolve(index, name);
    if (apart) --held_;
    result.type.nullable = result.nullable && result.type.form != value_type::kind::custom;
    return std::move(result.type);
  }

  /// What the values of keys without a name obey, where all obey the same.
  std::optional<schema_index> free_values(const schema& each) const {
    const auto& patterns = each.pattern_properties;
    const bool closed = each.additional_properties &&
                        document_.schemas[*each.additional_properties].boolean == false;
    if (patterns.size() == 1 && (closed || !each.additional_properties)) {
      return patterns.front().second;
    }
    if (!patterns.empty() || closed) return std::nullopt;
    return each.additional_properties;
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

  static void check_names(const schema& each, const enumeration& result) {
    std::vector<std::string> names;
    for (const std::string& value : result.values) {
      const std::string name = identifier(value);
      if (std::find(names.begin(), names.end(), name) != names.end()) {
        throw schema_error(each.place() + "/enum", "the C++ name `" + name + "` of `" + value +
                                                       "` is taken by another value");
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
  bool keeps_untyped_;
  std::vector<open_structure> open_;  // the structs that are being declared, from outside
  std::size_t held_ = 0;              // the lists and maps around
  std::size_t variants_ = 0;          // the variants around
  std::map<std::string, schema_index> structures_;
};

}  // namespace

void declare(const schema_document& document, schema_index root, bool keeps_untyped,
             declarations& result) {
  declarer worker(document, keeps_untyped, result);
  const schema& each = document.schemas[document.follow(root)];
  if (!each.properties.empty() || each.kinds == mapping_bit) {
    worker.declare_structure(document.follow(root), declared_name(document, root));
  } else {
    worker.resolve(root, declared_name(document, root));
  }
}

}  // namespace tensormerge::codegen
