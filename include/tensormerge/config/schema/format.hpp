#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <tensormerge/config/schema/address_format.hpp>
#include <tensormerge/config/schema/finding.hpp>
#include <tensormerge/config/schema/time_format.hpp>
#include <tensormerge/config/schema/uri_format.hpp>

namespace tensormerge::schema {

/// A value of the keyword `format` and what texts it stands for.
struct text_format {
  std::string_view name;
  bool (*fits)(std::string_view);
};

inline constexpr std::array<text_format, 14> text_formats{{
    {"date-time", is_date_time},
    {"date", is_date},
    {"time", is_time},
    {"email", is_email},
    {"hostname", is_hostname},
    {"ipv4", is_ipv4},
    {"ipv6", is_ipv6},
    {"uri", [](std::string_view text) { return is_uri(text, false, false); }},
    {"uri-reference", [](std::string_view text) { return is_uri(text, true, false); }},
    {"iri", [](std::string_view text) { return is_uri(text, false, true); }},
    {"iri-reference", [](std::string_view text) { return is_uri(text, true, true); }},
    {"uri-template", is_uri_template},
    {"json-pointer", is_json_pointer},
    {"relative-json-pointer", is_relative_json_pointer},
}};

inline const text_format* find_format(std::string_view name) {
  const auto found = std::find_if(text_formats.begin(), text_formats.end(),
                                  [&](const text_format& each) { return each.name == name; });
  return found == text_formats.end() ? nullptr : &*found;
}

/// `format`, where it is to be checked. The generator takes only names that are known here.
inline void check_format(const node& value, const value_path& path, std::string_view name,
                         findings& found) {
  const text_format* format = find_format(name);
  if (!value.is_string() || format == nullptr || format->fits(value.text)) return;
  report(value, path, "wrong text", "text of the format " + std::string(name), found);
}

}  // namespace tensormerge::schema
