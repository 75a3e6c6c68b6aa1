#include <gtest/gtest.h>

#include <tensormerge/error/diagnostic.hpp>

namespace tensormerge {
namespace {

TEST(diagnostic, shows_every_part_in_a_fixed_order) {
  const diagnostic d{.level = severity::warning,
                     .file = "merge.yml",
                     .at = {8, 7},
                     .path = "models[1].parameters.densty",
                     .what = "unknown key",
                     .expected = "a parameter of ties",
                     .found = "`densty`",
                     .hint = "did you mean `density`?"};
  EXPECT_EQ(
      to_string(d),
      "merge.yml:8:7: warning: models[1].parameters.densty: unknown key, expected a parameter "
      "of ties, found `densty`; did you mean `density`?");
}

TEST(diagnostic, leaves_out_what_is_not_known) {
  EXPECT_EQ(to_string(diagnostic{.what = "no space is left"}), "error: no space is left");
  EXPECT_EQ(to_string(diagnostic{.file = "a.yml", .what = "is a folder"}),
            "a.yml: error: is a folder");
}

}  // namespace
}  // namespace tensormerge
