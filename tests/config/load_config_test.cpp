#include <tensormerge/config/load_config.hpp>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tensormerge {
namespace {

using ::testing::ElementsAre;

merge_config read(std::string_view text) { return read_merge_config(load_yaml(text, "c.yml")); }

std::vector<std::string> problems(std::string_view text) {
  try {
    const node document = load_yaml(text, "c.yml");
    if (is_mlx_config(document)) {
      (void)read_mlx_config(document, "c.yml");
    } else {
      (void)read_merge_config(document, "c.yml");
    }
  } catch (const failure& error) {
    std::vector<std::string> lines;
    for (const diagnostic& each : error.findings()) lines.push_back(to_string(each));
    return lines;
  }
  return {};
}

TEST(load_config, reads_models_parameters_and_dtypes) {
  const merge_config config = read(R"(
merge_method: ties
base_model: org/base@v1
models:
  - model: org/base@v1
  - model: org/a+org/lora
    parameters:
      weight: [0, 0.5]
      density: 0.5
parameters:
  normalize: yes
dtype: bfloat16
out_dtype: torch.float16
)");
  EXPECT_EQ(config.merge_method, merge_method::ties);
  EXPECT_EQ(config.base_model.value().revision, "v1");
  EXPECT_EQ(config.models.at(1).model.lora_path, "org/lora");
  EXPECT_EQ(config.models[1].at, (text_position{6, 5}));
  EXPECT_EQ(config.models[1].parameters.find("weight")->path(), "models[1].parameters.weight");
  EXPECT_EQ(config.parameters.find("normalize")
                ->evaluate("x", 0, parameter_kind::boolean)
                .value()
                .number,
            1);
  EXPECT_EQ(config.dtype, dtype::bfloat16);
  EXPECT_EQ(config.out_dtype, dtype::float16);
}

TEST(load_config, reads_slices_modules_and_the_old_parameters_per_model) {
  const merge_config config = read(R"(
merge_method: passthrough
x-anything: {a: 1}
modules:
  text_decoder:
    slices:
      - sources:
          - {model: {model: {path: a+b}}, layer_range: [0, 8], parameters: {scale: 0.5}}
      - sources: [{model: c, layer_range: [8, 16]}]
input_model_parameters:
  c: {weight: 1.0}
)");
  ASSERT_EQ(config.modules.size(), 1U);
  EXPECT_EQ(config.modules[0].first, "text_decoder");
  const slice_source& source = config.modules[0].second.slices.at(0).sources.at(0);
  EXPECT_EQ(source.model.path, "a+b");
  EXPECT_EQ(source.layer_range, (layer_range{0, 8, {}}));
  EXPECT_NE(source.parameters.find("scale"), nullptr);
  EXPECT_EQ(config.input_model_parameters.at(0).first, "c");
}

TEST(load_config, reads_tokenizer_rules) {
  const merge_config config = read(R"(
merge_method: linear
models: [{model: a, parameters: {weight: 1}}]
tokenizer:
  source: union
  tokens:
    <a>: {source: org/a, force: true}
    <b>: {source: {kind: model_token, model: org/b, token: <c>}}
    <d>: {source: {kind: zero}}
  pad_to_multiple_of: 64
chat_template: chatml
)");
  const tokenizer_settings& tokenizer = config.tokenizer.value();
  EXPECT_EQ(std::get<tokenizer_choice>(tokenizer.source.value()), tokenizer_choice::union_);
  ASSERT_EQ(tokenizer.tokens.size(), 3U);
  EXPECT_TRUE(tokenizer.tokens[0].second.force);
  EXPECT_EQ(std::get<model_reference>(tokenizer.tokens[0].second.source.value()).path, "org/a");
  EXPECT_EQ(std::get<model_token>(tokenizer.tokens[1].second.source.value()).token, "<c>");
  EXPECT_TRUE(std::holds_alternative<zero_token>(tokenizer.tokens[2].second.source.value()));
  EXPECT_EQ(tokenizer.pad_to_multiple_of, 64);
  EXPECT_EQ(config.chat_template, "chatml");
}

TEST(load_config, reads_the_mlx_dialect) {
  const node document = load_yaml(R"(
models:
  - {name: a, path: org/a, base_model: true}
  - {name: b, path: org/b}
slices:
  - sources: [{model: a, layer_range: [0, 4]}, {model: b}]
    merge_method: slerp
    parameters: {t: [{filter: mlp, value: [0, 1]}, {value: 0.3}]}
tokenizer: {source: b, preserve_embeddings: true}
advanced: {dtype: float32}
)",
                                  "c.yml");
  ASSERT_TRUE(is_mlx_config(document));
  const mlx_config config = read_mlx_config(document);
  EXPECT_TRUE(config.models.at(0).base_model);
  EXPECT_EQ(config.slices.at(0).sources.at(0).layer_range, (layer_range{0, 4, {}}));
  EXPECT_FALSE(config.slices[0].sources.at(1).layer_range.has_value());
  EXPECT_EQ(config.slices[0].merge_method, mlx_merge_method::slerp);
  EXPECT_EQ(config.slices[0].parameters.find("t")->branches().at(0).filter, "mlp");
  EXPECT_TRUE(config.tokenizer.value().preserve_embeddings);
  EXPECT_EQ(config.advanced.dtype, dtype::float32);
  EXPECT_EQ(config.advanced.batch_size, 1);
}

