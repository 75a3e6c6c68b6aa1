#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tensormerge/check/document_place.hpp>
#include <tensormerge/check/schema_guide.hpp>
#include <tensormerge/check/values_along_layers.hpp>
#include <tensormerge/config/schema/decimal.hpp>
#include <tensormerge/method/parameter_info.hpp>

namespace tensormerge {

/// Something that could be written at a place.
struct completion {
  std::string label;
  std::string description;
  bool is_key = false;
};

namespace detail {

/// The merge method that a text names, which may be no YAML yet.
inline std::string method_in(std::string_view text) {
  constexpr std::string_view key = "merge_method:";
  const std::size_t place = text.find(key);
  if (place == std::string_view::npos) return {};
  const std::size_t begin = text.find_first_not_of(" \"'", place + key.size());
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_first_of(" \"'\r\n#", begin) - begin));
}

/// The parameter of a method, or nullptr.
inline const parameter_info* find_info(const method_info& method, std::string_view name) {
  for (const auto* list : {&method.shared, &method.per_input}) {
    for (const parameter_info& each : *list) {
      if (each.name == name) return &each;
    }
  }
  return nullptr;
}

inline const method_info* find_info(const std::vector<method_info>& methods,
                                    std::string_view name) {
  for (const method_info& each : methods) {
    if (each.facts.name == name) return &each;
  }
  return nullptr;
}

inline std::string text_of(const node& schema, std::string_view key) {
  const node* found = schema.find(key);
  return found == nullptr ? std::string() : found->text;
}

}  // namespace detail

/// The keys, or behind a colon the values, that the schema knows at a place. Below `parameters`
/// only those that the text's merge method takes.
inline std::vector<completion> complete_text(std::string_view text, text_position at,
                                             const schema_guide& guide,
                                             const std::vector<method_info>& methods) {
  std::vector<completion> list;
  std::set<std::string> seen;
  const auto offer = [&](const std::string& label, std::string description, bool is_key) {
    if (seen.insert(label).second) list.push_back({label, std::move(description), is_key});
  };
  document_place place = find_place(source_text(text), at);
  if (place.in_value) {
    place.path.push_back(place.key);
    for (const node* schema : schemas_at(guide, place.path)) {
      const node* values = schema->find("enum");
      for (std::size_t i = 0; values != nullptr && i < values->items.size(); ++i) {
        const node& each = values->items[i];
        if (!each.is_null()) offer(each.text, guide.method(each.text), false);
      }
      if (detail::text_of(*schema, "type") != "boolean") continue;
      offer("true", {}, false);
      offer("false", {}, false);
    }
    return list;
  }
  const method_info* method = nullptr;
  if (!place.path.empty() && place.path.back() == "parameters") {
    method = detail::find_info(methods, detail::method_in(text));
  }
  for (const node* schema : schemas_at(guide, place.path)) {
    const node* properties = schema->find("properties");
    for (std::size_t i = 0; properties != nullptr && i < properties->entries.size(); ++i) {
      const node_entry& each = properties->entries[i];
      const bool is_taken = method == nullptr || detail::find_info(*method, each.key) != nullptr;
      if (is_taken) offer(each.key, guide.description(&each.value), true);
    }
  }
  return list;
}

/// What the key at a place means, in Markdown: its description, the merge method's or, of a
/// parameter, the default that the text's merge method has for it and what its value here comes to
/// along the layers. Empty where there is nothing.
inline std::string describe_place(std::string_view text, text_position at,
                                  const schema_guide& guide,
                                  const std::vector<method_info>& methods) {
  const document_place place = find_place(source_text(text), at);
  if (place.key.empty()) return {};
  std::vector<std::string> path = place.path;
  path.push_back(place.key);
  std::string shown;
  for (const node* schema : schemas_at(guide, path)) {
    if (shown.empty()) shown = detail::text_of(*schema, "description");
  }
  const std::string name = detail::method_in(text);
  if (place.key == "merge_method") return shown + "\n\n`" + name + "`: " + guide.method(name);
  const method_info* method = detail::find_info(methods, name);
  if (method == nullptr || place.path.empty() || place.path.back() != "parameters") return shown;
  const parameter_info* info = detail::find_info(*method, place.key);
  if (info == nullptr) return shown + "\n\nNot used by " + name + '.';
  if (info->required) shown += "\n\nRequired by " + name + '.';
  if (info->default_value) {
    shown += "\n\nDefault of " + name + ": `" + schema::number_text(*info->default_value) + '`';
  }
  const std::string values = values_along_layers(text, place.key, at.line);
  if (!values.empty()) shown += "\n\n" + values;
  return shown;
}

}  // namespace tensormerge
