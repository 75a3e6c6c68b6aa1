#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <tensormerge/config/layer_range.hpp>
#include <tensormerge/config/model_reference.hpp>
#include <tensormerge/config/read_struct.hpp>
#include <tensormerge/config/schema/check_value.hpp>
#include <tensormerge/config/settings.hpp>
#include <tensormerge/dtype/dtype.hpp>

namespace tensormerge {

/// bfloat16 and the like, with or without `torch.` in front.
inline void read_value(const node& value, dtype& result, const value_path& path) {
  std::string_view name = value.text;
  if (name.starts_with("torch.")) name.remove_prefix(6);
  for (const dtype_facts& each : all_dtypes) {
    if (value.is_string() && each.name == name) {
      result = each.type;
      return;
    }
  }
  throw wrong_value(value, path, "the name of a dtype");
}

/// A layer is an integer, or an integer in quotes.
inline void read_value(const node& value, layer_range& result, const value_path& path) {
  const auto layer = [&](std::size_t index) {
    const node& item = value.items[index];
    std::int64_t number = 0;
    if (!item.is_string()) {
      read_value(item, number, value_path(path, index));
      return number;
    }
    const char* end = item.text.data() + item.text.size();
    if (std::from_chars(item.text.data(), end, number).ptr != end || item.text.empty()) {
      throw wrong_value(item, value_path(path, index), "an integer");
    }
    return number;
  };
  if (value.items.size() != 2) throw wrong_value(value, path, "two integers");
  result = {layer(0), layer(1), value.at};
}

inline bool accepts_value(const node& value, std::type_identity<model_reference>) {
  return value.is_string() || schema::is_text_in_yaml_1_1(value) ||
         value.find("model") != nullptr;
}

/// The short form `path@revision+lora@revision`, or the long form
/// `{model: {path, revision}, lora: {path, revision}}`.
inline void read_value(const node& value, model_reference& result, const value_path& path) {
  const auto part = [&](const node* half, std::string_view key, std::string& into) {
    const node* given = half != nullptr ? half->find(key) : nullptr;
    if (given != nullptr && !given->is_null()) read_value(*given, into, path);
  };
  if (value.is_string() || schema::is_text_in_yaml_1_1(value)) {
    result = parse_model_reference(value.text);
  } else if (value.find("model") != nullptr) {
    result = {};
    part(value.find("model"), "path", result.path);
    part(value.find("model"), "revision", result.revision);
    part(value.find("lora"), "path", result.lora_path);
    part(value.find("lora"), "revision", result.lora_revision);
  } else {
    throw wrong_value(value, path, "a model");
  }
  result.at = value.at;
}

namespace detail {

inline scalar_value read_scalar(const node& value, const value_path& path) {
  if (!value.is_scalar() || value.is_null()) {
    throw wrong_value(value, path, "a number, a boolean or text");
  }
  return {value.type, value.number, value.text, value.at};
}

inline setting_branch read_branch(const node& value, const value_path& path) {
  setting_branch result;
  result.at = value.at;
  result.is_gradient = value.is_sequence();
  if (!result.is_gradient) {
    result.values.push_back(read_scalar(value, path));
    return result;
  }
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    result.values.push_back(read_scalar(value.items[i], value_path(path, i)));
  }
  return result;
}

inline setting_branch read_conditional(const node& item, const value_path& path) {
  const node* value = item.find("value");
  if (value == nullptr) throw wrong_value(item, path, "a mapping with `value` and `filter`");
  setting_branch result = read_branch(*value, path);
  const node* filter = item.find("filter");
  if (filter != nullptr && !filter->is_null()) read_value(*filter, result.filter.emplace(), path);
  result.at = item.at;
  return result;
}

}  // namespace detail

inline void read_value(const node& value, setting& result, const value_path& path) {
  std::vector<setting_branch> branches;
  const bool one = value.is_mapping();
  const bool many = value.is_sequence() && !value.items.empty() && value.items[0].is_mapping();
  if (one) {
    branches.push_back(detail::read_conditional(value, path));
  } else if (many) {
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      branches.push_back(detail::read_conditional(value.items[i], value_path(path, i)));
    }
  } else {
    branches.push_back(detail::read_branch(value, path));
  }
  result = setting(std::move(branches), one || many, path.text());
}

inline void read_value(const node& value, settings& result, const value_path& path) {
  result.entries.clear();
  for (const node_entry& entry : value.entries) {
    result.entries.push_back({entry.key, entry.key_at, {}});
    read_value(entry.value, result.entries.back().value, value_path(path, entry));
  }
}

}  // namespace tensormerge
