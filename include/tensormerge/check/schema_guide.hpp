#pragma once

#include <string>
#include <string_view>

#include <tensormerge/config/schema_texts.hpp>
#include <tensormerge/document/load_json.hpp>
#include <tensormerge/document/node.hpp>

namespace tensormerge {

/// What the schema of a dialect says to people: descriptions, defaults and examples.
class schema_guide {
 public:
  explicit schema_guide(std::string_view schema_text) : schema_(load_json(schema_text, "schema")) {}

  const node& schema() const { return schema_; }

  /// A definition, or nullptr.
  const node* definition(std::string_view name) const {
    const node* definitions = schema_.find("definitions");
    return definitions == nullptr ? nullptr : definitions->find(name);
  }

  /// A schema with references to definitions followed.
  const node& follow(const node& schema) const {
    const node* found = &schema;
    for (int steps = 0; steps < 20; ++steps) {
      const node* reference = found->find("$ref");
      constexpr std::string_view prefix = "#/definitions/";
      if (reference == nullptr || !reference->text.starts_with(prefix)) break;
      const node* next = definition(std::string_view(reference->text).substr(prefix.size()));
      if (next == nullptr) break;
      found = next;
    }
    return *found;
  }

  std::string description(const node* schema) const {
    const node* text = schema == nullptr ? nullptr : follow(*schema).find("description");
    return text == nullptr ? std::string() : text->text;
  }

  /// What the merge method does.
  std::string method(std::string_view name) const {
    return description(definition(std::string(name) + "_parameters"));
  }

  /// What the parameter means.
  std::string parameter(std::string_view name) const {
    return description(definition(std::string(name) + "_parameter"));
  }

  /// A usual value of the parameter.
  std::string example(std::string_view parameter) const {
    const node* found = definition(std::string(parameter) + "_parameter");
    const node* examples = found == nullptr ? nullptr : found->find("examples");
    return examples == nullptr || examples->items.empty() ? "0.5" : examples->items.front().text;
  }

 private:
  node schema_;
};

}  // namespace tensormerge
