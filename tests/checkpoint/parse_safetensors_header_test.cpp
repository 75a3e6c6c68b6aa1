#include <cstddef>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/parse_safetensors_header.hpp>

#include "temporary_folder.hpp"

namespace tensormerge {
namespace {

using test::contains;
using test::message_of;

TEST(parse_safetensors_header, knows_every_dtype) {
  for (const dtype_facts& f : all_dtypes) {
    const std::string header = "{\"t\":{\"dtype\":\"" + std::string(f.safetensors_name) +
                               "\",\"shape\":[3],\"data_offsets\":[0," +
                               std::to_string(3 * f.bytes) + "]}}";
    const safetensors_header read = parse_safetensors_header(header, 3 * f.bytes, "f");
    EXPECT_EQ(read.tensors.at(0).type, f.type) << f.name;
  }
}

TEST(parse_safetensors_header, survives_any_one_byte_of_the_header_being_wrong) {
  const std::string header =
      R"({"__metadata__":{"a":"b"},"t":{"dtype":"U8","shape":[2,4],"data_offsets":[0,8]}})";
  for (std::size_t place = 0; place < header.size(); ++place) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = header;
      changed[place] = static_cast<char>(byte);
      message_of([&] {
        const safetensors_header read = parse_safetensors_header(changed, 8, "f");
        std::uint64_t bytes = 0;
        for (const tensor_entry& entry : read.tensors) bytes += entry.bytes;
        EXPECT_EQ(bytes, 8u) << changed;
      });
    }
  }
}

TEST(parse_safetensors_header, reports_all_wrong_tensors_of_a_file_at_once) {
  const std::string text = message_of([] {
    parse_safetensors_header(R"({"a":{"dtype":"X","shape":[],"data_offsets":[0,1]},"b":7})", 1,
                             "f");
  });
  EXPECT_TRUE(contains(text, "`a`: dtype is unknown"));
  EXPECT_TRUE(contains(text, "`b`: is of the wrong kind"));
}

TEST(parse_safetensors_header, stops_after_20_findings) {
  std::string header = "{";
  for (int i = 0; i < 1000; ++i) header += "\"t" + std::to_string(i) + "\":1,";
  header.back() = '}';
  try {
    parse_safetensors_header(header, 0, "f");
    FAIL();
  } catch (const failure& problem) {
    EXPECT_EQ(problem.findings().size(), 20u);
  }
}

}  // namespace
}  // namespace tensormerge