TEST(load_config, tells_the_dialects_apart) {
  const auto is_mlx = [](std::string_view text) { return is_mlx_config(load_yaml(text, "c.yml")); };
  EXPECT_TRUE(is_mlx("models: [{path: a}]"));
  EXPECT_TRUE(is_mlx("slices: [{merge_method: slerp}]"));
  EXPECT_FALSE(is_mlx("models: [{model: a}]\nmerge_method: linear"));
  EXPECT_FALSE(is_mlx("merge_method: slerp\nslices: [{merge_method: slerp}]"));
  EXPECT_FALSE(is_mlx("[]"));
}

TEST(load_config, reports_all_problems_of_a_file_in_one_run) {
  EXPECT_THAT(
      problems("merge_method: Ties\n"
               "models:\n"
               "  - model: a\n"
               "    parameters: {densty: 0.5, weight: [0.1, abc]}\n"
               "  - modle: b\n"
               "dtype: bf16\n"
               "slices:\n"
               "  - sources: []\n"),
      ElementsAre(
          ::testing::MatchesRegex("c.yml:1:15: error: merge_method: wrong value, expected one of "
                                  ".*, found `Ties`; did you mean `ties`\\?"),
          "c.yml:4:18: error: models[0].parameters: unknown key `densty`; did you mean `density`?",
          "c.yml:4:45: error: models[0].parameters.weight[1]: wrong value, expected a number, "
          "found `abc`",
          "c.yml:5:5: error: models[1]: unknown key `modle`; did you mean `model`?",
          "c.yml:6:8: error: dtype: wrong value, expected float16, bfloat16, float32 or float64, "
          "found `bf16`; did you mean `bfloat16`?",
          "c.yml:7:1: error: slices: too many items, expected nothing, because `models` is given, "
          "found 1",
          "c.yml:8:5: error: slices[0].sources: too few items, expected a list of at least one "
          "source, found 0"));
}

TEST(load_config, says_what_a_method_needs) {
  EXPECT_THAT(problems("merge_method: ties\nmodels: [{model: a}]\n"),
              ElementsAre("c.yml:1:1: error: missing key `base_model`; add `base_model:`"));
  EXPECT_THAT(problems("merge_method: slerp\nbase_model: a\nmodels: [{model: a}, {model: b}]\n"
                       "parameters: {t: -1}\n"),
              ElementsAre("c.yml:4:17: error: parameters.t: wrong value, expected a number from 0, "
                          "found `-1`"));
  EXPECT_THAT(problems("merge_method: linear\nmodels: null\n"),
              ElementsAre("c.yml:2:9: error: models: wrong type, expected a list with at least "
                          "one entry, found null"));
  EXPECT_THAT(problems("merge_method: linear\n"),
              ElementsAre("c.yml:1:1: error: wrong value, expected one of `models`, `slices` and "
                          "`modules`, with at least one entry, found a mapping"));
}

}  // namespace
}  // namespace tensormerge
