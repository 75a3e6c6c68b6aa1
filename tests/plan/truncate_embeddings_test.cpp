#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tensormerge/plan/truncate_embeddings.hpp>

#include "tiny_models.hpp"

namespace tensormerge {
namespace {

using testing::HasSubstr;

constexpr const char* merge =
    "merge_method: linear\nparameters: {weight: 1}\nmodels: [{model: large}, {model: small}]\n";

class vocabularies_of_different_size : public testing::Test {
 protected:
  vocabularies_of_different_size() {
    models_.add("large", {{"model.embed_tokens.weight", {7, 2}},
                          {"lm_head.weight", {7, 2}},
                          {"lm_head.bias", {7}},
                          {"model.norm.weight", {2}}});
    models_.add("small", {{"model.embed_tokens.weight", {5, 2}},
                          {"lm_head.weight", {4, 2}},
                          {"lm_head.bias", {7}},
                          {"model.norm.weight", {2}}});
    models_.truncate_embeddings = true;
  }

  test::tiny_models models_;
};

TEST_F(vocabularies_of_different_size, are_refused_unless_cutting_is_asked_for) {
  models_.truncate_embeddings = false;
  EXPECT_THAT(models_.refusal(merge), HasSubstr("`tokenizer: {source: base}`"));
}

TEST_F(vocabularies_of_different_size, are_cut_tensor_by_tensor_with_a_warning_each) {
  const merge_plan plan = models_.plan(merge);
  EXPECT_EQ(test::tensor_named(plan, "model.embed_tokens.weight").dims, (shape{5, 2}));
  EXPECT_EQ(test::tensor_named(plan, "lm_head.weight").dims, (shape{4, 2}));
  EXPECT_EQ(test::tensor_named(plan, "lm_head.bias").dims, (shape{7}));
  ASSERT_EQ(plan.findings.size(), 2u);
  EXPECT_THAT(to_string(plan.findings[0]), HasSubstr("the vocabularies are cut to the smallest, 5 "
                                                     "of up to 7 rows"));
  EXPECT_EQ(plan.vocabulary_size, std::nullopt);
}

TEST_F(vocabularies_of_different_size, are_not_cut_in_their_other_axis) {
  models_.add("small", {{"model.embed_tokens.weight", {5, 3}}});
  models_.add("large", {{"model.embed_tokens.weight", {7, 2}}});
  EXPECT_THAT(models_.refusal(merge), HasSubstr("the shapes of the tensor differ"));
}

}  // namespace
}  // namespace tensormerge
