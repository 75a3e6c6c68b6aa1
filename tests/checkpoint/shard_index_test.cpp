#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/shard_index.hpp>

#include "temporary_folder.hpp"

namespace tensormerge {
namespace {

using test::contains;
using test::message_of;

class shard_index_file : public testing::Test {
 protected:
  shard_index read(const std::string& text) {
    test::write_file(folder_ / "index.json", text);
    return read_shard_index(folder_ / "index.json");
  }

 private:
  test::temporary_folder folder_;
};

TEST_F(shard_index_file, gives_each_tensors_shard_and_each_shard_once) {
  const shard_index index =
      read(R"({"metadata":{"total_size":3},"weight_map":{"b":"2.st","a":"1.st","c":"2.st"}})");
  ASSERT_EQ(index.placements.size(), 3u);
  EXPECT_EQ(index.placements[1].tensor, "a");
  EXPECT_EQ(index.placements[1].shard, "1.st");
  EXPECT_EQ(index.shards, (std::vector<std::string>{"2.st", "1.st"}));
}

TEST_F(shard_index_file, refuses_paths_that_leave_the_folder_and_names_all_of_them) {
  for (const std::string name : {"../x.safetensors", "/etc/passwd", "sub/x.safetensors", "..", ".",
                                 "", "a\\\\b", "x\\u0000.safetensors"}) {
    const std::string message =
        message_of([&] { read("{\"weight_map\":{\"t\":\"" + name + "\",\"u\":\"/\"}}"); });
    EXPECT_TRUE(contains(message, "`t`: the shard is not named properly")) << name;
    EXPECT_TRUE(contains(message, "`u`: the shard is not named properly")) << name;
  }
}

TEST_F(shard_index_file, refuses_other_documents) {
  EXPECT_TRUE(contains(message_of([&] { read("[]"); }), "weight_map: is missing"));
  EXPECT_TRUE(contains(message_of([&] { read(R"({"weight_map":[]})"); }), "found a list"));
  EXPECT_TRUE(contains(message_of([&] { read(R"({"weight_map":{"t":1}})"); }), "found an integer"));
  EXPECT_TRUE(
      contains(message_of([&] { read(R"({"weight_map":{"t":"a","t":"a"}})"); }), "duplicate"));
  EXPECT_TRUE(contains(message_of([&] { read(std::string(100'000, '[')); }), "nested too deeply"));
}

}  // namespace
}  // namespace tensormerge
