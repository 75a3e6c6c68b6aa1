#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tensormerge/check/check_text.hpp>
#include <tensormerge/document/load_json.hpp>
#include <tensormerge/document/read_text.hpp>

#include "check_case.hpp"

namespace tensormerge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(check_text, reports_what_the_schema_and_what_only_counting_finds_in_one_run) {
  EXPECT_THAT(
      findings_in("merge_method: slerp\n"
                  "base_model: a\n"
                  "models:\n"
                  "  - model: b\n"
                  "    parameters: {weigth: 1}\n"
                  "  - model: c\n"
                  "dtype: bf16\n"
                  "dtype: float16\n"),
      ElementsAre(
          "1:15: error: parameters: slerp needs `t`; add `t:` to the top-level `parameters` "
          "[TM304]",
          "3:1: error: models: wrong number of models for slerp, expected exactly 2 models with "
          "the base, found 3; `base_model` counts too, although `models` does not list it: list it "
          "as one of them [TM301]",
          "5:18: error: models[0].parameters: unknown key `weigth`; did you mean `weight`? [TM201]",
          "7:8: error: dtype: wrong value, expected float16, bfloat16, float32 or float64, found "
          "`bf16`; did you mean `bfloat16`? [TM204]",
          "8:1: error: dtype: duplicate key, first given in line 7; remove one of the two "
          "[TM103]"));
}

TEST(check_text, lets_unknown_keys_pass_with_a_warning_where_it_is_lenient) {
  check_options options = with_all_methods();
  options.lenient = true;
  EXPECT_THAT(findings_in("merge_method: linear\nmodels: [{model: a}]\n"
                          "parameters: {weight: 1, wait: 2}\n",
                          options),
              ElementsAre(HasSubstr("3:25: warning: parameters: unknown key `wait`")));
}

TEST(check_text, says_how_what_stands_where_a_mapping_is_due_is_written) {
  EXPECT_THAT(findings_in("merge_method: linear\n"
                          "models: [a]\n"
                          "parameters: {weight: 1}\n"),
              ElementsAre(HasSubstr("models[0]: wrong type, expected a mapping, found `a`; write "
                                    "`- model: a`")));
  EXPECT_THAT(
      findings_in("merge_method: linear\n"
                  "models:\n"
                  "  - model: a\n"
                  "    parameters:\n"
                  "      weight: [{filter: mlp, value: 1}, {filter: norm, value: 2}, 0.5]\n"),
      ElementsAre(HasSubstr("expected a mapping, found `0.5`; write `- value: 0.5`")));
}

TEST(check_text, gives_one_hint_for_a_file_of_another_dialect) {
  check_options options = with_all_methods();
  options.kind = dialect::mlx;
  EXPECT_THAT(findings_in("merge_method: linear\nmodels: [{model: a}]\nparameters: {weight: 1}\n",
                          options),
              ElementsAre("1:1: error: the configuration is written in the dialect mergekit, "
                          "expected mlx; merge it with `tensormerge merge` [TM105]"));
}

TEST(check_text, ignores_what_comments_name_and_reports_those_that_ignore_nothing) {
  EXPECT_THAT(findings_in("merge_method: linear\n"
                          "models: [{model: a}]\n"
                          "description: x  # tensormerge: ignore[TM208]\n"
                          "# tensormerge: ignore[TM201, TM203]\n"
                          "colour: red\n"
                          "parameters: {weight: 1}\n"),
              ElementsAre("4:1: warning: there is no `TM203` to ignore [TM001]"));
}

TEST(check_text, says_so_where_there_is_no_mapping) {
  EXPECT_THAT(findings_in(""), ElementsAre("1:1: error: there is nothing in it, expected a mapping "
                                           "[TM104]"));
  EXPECT_THAT(findings_in("- a\n"),
              ElementsAre("1:1: error: the document is no mapping, expected a mapping, found a "
                          "list; put the list below `models:` [TM104]"));
}

class corpus : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(folder / "manifest.json")) {
      GTEST_SKIP() << "the corpus of configurations is not there (TENSORMERGE_SHARED)";
    }
  }

  static std::string text(const node& record, const char* key) {
    const node* value = record.find(key);
    return value != nullptr && value->is_string() ? value->text : std::string();
  }

  /// The dialect that a file is in; one that its keys do not tell has to be asked for.
  static dialect dialect_of(const node& record) {
    const std::string name = text(record, "dialect"), file = text(record, "file");
    if (file.find("bakllama") != std::string::npos) return dialect::bakllama;
    if (file.find("mlxlm") != std::string::npos) return dialect::mlx_lm;
    if (name == "legacy-0.0.2") return dialect::legacy;
    const auto found = std::find(dialect_names.begin(), dialect_names.end(), name);
    return static_cast<dialect>(found - dialect_names.begin());
  }

  static std::vector<text_position> places(const node& record) {
    const auto place = [](const node& line, const node& column) {
      return text_position{static_cast<std::uint32_t>(line.number),
                           static_cast<std::uint32_t>(column.number)};
    };
    std::vector<text_position> result;
    if (!record.find("line")->is_null()) {
      result.push_back(place(*record.find("line"), *record.find("column")));
    }
    for (const node& other : record.find("also")->items) {
      result.push_back(place(other.items.at(0), other.items.at(1)));
    }
    return result;
  }

  /// The names that the suggestion puts in backticks.
  static std::vector<std::string> names(const node& record) {
    const std::string suggestion = text(record, "suggestion");
    std::vector<std::string> result;
    for (std::size_t begin = suggestion.find('`'); begin != std::string::npos;) {
      const std::size_t end = suggestion.find('`', begin + 1);
      result.push_back(suggestion.substr(begin + 1, end - begin - 1));
      begin = suggestion.find('`', end + 1);
    }
    return result;
  }

  static void judge(const node& record, const check_options& options) {
    const std::string file = text(record, "file"), verdict = text(record, "verdict");
    SCOPED_TRACE(file + ": " + text(record, "mistake"));
    const diagnostics found =
        check_text(read_text(folder / file, 1 << 20), file, options).findings;
    std::string said;
    bool at_the_place = false;
    const std::vector<text_position> right = places(record);
    for (const diagnostic& each : found) {
      said += to_string(each) + '\n';
      at_the_place = at_the_place || std::find(right.begin(), right.end(), each.at) != right.end();
    }
    EXPECT_EQ(has_errors(found), verdict == "invalid") << said;
    if (verdict == "valid") {
      EXPECT_THAT(said, IsEmpty());
      return;
    }
    EXPECT_TRUE(at_the_place) << said;
    if (verdict == "warning") return;
    for (const std::string& name : names(record)) EXPECT_THAT(said, HasSubstr(name));
  }

  static inline const std::filesystem::path folder =
      std::filesystem::path(TENSORMERGE_SHARED) / "configs";
};

TEST_F(corpus, every_file_gets_its_verdict_at_its_place) {
  check_options options = with_all_methods();
  int judged = 0;
  for (const node& record : load_json_file(folder / "manifest.json").items) {
    if (text(record, "grade") == "either") continue;
    const dialect own = dialect_of(record);
    options.kind = own;
    judge(record, options);
    options.kind.reset();
    if (own != dialect::raw && own != dialect::legacy) judge(record, options);
    ++judged;
  }
  EXPECT_EQ(judged, 334);
}

}  // namespace
}  // namespace tensormerge
