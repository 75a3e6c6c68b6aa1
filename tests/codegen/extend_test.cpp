#include <filesystem>
#include <initializer_list>
#include <string>

#include <gtest/gtest.h>

#include "run_generator.hpp"

namespace tensormerge::test {
namespace {

/// Runs the generator with the station's schema, extended by fragments with these texts.
int run_extended(const generator& codegen, std::initializer_list<const char*> fragments) {
  std::string more;
  char name[] = "a.json";
  for (const char* text : fragments) {
    write_file(codegen.folder() / name, text);
    more += " --extend \"" + (codegen.folder() / name).string() + '"';
    ++name[0];
  }
  return codegen.run(TENSORMERGE_CODEGEN_TESTS "/station.schema.json", "", more);
}

TEST(extend, adds_keys_to_mappings_and_entries_to_lists) {
  const generator codegen;
  ASSERT_EQ(run_extended(codegen, {R"({
    "required": ["mast"],
    "definitions": {"mast": {"type": "object", "properties": {"height": {"type": "number"}}}},
    "properties": {"class": {"enum": ["air"]}, "mast": {"$ref": "#/definitions/mast"}}
  })"}),
            0)
      << codegen.errors();
  const std::string structs = read_file(codegen.structs());
  EXPECT_NE(structs.find("station.schema.json + a.json"), std::string::npos);
  EXPECT_NE(structs.find("{\"land\", \"sea\", \"union\", \"air\"}"), std::string::npos) << structs;
  EXPECT_NE(structs.find("{\"name\", \"class\", \"mast\"}"), std::string::npos) << structs;
  EXPECT_NE(structs.find("struct mast {"), std::string::npos) << structs;
  EXPECT_NE(read_file(codegen.validator()).find("\"air\""), std::string::npos);
}

TEST(extend, by_what_is_there_already_changes_nothing_but_the_origin) {
  const generator codegen;
  ASSERT_EQ(run_extended(codegen, {R"({"required": ["class", "name"], "title": "station"})", "{}"}),
            0)
      << codegen.errors();
  const std::string structs = read_file(codegen.structs());
  const std::string golden = read_file(TENSORMERGE_CODEGEN_TESTS "/golden/station.hpp");
  EXPECT_EQ(structs.substr(structs.find('\n')), golden.substr(golden.find('\n')));
  EXPECT_NE(structs.find("station.schema.json + a.json + b.json"), std::string::npos);
}

TEST(extend, takes_fragments_that_build_on_each_other) {
  const generator codegen;
  EXPECT_EQ(run_extended(codegen, {R"({"properties": {"roof": {"enum": ["flat"]}}})",
                                   R"({"properties": {"roof": {"enum": ["steep"]}}})"}),
            0)
      << codegen.errors();
  EXPECT_NE(read_file(codegen.structs()).find("{\"flat\", \"steep\"}"), std::string::npos);
}

TEST(extend, refuses_another_value_and_names_file_and_json_pointer) {
  const generator codegen;
  EXPECT_EQ(run_extended(codegen, {R"({"properties": {"height-m": {"default": 3}}})"}), 1);
  EXPECT_NE(codegen.errors().find("a.json: #/properties/height-m/default: says 3, but the schema "
                                  "says 2, and a fragment may only add to it"),
            std::string::npos)
      << codegen.errors();
}

TEST(extend, refuses_a_list_where_the_schema_has_a_mapping) {
  const generator codegen;
  EXPECT_EQ(run_extended(codegen, {R"({"properties": ["mast"]})"}), 1);
  EXPECT_NE(codegen.errors().find("#/properties: says a list, but the schema says a mapping"),
            std::string::npos)
      << codegen.errors();
}

TEST(extend, refuses_what_makes_the_schema_unsound) {
  const generator codegen;
  EXPECT_EQ(run_extended(codegen, {R"({"properties": {"mast": {"$ref": "#/definitions/a"}}})"}), 1);
  EXPECT_NE(codegen.errors().find("#/properties/mast/$ref: there is no schema at"),
            std::string::npos)
      << codegen.errors();
}

TEST(extend, refuses_a_fragment_that_is_no_json_or_absent) {
  const generator codegen;
  EXPECT_EQ(run_extended(codegen, {"{"}), 1);
  EXPECT_NE(codegen.errors().find("a.json: "), std::string::npos) << codegen.errors();
  const std::string schema = TENSORMERGE_CODEGEN_TESTS "/station.schema.json";
  EXPECT_EQ(codegen.run(schema, "", "--extend absent"), 1);
  EXPECT_NE(codegen.errors().find("absent: cannot be read"), std::string::npos)
      << codegen.errors();
}

TEST(extend, is_wrong_usage_before_any_schema) {
  const generator codegen;
  EXPECT_EQ(codegen.run(TENSORMERGE_CODEGEN_TESTS "/station.schema.json", "--extend absent"), 2);
  EXPECT_NE(codegen.errors().find("--extend comes behind the schema it extends"),
            std::string::npos);
}

}  // namespace
}  // namespace tensormerge::test
