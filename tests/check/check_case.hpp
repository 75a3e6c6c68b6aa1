#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tensormerge/check/check_text.hpp>
#include <tensormerge/check/report.hpp>
#include <tensormerge/method/method_list.hpp>

namespace tensormerge {

/// Options with every method of both dialects.
inline check_options with_all_methods() {
  return {.methods = describe_methods(method_list),
          .mlx_methods = describe_methods(mlx_method_list)};
}

/// What is found in a text, a line each, without the name of the file.
inline std::vector<std::string> findings_in(std::string_view text,
                                            const check_options& options = with_all_methods()) {
  std::vector<std::string> lines;
  for (const diagnostic& each : check_text(text, "f", options).findings) {
    lines.push_back(coded_text(each).substr(2));
  }
  return lines;
}

}  // namespace tensormerge
