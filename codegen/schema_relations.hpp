#pragma once

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "schema.hpp"

namespace tensormerge::codegen {

/// What schemas of a document say, alone and by others.
class schema_relations {
 public:
  explicit schema_relations(const schema_document& document) : document_(document) {}

  /// The schema that says all that `index` says: behind a reference or an allOf of one.
  schema_index same_as(schema_index index) const {
    std::set<schema_index> passed;
    while (passed.insert(index).second) {
      index = document_.follow(index);
      const schema& each = document_.schemas[index];
      const bool only_wraps = each.all_of.size() == 1 && each.expected.empty() &&
                              !has_own_rules(each) && children(each).size() == 1;
      if (!only_wraps) return index;
      index = each.all_of.front();
    }
    throw schema_error(document_.schemas[index].place(), "refers to itself and to nothing else");
  }

  /// Whether any value obeys a schema.
  bool says_nothing(schema_index index) const {
    std::set<schema_index> assumed;
    return says_nothing(index, assumed);
  }

  bool says_nothing(schema_index index, std::set<schema_index>& assumed) const {
    index = document_.follow(index);
    if (!assumed.insert(index).second) return true;
    const schema& each = document_.schemas[index];
    if (each.boolean) return *each.boolean;
    const bool chooses = !each.one_of.empty() || each.not_ || each.contains ||
                         (each.if_ && (each.then_ || each.else_));
    if (has_own_rules(each) || chooses) return false;
    const auto nothing = [&](schema_index child) { return says_nothing(child, assumed); };
    const auto& any = each.any_of;
    if (!any.empty() && std::none_of(any.begin(), any.end(), nothing)) return false;
    schema others = each;
    others.any_of.clear();
    const std::vector<schema_index> all = children(others);
    return std::all_of(all.begin(), all.end(), nothing);
  }

  bool has_own_rules(const schema& each) const {
    const bool counts = each.min_length || each.max_length || each.min_items || each.max_items ||
                        each.min_properties || each.max_properties;
    const bool ranges = each.minimum || each.maximum || each.exclusive_minimum ||
                        each.exclusive_maximum || each.multiple_of;
    return each.kinds != 0 || each.enumeration || each.constant || each.pattern || each.format ||
           counts || ranges || each.unique_items || !each.dependencies.empty() ||
           !each.required.empty() || closes(each);
  }

  /// Whether keys that are not named are forbidden.
  bool closes(const schema& each) const {
    if (!each.additional_properties) return false;
    return document_.schemas[document_.follow(*each.additional_properties)].boolean == false;
  }

  std::vector<schema_index> children(const schema& each) const {
    std::vector<schema_index> result = each.item_list;
    const auto add = [&](const std::optional<schema_index>& child) {
      if (child) result.push_back(*child);
    };
    for (const auto& child : {each.items, each.contains, each.property_names, each.not_}) {
      add(child);
    }
    if (!closes(each)) add(each.additional_properties);
    if (each.if_ && (each.then_ || each.else_)) {
      for (const auto& child : {each.if_, each.then_, each.else_}) add(child);
    }
    for (const auto* list : {&each.properties, &each.pattern_properties}) {
      for (const auto& [name, child] : *list) result.push_back(child);
    }
    for (const dependency& one : each.dependencies) add(one.schema);
    for (const auto* list : {&each.all_of, &each.any_of, &each.one_of}) {
      result.insert(result.end(), list->begin(), list->end());
    }
    return result;
  }

 private:
  const schema_document& document_;
};

}  // namespace tensormerge::codegen
