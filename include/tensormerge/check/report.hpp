#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <tensormerge/check/rule.hpp>
#include <tensormerge/check/source_text.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// A file that was checked.
struct file_report {
  std::string file;
  std::string text;
  diagnostics findings;
};

/// The line of a finding with the code of its rule at the end.
inline std::string coded_text(const diagnostic& finding) {
  std::string code = " [";
  code += code_of(finding);
  return to_string(finding) + code + ']';
}

/// What is wrong, without where it is.
inline std::string message_of(const diagnostic& finding) {
  diagnostic message = finding;
  message.file.clear();
  const std::string text = to_string(message);
  return text.substr(text.find(": ") + 2);
}

namespace detail {

/// The line of the file with a mark below the word that is meant.
inline std::string excerpt(const diagnostic& finding, const source_text& source,
                           std::string_view mark_begin, std::string_view mark_end) {
  constexpr std::size_t longest = 160;
  const std::string_view line = source.line(finding.at.line);
  if (line.empty() || finding.at.column > longest) return {};
  const std::string number = std::to_string(finding.at.line);
  const std::string gutter = std::string(6 - std::min<std::size_t>(6, number.size()), ' ') + number;
  std::string text = gutter + " | ";
  for (const char letter : line.substr(0, longest)) text += letter == '\t' ? ' ' : letter;
  if (line.size() > longest) text += "...";
  text += '\n' + std::string(gutter.size(), ' ') + " | ";
  text += std::string(finding.at.column - 1, ' ');
  text += mark_begin;
  const std::size_t length = characters_in(source.word(finding.at));
  text += '^' + std::string(std::min(std::max<std::size_t>(length, 1), longest) - 1, '~');
  text += mark_end;
  return text + '\n';
}

}  // namespace detail

/// One line a finding.
inline std::string report_concise(const std::vector<file_report>& files) {
  std::string text;
  for (const file_report& each : files) {
    for (const diagnostic& finding : each.findings) text += coded_text(finding) + '\n';
  }
  return text;
}

/// The findings with the lines of the files, and the numbers of errors and warnings at the end.
inline std::string report_full(const std::vector<file_report>& files, bool colored) {
  const auto paint = [colored](std::string_view escape) {
    return colored ? escape : std::string_view{};
  };
  std::size_t errors = 0, warnings = 0;
  std::string text;
  for (const file_report& each : files) {
    const source_text source(each.text);
    for (const diagnostic& finding : each.findings) {
      const bool bad = finding.level == severity::error;
      if (bad) ++errors;
      if (finding.level == severity::warning) ++warnings;
      const std::string_view color = paint(bad ? "\x1b[31m" : "\x1b[33m");
      std::string line = coded_text(finding);
      const std::string word = std::string(to_string(finding.level)) + ": ";
      if (const std::size_t place = line.find(": " + word); colored && place != std::string::npos) {
        line.replace(place + 2, word.size() - 1,
                     std::string(color) + word.substr(0, word.size() - 1) + "\x1b[0m");
      }
      text += line + '\n' + detail::excerpt(finding, source, color, paint("\x1b[0m"));
    }
  }
  const auto count = [](std::size_t number, const char* thing) {
    return std::to_string(number) + ' ' + thing + (number == 1 ? "" : "s");
  };
  const std::string checked = count(files.size(), "file");
  if (errors + warnings == 0) return text + checked + ": nothing to complain about\n";
  return text + checked + ": " + count(errors, "error") + ", " + count(warnings, "warning") + '\n';
}

/// Commands of GitHub's workflows, which show findings in pull requests.
inline std::string report_github(const std::vector<file_report>& files) {
  const auto escape = [](std::string_view text, bool is_property) {
    std::string result;
    for (const char letter : text) {
      if (letter == '%') result += "%25";
      else if (letter == '\n') result += "%0A";
      else if (letter == '\r') result += "%0D";
      else if (is_property && letter == ':') result += "%3A";
      else if (is_property && letter == ',') result += "%2C";
      else result += letter;
    }
    return result;
  };
  std::string text;
  for (const file_report& each : files) {
    for (const diagnostic& finding : each.findings) {
      text += finding.level == severity::error     ? "::error "
              : finding.level == severity::warning ? "::warning "
                                                   : "::notice ";
      text += "title=tensormerge " + std::string(code_of(finding)) +
              ",file=" + escape(each.file, true);
      if (finding.at.line != 0) {
        text += ",line=" + std::to_string(finding.at.line) +
                ",col=" + std::to_string(finding.at.column);
      }
      text += "::" + escape(message_of(finding), false) + '\n';
    }
  }
  return text;
}

}  // namespace tensormerge
