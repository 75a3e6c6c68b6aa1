#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tensormerge/check/line_difference.hpp>
#include <tensormerge/check/report.hpp>
#include <tensormerge/check/report_json.hpp>
#include <tensormerge/check/report_junit.hpp>
#include <tensormerge/check/report_sarif.hpp>
#include <tensormerge/check/rule_selection.hpp>
#include <tensormerge/check/text_edit.hpp>
#include <tensormerge/document/load_json.hpp>

namespace tensormerge {
namespace {

using testing::HasSubstr;

const std::string config_text = "# über\nparameters: {lamda: 0.5}  # half\ndtype: \"bf16\"\n";

std::vector<file_report> one_file() {
  return {{"a b.yml", config_text,
           {{.file = "a b.yml",
             .at = {2, 14},
             .path = "parameters",
             .what = "unknown key `lamda`",
             .hint = "did you mean `lambda`?",
             .rule = "unknown-key"},
            {.level = severity::warning,
             .file = "a b.yml",
             .at = {3, 8},
             .path = "dtype",
             .what = "wrong value",
             .hint = "did you mean `bfloat16`?",
             .rule = "wrong-value"}}}};
}

TEST(report_full, shows_the_line_and_marks_the_word) {
  EXPECT_EQ(report_full(one_file(), false),
            "a b.yml:2:14: error: parameters: unknown key `lamda`; did you mean `lambda`? [TM201]\n"
            "     2 | parameters: {lamda: 0.5}  # half\n"
            "       |              ^~~~~\n"
            "a b.yml:3:8: warning: dtype: wrong value; did you mean `bfloat16`? [TM204]\n"
            "     3 | dtype: \"bf16\"\n"
            "       |        ^~~~~~\n"
            "1 file: 1 error, 1 warning\n");
  EXPECT_THAT(report_full(one_file(), true), HasSubstr("\x1b[31merror:\x1b[0m"));
}

TEST(report_github, escapes_what_commands_give_a_meaning) {
  EXPECT_THAT(report_github({{"a,b:c", "", {{.file = "a,b:c", .at = {1, 2}, .what = "100 %"}}}}),
              "::error title=tensormerge TM101,file=a%2Cb%3Ac,line=1,col=2::100 %25\n");
}

TEST(report_json, says_how_to_correct_it) {
  const node list = load_json(report_json(one_file()), "r");
  const node& first = list.items.at(0);
  EXPECT_EQ(first.find("code")->text, "TM201");
  EXPECT_EQ(first.find("fix")->find("content")->text, "lambda");
  EXPECT_EQ(first.find("fix")->find("end")->find("column")->text, "19");
  EXPECT_EQ(load_json(report_gitlab(one_file()), "r").items.at(1).find("severity")->text, "minor");
  EXPECT_THAT(report_json_lines(one_file()), HasSubstr("\"TM204\""));
}

TEST(report_sarif, holds_rules_results_and_fixes) {
  const node log = load_json(report_sarif(one_file(), "1"), "r");
  const node& run = log.find("runs")->items.at(0);
  EXPECT_EQ(run.find("tool")->find("driver")->find("rules")->items.size(), all_rules.size());
  const node& result = run.find("results")->items.at(0);
  const node& place = *result.find("locations")->items.at(0).find("physicalLocation");
  EXPECT_EQ(place.find("artifactLocation")->find("uri")->text, "a%20b.yml");
  EXPECT_EQ(place.find("region")->find("endColumn")->text, "19");
  EXPECT_NE(result.find("fixes"), nullptr);
}

TEST(report_junit, fails_a_test_for_each_finding) {
  EXPECT_THAT(report_junit(one_file()), HasSubstr("tests=\"2\" failures=\"2\""));
  EXPECT_THAT(report_junit({{"a", "", {}}}), HasSubstr("failures=\"0\""));
}

TEST(apply_suggestions, keeps_comments_and_quotes_and_leaves_guesses_alone) {
  const fixed_text safe = apply_suggestions(config_text, one_file()[0].findings, false);
  EXPECT_EQ(safe.text, "# über\nparameters: {lambda: 0.5}  # half\ndtype: \"bf16\"\n");
  const fixed_text all = apply_suggestions(config_text, one_file()[0].findings, true);
  EXPECT_EQ(all.edits, 2u);
  EXPECT_THAT(all.text, HasSubstr("dtype: \"bfloat16\"\n"));
}

TEST(line_difference, is_in_the_unified_format) {
  EXPECT_EQ(line_difference("a\nb\nc\n", "a\nx\nc\n", "f"),
            "--- f\n+++ f\n@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n");
  EXPECT_EQ(line_difference("a\n", "a\n", "f"), "");
}

TEST(rule_selection, takes_beginnings_of_codes) {
  diagnostics findings = one_file()[0].findings;
  rule_selection{.selected = {"TM2"}, .ignored = {"TM204"}}.apply(findings);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(code_of(findings[0]), "TM201");
  EXPECT_FALSE(names_a_rule("TM9999"));
}

TEST(all_rules, have_codes_and_names_of_their_own) {
  for (const rule& each : all_rules) {
    EXPECT_EQ(find_rule(each.name).code, each.code);
    int same = 0;
    for (const rule& other : all_rules) same += other.code == each.code ? 1 : 0;
    EXPECT_EQ(same, 1) << each.code;
  }
}

}  // namespace
}  // namespace tensormerge
