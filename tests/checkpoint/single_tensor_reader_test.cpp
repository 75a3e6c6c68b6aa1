#include <cstddef>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/checkpoint.hpp>
#include <tensormerge/checkpoint/single_tensor_reader.hpp>

#include "temporary_folder.hpp"

namespace tensormerge {
namespace {

TEST(single_tensor_reader, reads_from_whichever_file_holds_the_tensor) {
  const test::temporary_folder folder;
  test::write_file(folder / "a.safetensors", test::file_with_tensor("a", "abc"));
  test::write_file(folder / "b.safetensors", test::file_with_tensor("b", "xyz"));
  test::write_file(folder / "model.safetensors.index.json",
                   R"({"weight_map": {"a": "a.safetensors", "b": "b.safetensors"}})");
  const checkpoint weights = checkpoint::open(folder.path());
  const single_tensor_reader reader(weights, *weights.find("b"));
  std::vector<std::byte> into(2);
  reader.read(1, into);
  EXPECT_EQ(into[0], std::byte{'y'});
  EXPECT_EQ(into[1], std::byte{'z'});
  EXPECT_EQ(reader.tensor().name, "b");
}

}  // namespace
}  // namespace tensormerge
