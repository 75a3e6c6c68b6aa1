#include <tensormerge/engine/write_model.hpp>

#include <fstream>
#include <limits>

#include <gtest/gtest.h>

#include <tensormerge/method/method_list.hpp>

#include "test_models.hpp"

namespace tensormerge {
namespace {

using testing::temporary_folder;

merge_plan mean_of_two_models(const temporary_folder& folder) {
  const output_tensor tensor{"x", dtype::float32, shape{2, 3}};
  merge_plan plan;
  plan.models.push_back(testing::make_model<float>(folder / "a", {{tensor, {1, 2, 3, 4, 5, 6}}}));
  plan.models.push_back(testing::make_model<float>(folder / "b", {{tensor, {3, 2, 1, 0, 5, -6}}}));
  planned_tensor planned{.name = "x", .type = dtype::float32, .dims = shape{2, 3}, .method = "linear"};
  planned.inputs = {testing::source_of(plan, 0, "x", {{"weight", 1.0}}),
                    testing::source_of(plan, 1, "x", {{"weight", 1.0}})};
  plan.tensors = {planned};
  return plan;
}

TEST(write_model, writes_weights_and_the_donors_configuration) {
  const temporary_folder folder;
  progress state;
  write_model(mean_of_two_models(folder), make_method_table(method_list), folder / "out", {}, state);
  const model_folder merged = model_folder::open(folder / "out");
  const tensor_entry* x = merged.weights.find("x");
  ASSERT_NE(x, nullptr);
  std::vector<float> values(6);
  tensor_reader(merged.weights).read(*x, 0, std::as_writable_bytes(std::span(values)));
  EXPECT_EQ(values, (std::vector<float>{2, 2, 2, 2, 5, 0}));
  ASSERT_NE(merged.config.find("model_type"), nullptr);
  EXPECT_EQ(merged.config.find("model_type")->text, "test");
}

TEST(write_model, leaves_no_folder_when_it_fails) {
  const temporary_folder folder;
  progress state;
  merge_plan plan = mean_of_two_models(folder);
  std::filesystem::resize_file(folder / "b/model.safetensors", 100);
  EXPECT_THROW(write_model(plan, make_method_table(method_list), folder / "out", {}, state), failure);
  EXPECT_FALSE(std::filesystem::exists(folder / "out"));
  EXPECT_FALSE(std::filesystem::exists(folder / "out.partial"));
}

TEST(write_model, refuses_to_replace_one_of_its_inputs) {
  const temporary_folder folder;
  progress state;
  const merge_plan plan = mean_of_two_models(folder);
  const std::string before = testing::file_content(folder / "b/model.safetensors");
  EXPECT_THROW(write_model(plan, make_method_table(method_list), folder / "a/../b", {}, state),
               failure);
  EXPECT_EQ(testing::file_content(folder / "b/model.safetensors"), before);
}

TEST(write_model, refuses_to_replace_a_single_file_that_it_reads) {
  const temporary_folder folder;
  progress state;
  merge_plan plan = mean_of_two_models(folder);
  plan.models[1].folder = model_folder::open(folder / "b/model.safetensors");
  const std::string before = testing::file_content(folder / "b/model.safetensors");
  EXPECT_THROW(write_model(plan, make_method_table(method_list), folder / "b", {}, state), failure);
  EXPECT_EQ(testing::file_content(folder / "b/model.safetensors"), before);
}

TEST(write_model, writes_no_folder_that_is_named_like_a_gguf_file) {
  const temporary_folder folder;
  progress state;
  const merge_plan plan = mean_of_two_models(folder);
  const method_table methods = make_method_table(method_list);
  EXPECT_THROW(write_model(plan, methods, folder / "x.gguf", {}, state), failure);
  EXPECT_FALSE(std::filesystem::exists(folder / "x.gguf"));
}

merge_plan sum_beyond_float32(const temporary_folder& folder) {
  merge_plan plan = mean_of_two_models(folder);
  plan.tensors[0].parameters = {{"normalize", 0.0}};
  for (planned_source& input : plan.tensors[0].inputs) input.parameters = {{"weight", 3e38}};
  return plan;
}

TEST(write_model, fails_where_finite_inputs_become_infinite) {
  const temporary_folder folder;
  progress state;
  try {
    write_model(sum_beyond_float32(folder), make_method_table(method_list), folder / "out", {}, state);
    FAIL() << "must throw";
  } catch (const failure& problem) {
    EXPECT_NE(std::string(problem.what()).find("x: the merge makes NaN or infinity"),
              std::string::npos);
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "out"));
}

TEST(write_model, lets_pass_what_an_input_has_already) {
  const temporary_folder folder;
  progress state;
  merge_plan plan = sum_beyond_float32(folder);
  const float infinity = std::numeric_limits<float>::infinity();
  plan.models[1] = testing::make_model<float>(
      folder / "c", {{{"x", dtype::float32, shape{2, 3}}, {infinity, 0, 0, 0, 0, 0}}});
  plan.tensors[0].inputs[1] = testing::source_of(plan, 1, "x", {{"weight", 1.0}});
  EXPECT_NO_THROW(
      write_model(plan, make_method_table(method_list), folder / "out", {}, state));
}

TEST(write_model, fails_where_copies_that_must_be_equal_differ) {
  const temporary_folder folder;
  progress state;
  merge_plan plan = mean_of_two_models(folder);
  plan.tensors[0].is_copy = true;
  EXPECT_THROW(write_model(plan, method_table{}, folder / "out", {}, state), failure);
  plan.tensors[0].inputs[1] = plan.tensors[0].inputs[0];
  write_options only_weights;
  only_weights.only_weights = true;
  EXPECT_NO_THROW(write_model(plan, method_table{}, folder / "out", only_weights, state));
  EXPECT_FALSE(std::filesystem::exists(folder / "out/config.json"));
}

TEST(write_model, adds_notes_and_leaves_the_tokenizer_out_where_that_is_asked_for) {
  const temporary_folder folder;
  progress state;
  const merge_plan plan = mean_of_two_models(folder);
  for (const char* name : {"tokenizer.json", "generation_config.json", "preprocessor_config.json"}) {
    std::ofstream((folder / "a") / name) << "{}";
  }
  write_options with_note, without_tokenizer;
  with_note.notes = {{"N.md", "note"}};
  without_tokenizer.copy_tokenizer = false;
  write_model(plan, make_method_table(method_list), folder / "with", with_note, state);
  EXPECT_TRUE(std::filesystem::exists(folder / "with/tokenizer.json"));
  EXPECT_TRUE(std::filesystem::exists(folder / "with/generation_config.json"));
  EXPECT_EQ(testing::file_content(folder / "with/N.md"), "note");
  write_model(plan, make_method_table(method_list), folder / "without", without_tokenizer,
              state);
  EXPECT_FALSE(std::filesystem::exists(folder / "without/tokenizer.json"));
  EXPECT_FALSE(std::filesystem::exists(folder / "without/generation_config.json"));
  EXPECT_TRUE(std::filesystem::exists(folder / "without/preprocessor_config.json"));
}

TEST(write_model, copies_tensors_of_any_type_without_a_method) {
  const temporary_folder folder;
  progress state;
  merge_plan plan = mean_of_two_models(folder);
  plan.tensors[0].method = "no method of this name";
  plan.tensors[0].is_copy = true;
  plan.tensors[0].inputs.resize(1);
  write_model(plan, method_table{}, folder / "out", {}, state);
  EXPECT_EQ(testing::file_content(folder / "out/model.safetensors"),
            testing::file_content(folder / "a/model.safetensors"));
}

}  // namespace
}  // namespace tensormerge
