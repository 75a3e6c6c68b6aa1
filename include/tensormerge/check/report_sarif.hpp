#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tensormerge/check/report.hpp>
#include <tensormerge/check/report_json.hpp>
#include <tensormerge/check/text_edit.hpp>

namespace tensormerge {

namespace detail {

inline node sarif_text(std::string text) {
  node message = make_mapping();
  set(message, "text", make_string(std::move(text)));
  return message;
}

/// A path as an URI: what may not stand there is written in hexadecimal.
inline std::string sarif_uri(std::string_view path) {
  std::string uri;
  for (const char letter : path) {
    const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                       (letter >= '0' && letter <= '9') ||
                       std::string_view("/-._~").find(letter) != std::string_view::npos;
    if (plain) {
      uri += letter;
    } else {
      const auto byte = static_cast<unsigned char>(letter);
      uri += '%';
      uri += "0123456789ABCDEF"[byte >> 4];
      uri += "0123456789ABCDEF"[byte & 15];
    }
  }
  return uri;
}

inline node sarif_file(const std::string& file) {
  node place = make_mapping();
  set(place, "uri", make_string(sarif_uri(file)));
  return place;
}

inline node sarif_region(text_position begin, text_position end) {
  node region = make_mapping();
  set(region, "startLine", make_integer(begin.line));
  set(region, "startColumn", make_integer(begin.column));
  set(region, "endLine", make_integer(end.line));
  set(region, "endColumn", make_integer(end.column));
  return region;
}

inline node sarif_rules() {
  node list = make_sequence();
  for (const rule& each : all_rules) {
    node& item = list.items.emplace_back(make_mapping());
    set(item, "id", make_string(std::string(each.code)));
    set(item, "name", make_string(std::string(each.name)));
    set(item, "shortDescription", sarif_text(std::string(each.summary)));
    set(item, "fullDescription",
        sarif_text(std::string(each.summary) + ' ' + std::string(each.reason)));
    node& configuration = set(item, "defaultConfiguration", make_mapping());
    set(configuration, "level", make_string(std::string(to_string(each.level))));
  }
  return list;
}

inline node sarif_fix(const diagnostic& finding, const text_edit& edit, const std::string& file,
                      const text_positions& positions) {
  node fix = make_mapping();
  set(fix, "description", sarif_text(finding.hint));
  node change = make_mapping();
  set(change, "artifactLocation", sarif_file(file));
  node replacement = make_mapping();
  set(replacement, "deletedRegion",
      sarif_region(positions.at(edit.begin), positions.at(edit.end)));
  set(replacement, "insertedContent", sarif_text(edit.replacement));
  set(change, "replacements", make_sequence()).items.push_back(std::move(replacement));
  set(fix, "artifactChanges", make_sequence()).items.push_back(std::move(change));
  return fix;
}

inline node sarif_result(const diagnostic& finding, const file_report& report,
                         const source_text& source, const text_positions& positions) {
  node result = make_mapping();
  const std::string_view code = code_of(finding);
  std::size_t index = 0;
  while (all_rules[index].code != code) ++index;
  set(result, "ruleId", make_string(std::string(code)));
  set(result, "ruleIndex", make_integer(static_cast<std::int64_t>(index)));
  set(result, "level", make_string(std::string(to_string(finding.level))));
  set(result, "message", sarif_text(message_of(finding)));
  node physical = make_mapping();
  set(physical, "artifactLocation", sarif_file(report.file));
  if (finding.at.line != 0) {
    text_position end = finding.at;
    const std::size_t length = characters_in(source.word(finding.at));
    end.column += static_cast<std::uint32_t>(length == 0 ? 1 : length);
    set(physical, "region", sarif_region(finding.at, end));
  }
  node place = make_mapping();
  set(place, "physicalLocation", std::move(physical));
  set(result, "locations", make_sequence()).items.push_back(std::move(place));
  node& prints = set(result, "partialFingerprints", make_mapping());
  set(prints, "tensormerge/v1", make_string(fingerprint(finding)));
  if (const auto edit = suggested_edit(finding, source); edit) {
    set(result, "fixes", make_sequence())
        .items.push_back(sarif_fix(finding, *edit, report.file, positions));
  }
  return result;
}

}  // namespace detail

/// A log in the Static Analysis Results Interchange Format, version 2.1.0 (OASIS).
inline std::string report_sarif(const std::vector<file_report>& files,
                                const std::string& version) {
  node driver = make_mapping();
  set(driver, "name", make_string("tensormerge"));
  set(driver, "version", make_string(version));
  set(driver, "rules", detail::sarif_rules());
  node run = make_mapping();
  node& tool = set(run, "tool", make_mapping());
  set(tool, "driver", std::move(driver));
  set(run, "columnKind", make_string("unicodeCodePoints"));
  node& results = set(run, "results", make_sequence());
  for (const file_report& each : files) {
    const source_text source(each.text);
    const text_positions positions(each.text);
    for (const diagnostic& finding : each.findings) {
      results.items.push_back(detail::sarif_result(finding, each, source, positions));
    }
  }
  node log = make_mapping();
  set(log, "$schema", make_string("https://json.schemastore.org/sarif-2.1.0.json"));
  set(log, "version", make_string("2.1.0"));
  set(log, "runs", make_sequence()).items.push_back(std::move(run));
  return write_json(log) + '\n';
}

}  // namespace tensormerge
