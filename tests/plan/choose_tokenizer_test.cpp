#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tensormerge/plan/choose_tokenizer.hpp>

#include "tiny_models.hpp"

namespace tensormerge {
namespace {

using testing::HasSubstr;

/// Three models, of which `b` has another tokenizer.
class choose_tokenizer_of : public testing::Test {
 protected:
  choose_tokenizer_of() {
    models_.add_usual();
    test::write_file(models_ / "base" / "tokenizer.json", "{}");
    test::write_file(models_ / "a" / "tokenizer.json", "{}");
    test::write_file(models_ / "b" / "tokenizer.json", "[]");
  }

  static std::string merge_of(const std::string& a, const std::string& b, const std::string& more) {
    return "merge_method: linear\nparameters: {weight: 1}\nmodels: [{model: " + a +
           "}, {model: " + b + "}]\n" + more;
  }

  test::tiny_models models_;
};

TEST_F(choose_tokenizer_of, is_the_donor_where_nothing_is_asked_for) {
  const merge_plan plan = models_.plan(merge_of("a", "b", ""));
  EXPECT_EQ(plan.models[plan.tokenizer_donor].name, "a");
}

TEST_F(choose_tokenizer_of, any_source_will_do_where_all_tokenizers_are_the_same) {
  for (const char* setting : {"tokenizer_source: base", "tokenizer_source: union",
                              "tokenizer: {source: base}", "tokenizer: {}"}) {
    const merge_plan plan = models_.plan(merge_of("base", "a", setting));
    EXPECT_EQ(plan.models[plan.tokenizer_donor].name, "base") << setting;
  }
  const merge_plan plan = models_.plan(merge_of("base", "a", "tokenizer_source: a"));
  EXPECT_EQ(plan.models[plan.tokenizer_donor].name, "a");
}

TEST_F(choose_tokenizer_of, different_tokenizers_are_refused) {
  EXPECT_THAT(models_.refusal(merge_of("a", "b", "tokenizer_source: base")),
              HasSubstr("tokenizer_source: merging different tokenizers is not supported yet; "
                        "those of `a` and `b` differ"));
}

TEST_F(choose_tokenizer_of, what_is_not_supported_is_refused) {
  for (const char* setting :
       {"tokenizer: {source: base, pad_to_multiple_of: 8}", "chat_template: chatml",
        "tokenizer: {tokens: {x: {source: a}}}", "tokenizer_source: somewhere/else"}) {
    EXPECT_THAT(models_.refusal(merge_of("base", "a", setting)), HasSubstr("not supported yet"))
        << setting;
  }
}

TEST(have_same_content, compares_every_byte) {
  const test::temporary_folder folder;
  const std::string text(40000, 'x');
  test::write_file(folder / "a", text);
  test::write_file(folder / "b", text);
  test::write_file(folder / "c", text.substr(1) + 'y');
  test::write_file(folder / "d", text + 'x');
  EXPECT_TRUE(have_same_content(folder / "a", folder / "b"));
  EXPECT_FALSE(have_same_content(folder / "a", folder / "c"));
  EXPECT_FALSE(have_same_content(folder / "a", folder / "d"));
  EXPECT_FALSE(have_same_content(folder / "a", folder / "none"));
}

}  // namespace
}  // namespace tensormerge
