#include "print_findings.hpp"

#include <cstdio>
#include <string>

#include <tensormerge/check/report.hpp>

void print_findings(const tensormerge::diagnostics& findings) {
  for (const tensormerge::diagnostic& finding : findings) {
    const bool is_checked = !finding.rule.empty();
    const std::string text =
        is_checked ? tensormerge::coded_text(finding) : tensormerge::to_string(finding);
    std::fprintf(stderr, "%s\n", text.c_str());
  }
}
