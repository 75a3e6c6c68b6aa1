#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <tensormerge/check/report.hpp>

namespace tensormerge {

namespace detail {

/// Control characters, which XML cannot hold, become question marks.
inline std::string xml_text(std::string_view text) {
  std::string result;
  for (const char letter : text) {
    const bool is_control = static_cast<unsigned char>(letter) < 0x20;
    if (letter == '&') result += "&amp;";
    else if (letter == '<') result += "&lt;";
    else if (letter == '>') result += "&gt;";
    else if (letter == '"') result += "&quot;";
    else if (is_control && letter != '\n' && letter != '\t') result += '?';
    else result += letter;
  }
  return result;
}

}  // namespace detail

/// Test suites, one a file, with a failed test for each finding.
inline std::string report_junit(const std::vector<file_report>& files) {
  using detail::xml_text;
  std::size_t findings = 0;
  std::string suites;
  for (const file_report& each : files) {
    findings += each.findings.size();
    const std::size_t tests = each.findings.empty() ? 1 : each.findings.size();
    suites += "  <testsuite name=\"" + xml_text(each.file) + "\" tests=\"" +
              std::to_string(tests) + "\" failures=\"" + std::to_string(each.findings.size()) +
              "\" errors=\"0\">\n";
    if (each.findings.empty()) {
      suites += "    <testcase name=\"check\" classname=\"" + xml_text(each.file) + "\"/>\n";
    }
    for (const diagnostic& finding : each.findings) {
      const std::string code(code_of(finding));
      suites += "    <testcase name=\"" + code + "\" classname=\"" + xml_text(each.file) +
                "\" line=\"" + std::to_string(finding.at.line) + "\">\n      <failure type=\"" +
                std::string(to_string(finding.level)) + "\" message=\"" +
                xml_text(message_of(finding)) + "\">" + xml_text(coded_text(finding)) +
                "</failure>\n    </testcase>\n";
    }
    suites += "  </testsuite>\n";
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"tensormerge\" tests=\"" +
         std::to_string(findings == 0 ? files.size() : findings) + "\" failures=\"" +
         std::to_string(findings) + "\">\n" + suites + "</testsuites>\n";
}

}  // namespace tensormerge
