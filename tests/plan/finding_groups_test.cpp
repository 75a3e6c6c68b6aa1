#include <string>

#include <gtest/gtest.h>

#include <tensormerge/plan/finding_groups.hpp>

namespace tensormerge {
namespace {

std::string text_of(const finding_groups& findings) { return failure(findings.all()).what(); }

TEST(finding_groups, keeps_ten_of_a_group_and_counts_the_rest) {
  finding_groups findings;
  for (int i = 0; i < 13; ++i) {
    findings.add("tensors that are odd", {.path = std::to_string(i), .what = "odd"});
  }
  findings.add("other things", {.what = "other"});
  const diagnostics all = findings.all();
  ASSERT_EQ(all.size(), 12u);
  EXPECT_EQ(to_string(all[9]), "error: 9: odd");
  EXPECT_EQ(to_string(all[10]), "error: and 3 more tensors that are odd");
  EXPECT_EQ(to_string(all[11]), "error: other");
}

TEST(finding_groups, one_finding_stands_for_all_tensors_of_a_cause) {
  finding_groups findings;
  for (const char* name : {"`a`", "`b`", "`c`"}) {
    findings.add_once("no weight", {.what = "no weight", .found = name});
  }
  EXPECT_EQ(text_of(findings), "error: no weight, found `a` and 2 more tensors");
}

TEST(finding_groups, only_errors_are_thrown) {
  finding_groups findings;
  findings.add("notes", {.level = severity::warning, .what = "careful"});
  EXPECT_NO_THROW(findings.throw_errors());
  findings.add("errors", {.what = "wrong"});
  EXPECT_THROW(findings.throw_errors(), failure);
}

}  // namespace
}  // namespace tensormerge
