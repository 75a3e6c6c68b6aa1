#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tensormerge/config/setting.hpp>

namespace tensormerge {

/// A parameter's name and its value.
struct settings_entry {
  std::string name{};
  text_position name_at{};
  setting value{};
};

/// A `parameters` section, in the order of the file.
struct settings {
  std::vector<settings_entry> entries{};

  /// The value of the parameter `name`, or nullptr where it is not given.
  const setting* find(std::string_view name) const {
    for (const settings_entry& entry : entries) {
      if (entry.name == name) return &entry.value;
    }
    return nullptr;
  }
};

}  // namespace tensormerge
