#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tensormerge/document/load_json.hpp>
#include <tensormerge/plan/plan_tokenizer.hpp>

#include "tiny_models.hpp"

namespace tensormerge {
namespace {

using testing::HasSubstr;

std::string tokenizer_json(const std::string& vocab, const std::string& added = "") {
  return R"({"model": {"type": "BPE", "vocab": {)" + vocab +
         R"(}, "merges": []}, "added_tokens": [)" + added + "]}";
}

/// `base` has tokens p q r s t; in `a` p and q are swapped and t is <x>, an added token; `b` has a
/// sixth, u, that is beyond its vocabulary.
class tokenizer_of_a_merge : public testing::Test {
 protected:
  tokenizer_of_a_merge() {
    for (const char* name : {"base", "a", "b"}) {
      models_.add(name, test::tiny_tensors(1),
                  R"({"architectures": ["LlamaForCausalLM"], "vocab_size": 5})");
    }
    write("base", "tokenizer.json", tokenizer_json(R"("p": 0, "q": 1, "r": 2, "s": 3, "t": 4)"));
    write("a", "tokenizer.json",
          tokenizer_json(R"("q": 0, "p": 1, "r": 2, "s": 3)",
                         R"({"id": 4, "content": "<x>", "special": true, "lstrip": true})"));
    write("b", "tokenizer.json",
          tokenizer_json(R"("p": 0, "q": 1, "r": 2, "s": 3, "t": 4, "u": 5)"));
    write("base", "tokenizer_config.json", R"({"model_max_length": 7})");
  }

  void write(const std::string& model, const std::string& name, const std::string& text) const {
    test::write_file(models_ / model / name, text);
  }

  static std::string merge_of(const std::string& models, const std::string& more) {
    return "merge_method: linear\nbase_model: base\nparameters: {weight: 1}\nmodels: [" + models +
           "]\n" + more + '\n';
  }
  static std::string all_three(const std::string& more) {
    return merge_of("{model: base}, {model: a}, {model: b}", more);
  }

  static std::string text_of(const merge_plan& plan, const std::string& name) {
    for (const made_file& file : plan.made_files) {
      if (file.name == name) return file.text;
    }
    return "not made";
  }

  /// The tokens that the plan's tokenizer.json adds.
  static std::string added(const merge_plan& plan) {
    std::string text;
    const node made = load_json(text_of(plan, "tokenizer.json"), "");
    for (const node& each : made.find("added_tokens")->items) {
      text += each.find("id")->text + each.find("content")->text + ' ';
    }
    return text;
  }

