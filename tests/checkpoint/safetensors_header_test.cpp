#include <cstdint>
#include <filesystem>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/safetensors_header.hpp>

#include "temporary_folder.hpp"

namespace tensormerge {
namespace {

using test::contains;
using test::message_of;
using test::safetensors_file;

std::string many(std::string_view part, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

TEST(read_safetensors_header, gives_names_dtypes_shapes_and_absolute_offsets) {
  const test::temporary_folder folder;
  const std::string header = R"({"__metadata__":{"format":"pt","note":"a\u00e4"},)"
                             R"("b":{"dtype":"F32","shape":[2,3],"data_offsets":[4,28]},)"
                             R"("a":{"shape":[2],"data_offsets":[0,4],"dtype":"BF16"},)"
                             R"("scalar":{"dtype":"I64","shape":[],"data_offsets":[28,36]},)"
                             R"("empty":{"dtype":"U8","shape":[0,7],"data_offsets":[28,28]}}  )";
  test::write_file(folder / "f", safetensors_file(header, std::string(36, 'x')));
  const safetensors_header read = read_safetensors_header(folder / "f", 3);
  const std::uint64_t data = 8 + header.size();
  const std::vector<tensor_entry> expected{{"a", dtype::bfloat16, shape{2}, 3, data, 4},
                                           {"b", dtype::float32, shape{2, 3}, 3, data + 4, 24},
                                           {"empty", dtype::uint8, shape{0, 7}, 3, data + 28, 0},
                                           {"scalar", dtype::int64, shape{}, 3, data + 28, 8}};
  EXPECT_EQ(read.tensors, expected);
  const std::vector<std::pair<std::string, std::string>> metadata{{"format", "pt"},
                                                                  {"note", "a\u00e4"}};
  EXPECT_EQ(read.metadata, metadata);
}

TEST(read_safetensors_header, accepts_a_file_without_tensors) {
  const test::temporary_folder folder;
  test::write_file(folder / "f", safetensors_file("{}", ""));
  EXPECT_TRUE(read_safetensors_header(folder / "f").tensors.empty());
}

struct header_case {
  const char* name;
  std::string content;
  const char* error;

  friend void PrintTo(const header_case& file, std::ostream* out) { *out << file.name; }
};

/// A header with one tensor `t` of these members before 8 bytes of data.
std::string with_tensor(const std::string& members) {
  return safetensors_file("{\"t\":{" + members + "}}", "01234567");
}

const std::string sound_tensor = R"("dtype":"U8","shape":[8],"data_offsets":[0,8])";
const std::string two_tensors_of_4 =
    R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],)";

std::vector<header_case> hostile_headers() {
  const std::string sound = with_tensor(sound_tensor);
  const std::string mega = many("0,", 3'000'000);
  return {
      {"empty", "", "is too short, expected at least 8 bytes, found 0 bytes"},
      {"seven_bytes", sound.substr(0, 7), "is too short"},
      {"length_only", sound.substr(0, 8), "the header is longer than the file"},
      {"header_cut", sound.substr(0, 20), "the header is longer than the file"},
      {"data_cut", sound.substr(0, sound.size() - 1), "data_offsets reach beyond the file"},
      {"data_missing", sound.substr(0, sound.size() - 8), "data_offsets reach beyond the file"},
      {"length_zero", safetensors_file("", "01234567"), "an empty header"},
      {"length_2_to_63", std::string("\0\0\0\0\0\0\0\x80", 8) + "{}",
       "the header's length is impossible"},
      {"length_all_ones", std::string(8, '\xff') + "{}", "the header's length is impossible"},
      {"length_over_the_limit", std::string("\x01\xe1\xf5\x05\0\0\0\0", 8) + "{}",
       "expected at most 100000000 bytes, found 100000001 bytes"},
      {"length_beyond_the_file", std::string("\x03\0\0\0\0\0\0\0", 8) + "{}",
       "the header is longer than the file, expected at most 2 bytes, found 3 bytes"},
      {"not_safetensors", "PK\x03\x04 this is a zip file with some text in it",
       "the header's length is impossible"},
      {"list_instead_of_mapping", safetensors_file("[]", ""), "is not a safetensors file"},
      {"leading_space", safetensors_file(" {}", ""), "expected a header that begins with {"},
      {"not_json", safetensors_file("{garbage}", ""), "is not valid JSON"},
      {"json_cut", safetensors_file("{\"t\":{\"dtype\":", ""), "error"},
      {"two_documents", safetensors_file("{}{}", ""), "error"},
      {"nul_after_json", safetensors_file(std::string("{}\0", 3), ""), "error"},
      {"invalid_utf8", safetensors_file("{\"\xff\xfe\":{" + sound_tensor + "}}", "01234567"),
       "error"},
      {"unpaired_surrogate", safetensors_file("{\"\\ud800\":{" + sound_tensor + "}}", "01234567"),
       "error"},
      {"deep_lists", safetensors_file("{\"t\":" + std::string(100'000, '['), ""), "error"},
      {"deep_mappings", safetensors_file(many("{\"t\":", 100'000), ""), "error"},
      {"millions_of_values", safetensors_file("{\"t\":[" + mega + "0]}", ""),
       "the header is too long, expected at most 2000000 values"},
      {"duplicate_name",
       safetensors_file("{\"t\":{" + sound_tensor + "},\"t\":{" + sound_tensor + "}}", "01234567"),
       "duplicate key"},
      {"duplicate_name_escaped",
       safetensors_file("{\"t\":{" + sound_tensor + "},\"\\u0074\":{" + sound_tensor + "}}",
                        "01234567"),
       "duplicate key"},
      {"duplicate_member", with_tensor("\"dtype\":\"U8\"," + sound_tensor), "duplicate key"},
      {"nul_in_name", safetensors_file("{\"a\\u0000b\":{" + sound_tensor + "}}", "01234567"),
       "`a?b`: the name holds a control character"},
      {"escape_in_name", safetensors_file("{\"a\\u001b[2J\":{" + sound_tensor + "}}", "01234567"),
       "`a?[2J`: the name holds a control character"},
      {"tensor_is_a_number", safetensors_file("{\"t\":1}", ""),
       "`t`: is of the wrong kind, expected a mapping with dtype, shape and data_offsets, found 1"},
      {"tensor_is_null", safetensors_file("{\"t\":null}", ""), "`t`: is of the wrong kind"},
      {"no_dtype", with_tensor(R"("shape":[8],"data_offsets":[0,8])"),
       "`t`: is incomplete, expected the key `dtype`"},
      {"no_shape", with_tensor(R"("dtype":"U8","data_offsets":[0,8])"), "expected the key `shape`"},
      {"no_offsets", with_tensor(R"("dtype":"U8","shape":[8])"), "expected the key `data_offsets`"},
      {"unknown_member", with_tensor(sound_tensor + ",\"stride\":[1]"),
       "`t`: has an unknown key, expected dtype, shape, data_offsets, found `stride`"},
      {"unknown_dtype", with_tensor(R"("dtype":"Q4_K","shape":[8],"data_offsets":[0,8])"),
       "`t`: dtype is unknown, expected one of BOOL, U8,"},
      {"dtype_is_a_number", with_tensor(R"("dtype":8,"shape":[8],"data_offsets":[0,8])"),
       "`t`: dtype is unknown"},
      {"dtype_in_lower_case", with_tensor(R"("dtype":"u8","shape":[8],"data_offsets":[0,8])"),
       "found `u8`"},
      {"shape_is_a_number", with_tensor(R"("dtype":"U8","shape":8,"data_offsets":[0,8])"),
       "`t`: shape is of the wrong kind"},
      {"negative_extent", with_tensor(R"("dtype":"U8","shape":[-8],"data_offsets":[0,8])"),
       "`t`: shape holds a wrong extent, expected a whole number from 0 to 2^64-1, found -8"},
      {"fractional_extent", with_tensor(R"("dtype":"U8","shape":[8.0],"data_offsets":[0,8])"),
       "`t`: shape holds a wrong extent"},
      {"extent_with_exponent", with_tensor(R"("dtype":"U8","shape":[8e0],"data_offsets":[0,8])"),
       "`t`: shape holds a wrong extent"},
      {"extent_as_text", with_tensor(R"("dtype":"U8","shape":["8"],"data_offsets":[0,8])"),
       "found `8`"},
      {"nested_extent", with_tensor(R"("dtype":"U8","shape":[[8]],"data_offsets":[0,8])"),
       "found a list"},
      {"elements_overflow",
       with_tensor(R"("dtype":"U8","shape":[8589934592,8589934592],"data_offsets":[0,8])"),
       "`t`: shape is impossible, expected fewer than 2^64 bytes, found [8589934592, 8589934592]"},
      {"elements_overflow_to_the_true_size",
       with_tensor(R"("dtype":"U8","shape":[6148914691236517208,3],"data_offsets":[0,8])"),
       "`t`: shape is impossible"},
      {"bytes_overflow_to_the_true_size",
       with_tensor(R"("dtype":"F64","shape":[2305843009213693953],"data_offsets":[0,8])"),
       "`t`: shape is impossible"},
      {"size_too_small", with_tensor(R"("dtype":"U8","shape":[7],"data_offsets":[0,8])"),
       "`t`: data_offsets do not match the shape, expected 7 bytes for [7] of U8, found 8 bytes"},
      {"size_too_large", with_tensor(R"("dtype":"F32","shape":[8],"data_offsets":[0,8])"),
       "expected 32 bytes for [8] of F32, found 8 bytes in [0, 8]"},
      {"scalar_of_8_bytes_as_u8", with_tensor(R"("dtype":"U8","shape":[],"data_offsets":[0,8])"),
       "expected 1 bytes for [] of U8"},
      {"offsets_reversed", with_tensor(R"("dtype":"U8","shape":[8],"data_offsets":[8,0])"),
       "`t`: data_offsets are reversed, expected begin <= end, found [8, 0]"},
      {"offsets_beyond_the_file", with_tensor(R"("dtype":"U8","shape":[8],"data_offsets":[1,9])"),
       "`t`: data_offsets reach beyond the file, expected an end of at most 8, found [1, 9]"},
      {"offsets_near_2_to_64",
       with_tensor(
           R"("dtype":"U8","shape":[8],"data_offsets":[18446744073709551600,18446744073709551608])"),
       "`t`: data_offsets reach beyond the file"},
      {"offset_over_2_to_64",
       with_tensor(R"("dtype":"U8","shape":[8],"data_offsets":[0,18446744073709551624])"),
       "`t`: data_offsets holds a wrong offset"},
      {"negative_offset", with_tensor(R"("dtype":"U8","shape":[8],"data_offsets":[-8,0])"),
       "`t`: data_offsets holds a wrong offset, expected a whole number from 0 to 2^64-1, found "
       "-8"},
      {"fractional_offset", with_tensor(R"("dtype":"U8","shape":[8],"data_offsets":[0,8.5])"),
       "found 8.5"},
      {"one_offset", with_tensor(R"("dtype":"U8","shape":[8],"data_offsets":[8])"),
       "`t`: data_offsets is of the wrong kind, expected a list of begin and end, found a list of "
       "1"},
      {"three_offsets", with_tensor(R"("dtype":"U8","shape":[8],"data_offsets":[0,8,8])"),
       "found a list of 3"},
      {"offsets_are_a_mapping", with_tensor(R"("dtype":"U8","shape":[8],"data_offsets":{})"),
       "found a mapping"},
      {"overlap", safetensors_file(two_tensors_of_4 + R"("data_offsets":[3,7]}})", "0123456"),
       "`b`: overlaps `a`, expected a begin of at least 4, found 3"},
      {"same_bytes_twice", safetensors_file(two_tensors_of_4 + R"("data_offsets":[0,4]}})", "0123"),
       "overlaps"},
      {"hole_between",
       safetensors_file(two_tensors_of_4 + R"("data_offsets":[6,10]}})", "0123456789"),
       "`b`: bytes before this tensor belong to none, expected tensors that cover the data, found "
       "a "
       "hole of 2 bytes at 4"},
      {"hole_at_the_start",
       safetensors_file(R"({"t":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})", "01234567"),
       "a hole of 4 bytes at 0"},
      {"trailing_bytes",
       safetensors_file(R"({"t":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})", "01234567"),
       "bytes after the last tensor belong to none, expected tensors that cover the data, found a "
       "hole of 4 bytes at 4"},
      {"data_without_tensors", safetensors_file("{}", "01234567"), "a hole of 8 bytes at 0"},
      {"metadata_is_text", safetensors_file(R"({"__metadata__":"pt"})", ""),
       "`__metadata__`: is of the wrong kind, expected a mapping of texts, found `pt`"},
      {"metadata_holds_a_number", safetensors_file(R"({"__metadata__":{"format":1}})", ""),
       "`__metadata__`: `format` is of the wrong kind, expected text, found 1"},
      {"metadata_holds_a_mapping", safetensors_file(R"({"__metadata__":{"format":{}}})", ""),
       "found a mapping"},
      {"metadata_is_a_tensor",
       safetensors_file("{\"__metadata__\":{" + sound_tensor + "}}", "01234567"),
       "`__metadata__`: `shape` is of the wrong kind"},
  };
}

class hostile_header : public testing::TestWithParam<header_case> {};

TEST_P(hostile_header, is_refused_by_name) {
  const test::temporary_folder folder;
  const std::filesystem::path file = folder / "f";
  test::write_file(file, GetParam().content);
  const std::string message = message_of([&] { read_safetensors_header(file); });
  EXPECT_TRUE(contains(message, file.string()));
  EXPECT_TRUE(contains(message, GetParam().error));
  EXPECT_LT(message.size(), 2000u);
}

INSTANTIATE_TEST_SUITE_P(corpus, hostile_header, testing::ValuesIn(hostile_headers()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(read_safetensors_header, refuses_a_sound_file_cut_at_any_byte) {
  const test::temporary_folder folder;
  const std::string sound = with_tensor(sound_tensor);
  for (std::size_t bytes = 0; bytes < sound.size(); ++bytes) {
    test::write_file(folder / "f", sound.substr(0, bytes));
    EXPECT_NE(message_of([&] { read_safetensors_header(folder / "f"); }), "") << bytes;
  }
}

}  // namespace
}  // namespace tensormerge
