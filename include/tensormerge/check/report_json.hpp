#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tensormerge/check/report.hpp>
#include <tensormerge/check/text_edit.hpp>
#include <tensormerge/document/edit_node.hpp>
#include <tensormerge/document/text_positions.hpp>
#include <tensormerge/document/write_json.hpp>

namespace tensormerge {

namespace detail {

inline node json_place(text_position at) {
  node place = make_mapping();
  set(place, "line", make_integer(at.line));
  set(place, "column", make_integer(at.column));
  return place;
}

inline node json_fix(const text_edit& edit, const text_positions& positions) {
  node fix = make_mapping();
  set(fix, "safe", make_boolean(edit.safe));
  set(fix, "start", json_place(positions.at(edit.begin)));
  set(fix, "end", json_place(positions.at(edit.end)));
  set(fix, "content", make_string(edit.replacement));
  return fix;
}

inline node json_finding(const diagnostic& finding, const std::string& file,
                         const source_text& source, const text_positions& positions) {
  node item = make_mapping();
  set(item, "code", make_string(std::string(code_of(finding))));
  set(item, "rule", make_string(std::string(find_rule(finding.rule).name)));
  set(item, "severity", make_string(std::string(to_string(finding.level))));
  set(item, "file", make_string(file));
  set(item, "line", make_integer(finding.at.line));
  set(item, "column", make_integer(finding.at.column));
  set(item, "path", make_string(finding.path));
  set(item, "message", make_string(message_of(finding)));
  const auto edit = suggested_edit(finding, source);
  set(item, "fix", edit ? json_fix(*edit, positions) : node{});
  return item;
}

template <class Visit>
void for_each_json_finding(const std::vector<file_report>& files, const Visit& visit) {
  for (const file_report& each : files) {
    const source_text source(each.text);
    const text_positions positions(each.text);
    for (const diagnostic& finding : each.findings) {
      visit(json_finding(finding, each.file, source, positions));
    }
  }
}

/// A number that stays the same while lines are added above (FNV-1a).
inline std::string fingerprint(const diagnostic& finding) {
  std::uint64_t hash = 0xcbf29ce484222325;
  const std::string text = finding.file + '\n' + finding.rule + '\n' + message_of(finding);
  for (const char letter : text) {
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3;
  }
  std::string digits;
  for (int shift = 60; shift >= 0; shift -= 4) digits += "0123456789abcdef"[hash >> shift & 15];
  return digits;
}

}  // namespace detail

/// A list of findings.
inline std::string report_json(const std::vector<file_report>& files) {
  node list = make_sequence();
  detail::for_each_json_finding(files, [&](node item) { list.items.push_back(std::move(item)); });
  return write_json(list) + '\n';
}

/// A line a finding.
inline std::string report_json_lines(const std::vector<file_report>& files) {
  std::string text;
  detail::for_each_json_finding(files,
                                [&](const node& item) { text += write_json(item, 0) + '\n'; });
  return text;
}

/// A report on code quality as GitLab reads it.
inline std::string report_gitlab(const std::vector<file_report>& files) {
  node list = make_sequence();
  for (const file_report& each : files) {
    for (const diagnostic& finding : each.findings) {
      node& item = list.items.emplace_back(make_mapping());
      set(item, "check_name", make_string(std::string(code_of(finding))));
      set(item, "description", make_string(message_of(finding)));
      set(item, "severity", make_string(finding.level == severity::error     ? "major"
                                        : finding.level == severity::warning ? "minor"
                                                                             : "info"));
      set(item, "fingerprint", make_string(detail::fingerprint(finding)));
      node& place = set(item, "location", make_mapping());
      set(place, "path", make_string(each.file));
      node& positions = set(place, "positions", make_mapping());
      set(positions, "begin", detail::json_place(finding.at));
    }
  }
  return write_json(list) + '\n';
}

}  // namespace tensormerge
