#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <tensormerge/check/source_text.hpp>
#include <tensormerge/check/schema_guide.hpp>
#include <tensormerge/error/diagnostic.hpp>

namespace tensormerge {

/// A place in a text that is being written, so that it may be no YAML yet.
struct document_place {
  std::vector<std::string> path{};  // keys from the root, `[]` for items of lists
  std::string key{};                // of the line, where the place is behind its colon or in it
  bool in_value = false;
};

namespace detail {

struct line_shape {
  std::size_t dash = std::string_view::npos;     // column of the last `- ` before the content
  std::size_t content = std::string_view::npos;  // npos for empty lines and comments
  std::string key{};                             // empty where there is none
};

inline line_shape shape_of(std::string_view line) {
  line_shape shape;
  std::size_t i = 0;
  while (i < line.size() && (line[i] == ' ' || (line[i] == '-' && (i + 1 == line.size() ||
                                                                  line[i + 1] == ' ')))) {
    if (line[i] == '-') shape.dash = i;
    ++i;
  }
  const bool empty = i == line.size() || line[i] == '#';
  if (empty && shape.dash == std::string_view::npos) return shape;
  shape.content = i;
  const std::size_t colon = line.find(':', i);
  if (colon != std::string_view::npos && (colon + 1 == line.size() || line[colon + 1] == ' ')) {
    shape.key = line.substr(i, colon - i);
    std::erase(shape.key, '"');
  }
  return shape;
}

}  // namespace detail

/// The keys that lead to a place, told by the indentation of the lines above.
inline document_place find_place(const source_text& source, text_position at) {
  const std::string_view line = source.line(at.line);
  const detail::line_shape own = detail::shape_of(line);
  document_place place;
  const std::size_t cursor = at.column - 1;
  const bool is_empty = own.content == std::string_view::npos;
  std::size_t need = is_empty ? cursor : own.content;
  if (!own.key.empty() && cursor >= own.content) {
    place.key = own.key;
    place.in_value = cursor > own.content + own.key.size();
  }
  std::vector<std::string> reversed;
  bool in_list = false;
  const auto enter_item = [&](std::size_t dash) {
    reversed.emplace_back("[]");
    need = dash;
    in_list = true;
  };
  if (own.dash != std::string_view::npos) enter_item(own.dash);
  const std::size_t above_cursor = std::min<std::size_t>(at.line - 1, source.lines());
  for (std::size_t number = above_cursor; number > 0 && (need > 0 || in_list); --number) {
    const detail::line_shape above = detail::shape_of(source.line(number));
    if (above.content == std::string_view::npos) continue;
    const bool has_dash = above.dash != std::string_view::npos;
    if (has_dash && !in_list && above.content == need) {
      enter_item(above.dash);
    } else if (!above.key.empty() &&
               (above.content < need || (in_list && above.content == need && !has_dash))) {
      reversed.push_back(above.key);
      need = above.content;
      in_list = false;
      if (has_dash) enter_item(above.dash);
    }
  }
  place.path.assign(reversed.rbegin(), reversed.rend());
  return place;
}

/// The schemas that hold for what a path leads to, with all that they refer to.
inline std::vector<const node*> schemas_at(const schema_guide& guide,
                                           const std::vector<std::string>& path) {
  const auto expand = [&guide](std::vector<const node*> list) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      const node& schema = guide.follow(*list[i]);
      if (&schema != list[i]) list.push_back(&schema);
      for (const char* all : {"allOf", "anyOf"}) {
        const node* branches = schema.find(all);
        if (branches == nullptr) continue;
        for (const node& each : branches->items) list.push_back(&each);
      }
    }
    return list;
  };
  std::vector<const node*> found = expand({&guide.schema()});
  for (const std::string& step : path) {
    std::vector<const node*> next;
    for (const node* schema : found) {
      const node* below = nullptr;
      if (step == "[]") {
        below = schema->find("items");
      } else if (const node* properties = schema->find("properties"); properties != nullptr) {
        below = properties->find(step);
      }
      if (below == nullptr && step != "[]") below = schema->find("additionalProperties");
      if (below != nullptr && below->is_mapping()) next.push_back(below);
    }
    found = expand(std::move(next));
  }
  return found;
}

}  // namespace tensormerge
