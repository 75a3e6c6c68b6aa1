#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tensormerge/plan/plan_chat_template.hpp>

#include "tiny_models.hpp"

namespace tensormerge {
namespace {

using testing::HasSubstr;

class chat_template_of_a_merge : public testing::Test {
 protected:
  chat_template_of_a_merge() {
    models_.add_usual();
    test::write_file(models_ / "base" / "tokenizer_config.json",
                     R"({"chat_template": "{{ old }}"})");
    test::write_file(models_ / "a" / "tokenizer_config.json", "{}");
    test::write_file(models_ / "a" / "chat_template.jinja", " {{ new }}\n");
    test::write_file(models_ / "b" / "chat_template.jinja", "{{ new }}");
  }

  std::string made(const std::string& setting, const std::string& name,
                   const std::string& first = "base") const {
    const merge_plan plan =
        models_.plan("merge_method: linear\nparameters: {weight: 1}\nmodels: [{model: " + first +
                     "}, {model: a}, {model: b}]\n" + setting + '\n');
    for (const made_file& file : plan.made_files) {
      if (file.name == name) return file.text;
    }
    return plan.findings.empty() ? "not made" : to_string(plan.findings.front());
  }

  test::tiny_models models_;
};

TEST_F(chat_template_of_a_merge, is_carried_over_where_nothing_is_asked_for) {
  EXPECT_EQ(made("", "chat_template.jinja"), "not made");
}

TEST_F(chat_template_of_a_merge, auto_is_the_one_that_most_models_have) {
  EXPECT_EQ(made("chat_template: auto", "chat_template.jinja"), "{{ new }}");
}

TEST_F(chat_template_of_a_merge, replaces_the_one_in_tokenizer_config) {
  EXPECT_EQ(made("chat_template: auto", "tokenizer_config.json"),
            "{\n  \"chat_template\": \"{{ new }}\"\n}");
}

TEST_F(chat_template_of_a_merge, has_a_name_or_is_given) {
  EXPECT_THAT(made("chat_template: chatml", "chat_template.jinja"), HasSubstr("<|im_start|>"));
  EXPECT_EQ(made("chat_template: \"{{messages[0]['content']}}\"", "chat_template.jinja"),
            "{{messages[0]['content']}}");
}

TEST_F(chat_template_of_a_merge, auto_makes_none_of_none) {
  for (const char* model : {"base", "a", "b"}) {
    std::filesystem::remove(models_ / model / "tokenizer_config.json");
    std::filesystem::remove(models_ / model / "chat_template.jinja");
  }
  EXPECT_THAT(made("chat_template: auto", "chat_template.jinja"),
              HasSubstr("no model has a chat template"));
}

TEST(asked_for_template, is_refused_where_it_is_none) {
  EXPECT_THROW(detail::asked_for_template("vicuna", {}, ""), failure);
  EXPECT_THROW(detail::asked_for_template("{{ short }}", {}, ""), failure);
}

}  // namespace
}  // namespace tensormerge