  test::tiny_models models_;
};

TEST_F(tokenizer_of_a_merge, is_the_donors_where_nothing_is_asked_for) {
  const merge_plan plan = models_.plan(all_three(""));
  EXPECT_EQ(plan.models[plan.tokenizer_donor].name, "base");
  EXPECT_TRUE(plan.made_files.empty());
  EXPECT_EQ(plan.vocabulary_size, std::nullopt);
}

TEST_F(tokenizer_of_a_merge, base_is_carried_over_as_it_is) {
  for (const char* setting : {"tokenizer_source: base", "tokenizer: {source: base}"}) {
    const merge_plan plan = models_.plan(all_three(setting));
    EXPECT_EQ(plan.models[plan.tokenizer_donor].name, "base") << setting;
    EXPECT_TRUE(plan.made_files.empty()) << setting;
    EXPECT_EQ(plan.vocabulary_size, 5u) << setting;
    EXPECT_EQ(test::tensor_named(plan, "lm_head.weight").dims, (shape{5, 2})) << setting;
  }
}

TEST_F(tokenizer_of_a_merge, union_adds_what_the_base_lacks_with_its_flags) {
  for (const char* setting : {"tokenizer_source: union", "tokenizer: {}"}) {
    const merge_plan plan = models_.plan(all_three(setting));
    EXPECT_EQ(added(plan), "5<x> ") << setting;
    EXPECT_THAT(text_of(plan, "tokenizer.json"), HasSubstr("\"lstrip\": true"));
    EXPECT_THAT(text_of(plan, "tokenizer_config.json"), HasSubstr("model_max_length"));
    EXPECT_EQ(plan.vocabulary_size, 6u) << setting;
    EXPECT_EQ(test::tensor_named(plan, "model.embed_tokens.weight").dims, (shape{6, 2}));
  }
}

TEST_F(tokenizer_of_a_merge, a_model_gives_its_tokenizer_whether_it_is_merged_or_not) {
  const merge_plan merged = models_.plan(all_three("tokenizer_source: a"));
  EXPECT_EQ(merged.models[merged.tokenizer_donor].name, "a");
  const merge_plan alone =
      models_.plan(merge_of("{model: base}, {model: b}", "tokenizer_source: a"));
  EXPECT_EQ(alone.models[alone.tokenizer_donor].name, "a");
  EXPECT_EQ(alone.models.size(), 3u);
  EXPECT_EQ(alone.vocabulary_size, 5u);
}

TEST_F(tokenizer_of_a_merge, tokens_beyond_the_vocabulary_are_taken_out) {
  const merge_plan plan = models_.plan(all_three("tokenizer_source: b"));
  EXPECT_EQ(plan.vocabulary_size, 5u);
  const node made = load_json(text_of(plan, "tokenizer.json"), "");
  EXPECT_EQ(made.find("model")->find("vocab")->find("u"), nullptr);
}

TEST_F(tokenizer_of_a_merge, rules_add_tokens_and_padding_adds_rows) {
  const merge_plan plan = models_.plan(all_three(
      "tokenizer: {source: base, pad_to_multiple_of: 4, tokens: {new: {source: {kind: zero}}}}"));
  EXPECT_EQ(added(plan), "5new ");
  EXPECT_EQ(plan.vocabulary_size, 8u);
  EXPECT_EQ(test::tensor_named(plan, "lm_head.weight").dims, (shape{8, 2}));
}

TEST_F(tokenizer_of_a_merge, a_model_without_one_is_taken_to_have_the_bases) {
  models_.add("bare", test::tiny_tensors(1));
  const merge_plan plan =
      models_.plan(merge_of("{model: base}, {model: bare}", "tokenizer_source: base"));
  ASSERT_EQ(plan.findings.size(), 1u);
  EXPECT_THAT(to_string(plan.findings[0]), HasSubstr("`bare` has no tokenizer"));
}

TEST_F(tokenizer_of_a_merge, base_without_a_base_model_is_the_first_with_a_warning) {
  const merge_plan plan = models_.plan(
      "merge_method: linear\nparameters: {weight: 1}\nmodels: [{model: a}, {model: base}]\n"
      "tokenizer_source: base");
  EXPECT_EQ(plan.models[plan.tokenizer_donor].name, "a");
  ASSERT_EQ(plan.findings.size(), 1u);
  EXPECT_THAT(to_string(plan.findings[0]), HasSubstr("`base` is taken to be `a`, the first model"));
}

TEST_F(tokenizer_of_a_merge, what_cannot_be_done_is_refused_by_name) {
  models_.add("bare", test::tiny_tensors(1));
  EXPECT_THAT(models_.refusal(all_three("tokenizer_source: bare")),
              HasSubstr("the model `bare` has no tokenizer"));
  EXPECT_THAT(models_.refusal(all_three("tokenizer_source: nowhere")),
              HasSubstr("the model `nowhere` is not there"));
  EXPECT_THAT(models_.refusal(all_three("tokenizer: {tokens: {n: {source: nowhere}}}")),
              HasSubstr("the model `nowhere` is not merged"));
  EXPECT_THAT(models_.refusal(all_three("tokenizer: {tokens: {n: {source: a}}}")),
              HasSubstr("the model `a` has no token `n`"));
  write("bare", "tokenizer.model", "x");
  EXPECT_THAT(models_.refusal(all_three("tokenizer_source: bare")),
              HasSubstr("in a form whose tokens cannot be merged"));
}

TEST_F(tokenizer_of_a_merge, one_that_all_models_share_need_not_be_readable) {
  for (const char* name : {"m", "n"}) {
    models_.add(name, test::tiny_tensors(1));
    write(name, "tokenizer.model", "pieces");
  }
  const merge_plan plan = models_.plan(
      "merge_method: linear\nparameters: {weight: 1}\nmodels: [{model: m}, {model: n}]\n"
      "tokenizer_source: union");
  EXPECT_EQ(test::tensor_named(plan, "lm_head.weight").dims, (shape{5, 2}));
}

}  // namespace
}  // namespace tensormerge
