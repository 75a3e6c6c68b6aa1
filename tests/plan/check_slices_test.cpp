#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/plan/check_slices.hpp>

namespace tensormerge {
namespace {

constexpr method_facts any_number{.name = "linear"};
constexpr method_facts one_with_base{
    .name = "slerp", .base = base_use::required, .least_inputs = 1, .most_inputs = 1};
constexpr method_facts two_beside_base{
    .name = "nuslerp", .base = base_use::optional, .least_inputs = 2, .most_inputs = 2};
constexpr method_facts several_with_base{
    .name = "model_stock", .base = base_use::required, .least_inputs = 2};

/// What is said of a slice of models of one letter each, with a base where one is given.
std::string findings_of(const method_facts& facts, const std::string& models,
                        const char* base = "") {
  std::vector<model_reference> references;
  for (const char name : models) references.push_back({.path = std::string(1, name)});
  const model_reference base_reference{.path = base};
  merge_slice slice{.base = base_reference.path.empty() ? nullptr : &base_reference,
                    .path = "models"};
  for (const model_reference& reference : references) {
    slice.inputs.push_back({.reference = &reference, .path = "models[" + reference.path + ']'});
  }
  finding_groups findings;
  check_slice(slice, facts, "", findings);
  return failure(findings.all()).what();
}

TEST(check_slices, sound_slices_pass) {
  EXPECT_EQ(findings_of(any_number, "a"), "");
  EXPECT_EQ(findings_of(any_number, "abc", "z"), "");
  EXPECT_EQ(findings_of(one_with_base, "ab", "b"), "");
  EXPECT_EQ(findings_of(two_beside_base, "ab"), "");
  EXPECT_EQ(findings_of(two_beside_base, "abc", "a"), "");
  EXPECT_EQ(findings_of(several_with_base, "abcd", "a"), "");
}

TEST(check_slices, a_base_alone_is_enough_where_any_number_may_be_added_to_it) {
  constexpr method_facts any_with_base{.name = "ties", .base = base_use::required};
  EXPECT_EQ(findings_of(any_with_base, "a", "a"), "");
  EXPECT_NE(findings_of(several_with_base, "a", "a"), "");
}

TEST(check_slices, a_model_that_is_given_twice_is_named) {
  EXPECT_EQ(findings_of(any_number, "aba"),
            "error: models[a]: the model `a` is given twice in one slice; remove one of the two");
}

TEST(check_slices, a_base_that_is_needed_must_be_given_and_be_among_the_sources) {
  EXPECT_EQ(findings_of(one_with_base, "ab"),
            "error: base_model: slerp needs a base model; name one of the models in `base_model`");
  EXPECT_EQ(findings_of(one_with_base, "ab", "z"),
            "error: models: the base model `z` is not among the slice's sources; add it to "
            "`sources`, with the layers that the others differ from");
}

TEST(check_slices, numbers_of_models_that_do_not_suit_are_told_with_those_that_do) {
  EXPECT_EQ(findings_of(one_with_base, "abc", "a"),
            "error: models: wrong number of models for slerp, expected exactly 2 models with the "
            "base, found 3");
  EXPECT_EQ(findings_of(two_beside_base, "ab", "a"),
            "error: models: wrong number of models for nuslerp, expected exactly 2 models besides "
            "the base, found 1");
  EXPECT_EQ(findings_of(several_with_base, "ab", "a"),
            "error: models: wrong number of models for model_stock, expected at least 3 models "
            "with the base, found 2");
  EXPECT_EQ(findings_of(any_number, ""),
            "error: models: wrong number of models for linear, expected at least 1 model, found 0");
}

}  // namespace
}  // namespace tensormerge
