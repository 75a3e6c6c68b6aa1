#include <tensormerge/config/read_values.hpp>

#include <string>

#include <gtest/gtest.h>

#include <tensormerge/document/load_yaml.hpp>

namespace tensormerge {
namespace {

template <class T>
T read(const std::string& yaml) {
  T result{};
  read_value(load_yaml("x: " + yaml, "c.yml").entries.at(0).value, result, value_path());
  return result;
}

TEST(read_values, dtypes_have_their_name_with_or_without_torch) {
  EXPECT_EQ(read<dtype>("bfloat16"), dtype::bfloat16);
  EXPECT_EQ(read<dtype>("torch.float32"), dtype::float32);
  EXPECT_THROW(read<dtype>("bf16"), failure);
}

TEST(read_values, layer_ranges_take_integers_whole_floats_and_digits) {
  EXPECT_EQ(read<layer_range>("[0, 32]"), (layer_range{0, 32, {}}));
  EXPECT_EQ(read<layer_range>("[8.0, '16']"), (layer_range{8, 16, {}}));
  EXPECT_THROW(read<layer_range>("[0, 1.5]"), failure);
  EXPECT_THROW(read<layer_range>("[0, 'x']"), failure);
  EXPECT_THROW(read<layer_range>("[0]"), failure);
}

TEST(read_values, model_references_have_a_short_and_a_long_form) {
  EXPECT_EQ(read<model_reference>("a@b+c").text(), "a@b+c");
  const auto plus = read<model_reference>("{model: {path: ./a+b, revision: null}}");
  EXPECT_EQ(plus.path, "./a+b");
  EXPECT_EQ(plus.lora_path, "");
  const auto all = read<model_reference>("{model: {path: a, revision: b}, lora: {path: c}}");
  EXPECT_EQ(all, read<model_reference>("a@b+c"));
  EXPECT_EQ(all.at, (text_position{1, 4}));
  EXPECT_THROW(read<model_reference>("5"), failure);
}

TEST(read_values, a_name_that_is_text_for_yaml_1_1_stays_text) {
  EXPECT_EQ(read<model_reference>("1e5").path, "1e5");
}

}  // namespace
}  // namespace tensormerge
