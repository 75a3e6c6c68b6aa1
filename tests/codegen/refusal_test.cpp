#include <string>

#include <gtest/gtest.h>

#include "run_generator.hpp"

namespace tensormerge::test {
namespace {

struct refusal {
  const char* name;
  const char* schema;
  const char* message;
};

class refusals : public ::testing::TestWithParam<refusal> {};

TEST_P(refusals, name_the_json_pointer) {
  const generator codegen;
  EXPECT_EQ(codegen.run_text(GetParam().schema), 1);
  EXPECT_NE(codegen.errors().find(GetParam().message), std::string::npos) << codegen.errors();
}

INSTANTIATE_TEST_SUITE_P(
    schema, refusals,
    ::testing::Values(
        refusal{"unknown_keyword", R"({"type":"object","properties":{"a":{"tpye":"string"}}})",
                "#/properties/a/tpye: the keyword `tpye` is not supported"},
        refusal{"later_draft", R"({"$schema":"https://json-schema.org/draft/2020-12/schema"})",
                "#/$schema: only draft-07 is supported"},
        refusal{"other_file", R"({"properties":{"a":{"$ref":"other.json#/definitions/a"}}})",
                "#/properties/a/$ref: there is no file "},
        refusal{"other_host", R"({"properties":{"a":{"$ref":"http://b/c.json#/d"}}})",
                "#/properties/a/$ref: nothing is known about `http://b/c.json`; name its file with "
                "--resource http://b/c.json=FILE"},
        refusal{"missing_name", R"({"properties":{"a":{"$ref":"#a"}}})",
                "#/properties/a/$ref: there is no $id `#a`"},
        refusal{"schema_without_end", R"({"properties":{"a":{"anyOf":[{"$ref":"#/properties/a"}]}}})",
                "#/properties/a: leads back to itself, for the same value"},
        refusal{"missing_definition", R"({"properties":{"a":{"$ref":"#/definitions/a"}}})",
                "#/properties/a/$ref: there is no schema at `#/definitions/a`"},
        refusal{"reference_to_itself",
                R"({"definitions":{"a":{"$ref":"#/definitions/a"}},"type":"object"})",
                "$ref: leads back to itself"},
        refusal{"repeated_id", R"({"$id":"http://b/c","properties":{"a":{"$id":"http://b/c"}}})",
                "#/properties/a/$id: the $id `http://b/c` is given twice"},
        refusal{"look_ahead", R"x({"properties":{"a":{"type":"string","pattern":"(?=a)"}}})x",
                "#/properties/a/pattern: the pattern (?=a) has a look-around"},
        refusal{"wrong_type_name", R"({"properties":{"a":{"type":"text"}}})",
                "#/properties/a/type: unknown or repeated type `text`"},
        refusal{"value_of_any_type", R"({"type":"object","properties":{"a":{}}})",
                "#/properties/a/type: the value has no one C++ type"},
        refusal{"two_types_with_one_name",
                R"({"type":"object","definitions":{"A":{"type":"object","properties":{"x":{"type":"number"}}},
                "a":{"type":"object","properties":{"y":{"type":"number"}}}},
                "properties":{"p":{"$ref":"#/definitions/A"},"q":{"$ref":"#/definitions/a"}}})",
                "#/definitions/a: its C++ type `a` has the name of another"},
        refusal{"two_enum_values_with_one_name",
                R"({"type":"object","properties":{"a":{"enum":["b-c","b_c"]}}})",
                "#/properties/a/enum: the C++ name `b_c` of `b_c` is taken by another value"},
        refusal{"struct_inside_itself",
                R"({"type":"object","properties":{"a":{"$ref":"#"}}})",
                "#: a struct can contain itself only as what its own lists or mappings hold"},
        refusal{"mixed_enum", R"({"type":"object","properties":{"a":{"enum":["b",1]}}})",
                "#/properties/a/enum: only texts become a C++ enum"},
        refusal{"two_keys_with_one_name",
                R"({"type":"object","properties":{"a-b":{"type":"string"},"a_b":{"type":"string"}}})",
                "#/properties/a_b: its C++ name `a_b` is taken"},
        refusal{"default_of_another_type",
                R"({"type":"object","properties":{"a":{"type":"integer","default":"b"}}})",
                "#/properties/a/default: cannot be written as a C++ initialiser"},
        refusal{"not_json", "{", "given.schema.json: "},
        refusal{"not_a_schema", "[]", "#: a schema must be an object or a boolean"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(reading, names_the_other_file_that_is_wrong) {
  const generator codegen;
  write_file(codegen.folder() / "units.json", R"({"definitions":{"a b":{"minimum":"1"}}})");
  write_file(codegen.folder() / "s.json",
             R"({"type":"object","properties":{"a":{"$ref":"units.json#/definitions/a%20b"}}})");
  EXPECT_EQ(codegen.run(codegen.folder() / "s.json"), 1);
  EXPECT_NE(codegen.errors().find("s.json: units.json#/definitions/a%20b/minimum: must be a number"),
            std::string::npos)
      << codegen.errors();
}

TEST(reading, takes_types_of_other_files_and_says_that_it_read_them) {
  const generator codegen;
  write_file(codegen.folder() / "units.json",
             R"({"definitions":{"length":{"type":"object","properties":{"m":{"type":"number"}}}}})");
  write_file(codegen.folder() / "s.json",
             R"({"type":"object","properties":{"a":{"$ref":"units.json#/definitions/length"}}})");
  const std::string rule = (codegen.folder() / "rule").string();
  ASSERT_EQ(codegen.run(codegen.folder() / "s.json", "--depfile \"" + rule + '"'), 0)
      << codegen.errors();
  EXPECT_NE(read_file(codegen.structs()).find("std::optional<length> a{};"), std::string::npos);
  EXPECT_NE(read_file(rule).find("/units.json\n"), std::string::npos) << read_file(rule);
}

TEST(reading, refuses_formats_and_keywords_unless_they_are_known_or_ignored) {
  const generator codegen;
  const auto schema = codegen.folder() / "s.json";
  write_file(schema, R"({"type":"object","properties":{"a":{"type":"string","format":"x"}},"y":1})");
  EXPECT_EQ(codegen.run(schema), 1);
  EXPECT_EQ(codegen.run(schema, "--ignore y"), 0) << codegen.errors();
  EXPECT_EQ(codegen.run(schema, "--ignore y --check-formats"), 1);
  EXPECT_NE(codegen.errors().find("#/properties/a/format: the format `x` is not supported"),
            std::string::npos)
      << codegen.errors();
}

TEST(types, of_several_kinds_are_variants_and_defaults_one_of_their_alternatives) {
  const generator codegen;
  EXPECT_EQ(codegen.run_text(R"({"type":"object","properties":{
      "a":{"type":["string","number","null"],"default":1},
      "b":{"type":"array","items":{"type":"string"},"default":["x","y"]},
      "c":{"type":"object","additionalProperties":false,
           "patternProperties":{"^x":{"type":["boolean","null"]}}}}})"),
            0)
      << codegen.errors();
  const std::string structs = read_file(codegen.structs());
  EXPECT_NE(structs.find("std::variant<double, std::string> a = 1.0;"), std::string::npos)
      << structs;
  EXPECT_NE(structs.find("std::vector<std::string> b{\"x\", \"y\"};"), std::string::npos);
  EXPECT_NE(structs.find("std::vector<std::pair<std::string, std::optional<bool>>> c{};"),
            std::string::npos);
}

TEST(types, may_be_what_their_own_lists_and_mappings_hold) {
  const generator codegen;
  ASSERT_EQ(codegen.run_text(R"({"title":"tree","type":"object","properties":{
      "children":{"type":"array","items":{"$ref":"#"}},
      "by_name":{"type":"object","additionalProperties":{"$ref":"#"}}}})"),
            0)
      << codegen.errors();
  const std::string structs = read_file(codegen.structs());
  EXPECT_NE(structs.find("std::vector<tree> children{};"), std::string::npos) << structs;
  EXPECT_NE(structs.find("std::vector<std::pair<std::string, tree>> by_name{};"),
            std::string::npos);
}

TEST(types, that_are_none_can_be_kept_as_nodes) {
  const generator codegen;
  const auto schema = codegen.folder() / "s.json";
  write_file(schema, R"({"type":"object","properties":{"a":{},"b":{"enum":[1,"x"]}}})");
  EXPECT_EQ(codegen.run(schema), 1);
  ASSERT_EQ(codegen.run(schema, "--keep-untyped"), 0) << codegen.errors();
  EXPECT_NE(read_file(codegen.structs()).find("std::optional<tensormerge::node> b{};"),
            std::string::npos);
}

TEST(usage, is_wrong_without_a_schema) {
  const generator codegen;
  EXPECT_EQ(codegen.run(codegen.folder() / "absent.json"), 1);
  EXPECT_NE(codegen.errors().find("cannot be read"), std::string::npos);
  EXPECT_EQ(codegen.run("--unknown"), 2);
  EXPECT_EQ(codegen.run(TENSORMERGE_CODEGEN_TESTS "/station.schema.json", "--root '#/nothing'"), 1);
  EXPECT_NE(codegen.errors().find("no schema stands at `#/nothing`"), std::string::npos);
}

}  // namespace
}  // namespace tensormerge::test
