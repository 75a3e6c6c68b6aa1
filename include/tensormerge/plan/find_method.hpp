#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/error/failure.hpp>
#include <tensormerge/method/parameter_info.hpp>

namespace tensormerge {

/// The method of that name. Throws failure, at `path` of the configuration, where there is none.
inline const method_info& find_method(const std::vector<method_info>& methods,
                                      std::string_view name, const std::string& config_file,
                                      const std::string& path) {
  const auto found = std::find_if(methods.begin(), methods.end(), [name](const method_info& each) {
    return each.facts.name == name;
  });
  if (found != methods.end()) return *found;
  std::string known;
  for (const method_info& each : methods) {
    if (!known.empty()) known += ", ";
    known += each.facts.name;
  }
  throw failure(diagnostic{.file = config_file,
                           .path = path,
                           .what = "no such merge method",
                           .expected = "one of " + known,
                           .found = quoted_name(name)});
}

}  // namespace tensormerge
