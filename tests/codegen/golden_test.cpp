#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "run_generator.hpp"

namespace tensormerge::test {
namespace {

const std::filesystem::path here = TENSORMERGE_CODEGEN_TESTS;

TEST(golden, a_fresh_run_writes_what_is_committed) {
  const generator codegen;
  ASSERT_EQ(codegen.run(here / "station.schema.json"), 0) << codegen.errors();
  EXPECT_EQ(read_file(codegen.structs()), read_file(here / "golden/station.hpp"));
  EXPECT_EQ(read_file(codegen.validator()), read_file(here / "golden/validate_station.hpp"));
}

TEST(golden, the_reference_page_is_the_one_that_is_committed) {
  const generator codegen;
  const auto page = codegen.folder() / "station.md";
  ASSERT_EQ(codegen.run(here / "station.schema.json", "--reference \"" + page.string() + '"'), 0)
      << codegen.errors();
  EXPECT_EQ(read_file(page), read_file(here / "golden/station.md"));
}

TEST(golden, a_new_key_reaches_struct_and_validator) {
  const generator codegen;
  std::string schema = read_file(here / "station.schema.json");
  const std::string anchor = "\"note\": {";
  ASSERT_NE(schema.find(anchor), std::string::npos);
  schema.insert(schema.find(anchor), R"("mast": {"type": "integer", "maximum": 99, "default": 7},)");
  write_file(codegen.folder() / "station.schema.json", schema);
  ASSERT_EQ(codegen.run(codegen.folder() / "station.schema.json"), 0) << codegen.errors();
  EXPECT_NE(read_file(codegen.structs()).find("std::int64_t mast = 7;"), std::string::npos);
  EXPECT_NE(read_file(codegen.validator()).find("check_maximum(value, path, 99.0, found);"),
            std::string::npos);
}

TEST(golden, no_line_is_longer_than_a_hundred_columns) {
  for (const char* name : {"golden/station.hpp", "golden/validate_station.hpp"}) {
    const std::string text = read_file(here / name);
    ASSERT_FALSE(text.empty()) << name;
    for (std::size_t at = 0, end = 0; at < text.size(); at = end + 1) {
      end = text.find('\n', at);
      EXPECT_LE(end - at, 100U) << name << ": " << text.substr(at, end - at);
    }
  }
}

}  // namespace
}  // namespace tensormerge::test
