#include "extended_json.hpp"

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <string>

#include "schema.hpp"

namespace tensormerge::codegen {
namespace {

using json = nlohmann::ordered_json;

json read_json(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::runtime_error(file.string() + ": cannot be read");
  try {
    return json::parse(stream);
  } catch (const json::parse_error& error) {
    throw std::runtime_error(file.string() + ": " + error.what());
  }
}

std::string brief(const json& value) {
  return value.is_object() ? "a mapping" : value.is_array() ? "a list" : value.dump();
}

void extend(json& target, const json& addition, const json::json_pointer& place) {
  if (target.is_object() && addition.is_object()) {
    for (const auto& [key, value] : addition.items()) {
      if (target.contains(key)) {
        extend(target[key], value, place / key);
      } else {
        target[key] = value;
      }
    }
  } else if (target.is_array() && addition.is_array()) {
    for (const json& item : addition) {
      if (std::find(target.begin(), target.end(), item) == target.end()) target.push_back(item);
    }
  } else if (target != addition) {
    throw schema_error('#' + place.to_string(),
                       "says " + brief(addition) + ", but the schema says " + brief(target) +
                           ", and a fragment may only add to it");
  }
}

}  // namespace

json read_extended_json(const std::filesystem::path& file,
                        const std::vector<std::filesystem::path>& fragments) {
  json result = read_json(file);
  for (const std::filesystem::path& fragment : fragments) {
    try {
      extend(result, read_json(fragment), json::json_pointer());
    } catch (const schema_error& error) {
      throw std::runtime_error(fragment.string() + ": " + error.what());
    }
  }
  return result;
}

}  // namespace tensormerge::codegen
