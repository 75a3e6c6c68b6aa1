#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tensormerge/check/config_template.hpp>
#include <tensormerge/check/rules_page.hpp>
#include <tensormerge/document/read_text.hpp>

#include "check_case.hpp"

namespace tensormerge {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

TEST(config_template, of_every_method_passes_the_check) {
  const check_options options = with_all_methods();
  const schema_guide guide(merge_schema_text);
  for (const method_info& method : options.methods) {
    const std::string text = config_template(method, guide);
    EXPECT_THAT(findings_in(text, options), IsEmpty()) << text;
  }
}

TEST(config_template, describes_what_is_required_and_what_is_not) {
  const check_options options = with_all_methods();
  for (const method_info& method : options.methods) {
    if (method.facts.name != "ties") continue;
    const std::string text = config_template(method, schema_guide(merge_schema_text));
    EXPECT_THAT(text, HasSubstr("# yaml-language-server: $schema=https://"));
    EXPECT_THAT(text, HasSubstr("\n      weight: 0.5  # "));
    EXPECT_THAT(text, HasSubstr("\n      # density: 1  # "));
  }
}

TEST(rules_page, is_the_one_in_the_documentation) {
  const std::string page = read_text(TENSORMERGE_EXAMPLES "/../include/tensormerge/check/README.md", 1 << 20);
  EXPECT_EQ(page, rules_page()) << "tensormerge check --rules > include/tensormerge/check/README.md";
}

}  // namespace
}  // namespace tensormerge
