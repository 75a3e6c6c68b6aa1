#include <string>

#include <gtest/gtest.h>

#include <tensormerge/error/failure.hpp>

namespace tensormerge {
namespace {

TEST(failure, keeps_its_findings_and_shows_one_a_line) {
  const failure both(diagnostics{{.what = "first"}, {.level = severity::note, .what = "second"}});
  ASSERT_EQ(both.findings().size(), 2u);
  EXPECT_EQ(both.findings()[1].what, "second");
  EXPECT_EQ(std::string(both.what()), "error: first\nnote: second");
}

TEST(failure, only_errors_count_as_errors) {
  EXPECT_FALSE(has_errors({}));
  EXPECT_FALSE(has_errors({{.level = severity::warning, .what = "w"}}));
  EXPECT_TRUE(has_errors({{.level = severity::warning, .what = "w"}, {.what = "e"}}));
}

}  // namespace
}  // namespace tensormerge
