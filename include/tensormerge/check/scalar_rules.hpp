#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include <tensormerge/check/finding_list.hpp>
#include <tensormerge/config/schema/check_value.hpp>
#include <tensormerge/document/node.hpp>

namespace tensormerge {

namespace detail {

inline void check_number_text(const node& value, const std::string& path, finding_list& findings) {
  std::string_view text = value.text;
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const std::string decimal = schema::number_text(value.number);
  const bool digits_only = text.find_first_not_of("0123456789") == std::string_view::npos;
  if (digits_only && text.size() > 1 && text.front() == '0') {
    findings.add("octal-number",
                 {.at = value.at,
                  .path = path,
                  .what = "leading zeros make an octal number in YAML 1.1 and a decimal one in 1.2",
                  .found = in_backticks(value.text) + ", which is read as " + decimal,
                  .hint = "write `" + decimal + '`'});
    return;
  }
  const bool old = text.find_first_of("_:") != std::string_view::npos || text.starts_with("0b") ||
                   text.starts_with("0o");
  if (!old) return;
  findings.add("old-number", {.at = value.at,
                              .path = path,
                              .what = "not every reader of YAML takes this for a number",
                              .found = in_backticks(value.text) + ", which is read as " + decimal,
                              .hint = "write `" + decimal + '`'});
}

/// `2024-01-15`, with or without a time.
inline bool is_date(std::string_view text) {
  constexpr std::string_view form = "0000-00-00";
  if (text.size() < form.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (form[i] == '-' ? text[i] != '-' : !digit) return false;
  }
  return text.size() == form.size() || text[form.size()] == 'T' || text[form.size()] == ' ';
}

}  // namespace detail

/// Looks through a document for texts that versions of YAML read differently.
inline void check_scalars(const node& value, const std::string& path, finding_list& findings) {
  if (value.is_number() && value.plain) detail::check_number_text(value, path, findings);
  if (value.is_string() && value.plain && detail::is_date(value.text)) {
    findings.add("unquoted-date", {.at = value.at,
                                   .path = path,
                                   .what = "an unquoted date is no text in YAML 1.1",
                                   .found = in_backticks(value.text),
                                   .hint = "quote it: `\"" + value.text + "\"`"});
  }
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    check_scalars(value.items[i], path + '[' + std::to_string(i) + ']', findings);
  }
  for (const node_entry& entry : value.entries) {
    check_scalars(entry.value, path.empty() ? entry.key : path + '.' + entry.key, findings);
  }
}

}  // namespace tensormerge
