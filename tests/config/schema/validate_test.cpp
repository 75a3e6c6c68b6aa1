#include <tensormerge/config/schema/validate.hpp>

#include <array>

#include <gtest/gtest.h>

#include <tensormerge/config/schema/check_mapping.hpp>
#include <tensormerge/document/load_yaml.hpp>

namespace tensormerge::schema {
namespace {

void rule(const node& value, const value_path& path, findings& found) {
  static constexpr std::array<std::string_view, 2> required{"base_model", "models"};
  static constexpr std::array<std::string_view, 2> known = required;
  static constexpr std::array<property_check, 2> properties{property_check{"base_model", nullptr},
                                                            property_check{"models", nullptr}};
  check_mapping(value, path, {.required = required}, found);
  check_mapping(value, path,
                {.properties = properties, .closed = true, .required = required, .known = known},
                found);
}

TEST(validate, reports_in_the_order_of_the_document_and_nothing_twice) {
  const diagnostics found = validate(load_yaml("zebra: 1\nyak: 2\n", "f.yml"), "f.yml", rule);
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[3].what, "unknown key `yak`");
  EXPECT_EQ(found[0].file, "f.yml");
}

TEST(validate, a_misspelt_key_is_not_missing_too) {
  const diagnostics found = validate(load_yaml("baseModel: a\nmodels: b\n", "f.yml"), "f.yml", rule);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(to_string(found[0]),
            "f.yml:1:1: error: unknown key `baseModel`; did you mean `base_model`?");
}

}  // namespace
}  // namespace tensormerge::schema
