#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/checkpoint.hpp>

#include "temporary_folder.hpp"
#include "torch/torch_bytes.hpp"

namespace tensormerge {
namespace {

using test::contains;
using test::file_with_tensor;
using test::message_of;
using test::write_file;

/// A file of torch.save with one float32 vector of that name.
std::string torch_file_with(const std::string& name) {
  return test::torch_zip(test::pickled_dict(test::text(name) + test::vector_of("0", 2)),
                         {{"0", "12345678"}});
}

class opened_checkpoint : public testing::Test {
 protected:
  std::string message() const {
    return message_of([this] { checkpoint::open(folder_.path()); });
  }
  void index(const std::string& weight_map) const {
    write_file(folder_ / "model.safetensors.index.json", "{\"weight_map\":{" + weight_map + "}}");
  }

  test::temporary_folder folder_;
};

TEST_F(opened_checkpoint, reads_the_single_file_of_a_folder) {
  write_file(folder_ / "model.safetensors", file_with_tensor("a", "xyz"));
  write_file(folder_ / "other.safetensors", "not read");
  const checkpoint opened = checkpoint::open(folder_.path());
  ASSERT_EQ(opened.files().size(), 1u);
  ASSERT_NE(opened.find("a"), nullptr);
  EXPECT_EQ(opened.find("a")->bytes, 3u);
  EXPECT_EQ(opened.find("b"), nullptr);
}

TEST_F(opened_checkpoint, reads_a_file_given_by_its_own_path) {
  write_file(folder_ / "weights.st", file_with_tensor("a", "xyz"));
  EXPECT_EQ(checkpoint::open(folder_ / "weights.st").tensors().size(), 1u);
}

TEST_F(opened_checkpoint, reads_the_only_safetensors_file_of_any_name) {
  write_file(folder_ / "weights.safetensors", file_with_tensor("a", "xyz"));
  EXPECT_NE(checkpoint::open(folder_.path()).find("a"), nullptr);
}

TEST_F(opened_checkpoint, reads_all_shards_of_an_index_also_through_links) {
  write_file(folder_ / "blobs/1", file_with_tensor("a", "xyz"));
  std::filesystem::create_symlink("blobs/1", folder_ / "1.safetensors");
  write_file(folder_ / "2.safetensors", file_with_tensor("b", "x"));
  index(R"("b":"2.safetensors","a":"1.safetensors")");
  const checkpoint opened = checkpoint::open(folder_.path());
  ASSERT_EQ(opened.files().size(), 2u);
  EXPECT_EQ(opened.files()[opened.find("a")->file], folder_ / "1.safetensors");
  EXPECT_EQ(opened.files()[opened.find("b")->file], folder_ / "2.safetensors");
}

TEST_F(opened_checkpoint, reads_what_torch_saved_where_there_is_no_safetensors_file) {
  write_file(folder_ / "training_args.bin", "not read");
  write_file(folder_ / "weights.pt", torch_file_with("c"));
  EXPECT_NE(checkpoint::open(folder_.path()).find("c"), nullptr);
  write_file(folder_ / "1.bin", torch_file_with("b"));
  write_file(folder_ / "pytorch_model.bin.index.json", R"({"weight_map":{"b":"1.bin"}})");
  EXPECT_NE(checkpoint::open(folder_.path()).find("b"), nullptr);
  write_file(folder_ / "pytorch_model.bin", torch_file_with("a"));
  EXPECT_NE(checkpoint::open(folder_.path()).find("a"), nullptr);
  write_file(folder_ / "model.safetensors", file_with_tensor("s", "xyz"));
  EXPECT_NE(checkpoint::open(folder_.path()).find("s"), nullptr);
}

TEST_F(opened_checkpoint, finds_by_name_after_copy_and_move) {
  write_file(folder_ / "model.safetensors", file_with_tensor("a", "xyz"));
  checkpoint opened = checkpoint::open(folder_.path());
  const checkpoint copied = opened;
  const checkpoint moved = std::move(opened);
  EXPECT_EQ(copied.find("a"), &copied.tensors().front());
  EXPECT_EQ(moved.find("a"), &moved.tensors().front());
}

TEST_F(opened_checkpoint, shares_entries_that_outlive_it_and_do_not_change_with_it) {
  write_file(folder_ / "model.safetensors", file_with_tensor("a", "xyz"));
  shared_entry shared;
  {
    checkpoint opened = checkpoint::open(folder_.path());
    const checkpoint copy = opened;
    shared = opened.share(*opened.find("a"));
    EXPECT_EQ(shared.get(), copy.find("a"));
    opened.replace({.name = "a", .bytes = 4});
    opened.replace({.name = "0"});
    EXPECT_EQ(opened.find("a")->bytes, 4u);
    EXPECT_NE(opened.find("0"), nullptr);
    EXPECT_EQ(copy.find("a")->bytes, 3u);
    EXPECT_EQ(copy.find("0"), nullptr);
  }
  EXPECT_EQ(shared->name, "a");
  EXPECT_EQ(shared->bytes, 3u);
}

TEST_F(opened_checkpoint, names_what_is_missing) {
  EXPECT_TRUE(contains(message_of([] { checkpoint::open("/nowhere/model"); }),
                       "/nowhere/model: error: does not exist"));
  EXPECT_TRUE(contains(message(),
                       "holds no weights, expected model.safetensors, pytorch_model.bin, an "
                       ".index.json of one of them, or a "));
}

TEST_F(opened_checkpoint, names_the_files_it_cannot_choose_from) {
  write_file(folder_ / "b.safetensors", "");
  write_file(folder_ / "a.safetensors", "");
  EXPECT_TRUE(contains(message(), "not clear which file"));
  EXPECT_TRUE(contains(message(), "found a.safetensors, b.safetensors"));
}

TEST_F(opened_checkpoint, names_every_missing_and_every_broken_shard) {
  write_file(folder_ / "2.safetensors", "broken");
  index(R"("a":"1.safetensors","b":"2.safetensors","c":"3.safetensors")");
  EXPECT_TRUE(contains(message(), "1.safetensors: error: the shard is missing"));
  EXPECT_TRUE(contains(message(), "2.safetensors: error: is too short"));
  EXPECT_TRUE(contains(message(), "3.safetensors: error: the shard is missing"));
}

TEST_F(opened_checkpoint, names_a_tensor_that_is_not_where_the_index_says) {
  write_file(folder_ / "1.safetensors", file_with_tensor("a", "xyz"));
  write_file(folder_ / "2.safetensors", file_with_tensor("b", "x"));
  index(R"("a":"2.safetensors","b":"2.safetensors","c":"1.safetensors")");
  EXPECT_TRUE(contains(message(),
                       "`a`: the index is wrong about the tensor, expected it in "
                       "2.safetensors, found it in 1.safetensors"));
  EXPECT_TRUE(contains(message(),
                       "`c`: the index is wrong about the tensor, expected it in "
                       "1.safetensors, found it in no shard"));
}

TEST_F(opened_checkpoint, names_a_tensor_that_is_in_two_shards) {
  write_file(folder_ / "1.safetensors", file_with_tensor("a", "xyz"));
  write_file(folder_ / "2.safetensors", file_with_tensor("a", "x"));
  index(R"("a":"1.safetensors","b":"2.safetensors")");
  EXPECT_TRUE(contains(message(), "2.safetensors: error: `a`: the tensor is in two files"));
}

TEST_F(opened_checkpoint, never_opens_a_file_outside_of_the_folder) {
  write_file(folder_ / "outside.safetensors", file_with_tensor("a", "xyz"));
  write_file(folder_ / "model/model.safetensors.index.json",
             R"({"weight_map":{"a":"../outside.safetensors"}})");
  EXPECT_TRUE(contains(message_of([this] { checkpoint::open(folder_ / "model"); }),
                       "expected the name of a file in the same folder"));
}

/// What a header says, found by a search through its text instead of a JSON reader.
struct plain_entry {
  std::string dtype_name, extents, offsets;
};

std::map<std::string, plain_entry> search_header(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::uint64_t bytes = 0;
  for (int i = 0; i < 8; ++i) bytes |= static_cast<std::uint64_t>(stream.get()) << (8 * i);
  std::string header(bytes, '\0');
  stream.read(header.data(), static_cast<std::streamsize>(bytes));
  std::map<std::string, plain_entry> found;
  const auto between = [&header](std::size_t from, const char* begin, const char* end) {
    const std::size_t first = header.find(begin, from) + std::string(begin).size();
    return header.substr(first, header.find(end, first) - first);
  };
  for (std::size_t at = header.find("\":{\"dtype\":"); at != std::string::npos;
       at = header.find("\":{\"dtype\":", at + 1)) {
    const std::size_t name = header.rfind('"', at - 1) + 1;
    found[header.substr(name, at - name)] = {between(at, "\"dtype\":\"", "\""),
                                             between(at, "\"shape\":[", "]"),
                                             between(at, "\"data_offsets\":[", "]")};
  }
  return found;
}

TEST(checkpoint_of_real_models, agrees_with_an_independent_reading) {
  const std::filesystem::path shared = TENSORMERGE_SHARED;
  if (shared.empty()) GTEST_SKIP() << "TENSORMERGE_SHARED is not set";
  int models = 0;
  for (const auto& item : std::filesystem::recursive_directory_iterator(shared / "models")) {
    const std::filesystem::path& path = item.path();
    if (path.extension() != ".safetensors") continue;
    SCOPED_TRACE(path);
    ++models;
    const checkpoint opened = checkpoint::open(path);
    const std::map<std::string, plain_entry> expected = search_header(path);
    ASSERT_EQ(opened.tensors().size(), expected.size());
    std::uint64_t first = std::filesystem::file_size(path);
    for (const tensor_entry& entry : opened.tensors()) first = std::min(first, entry.offset);
    for (const auto& [name, plain] : expected) {
      const tensor_entry* entry = opened.find(name);
      ASSERT_NE(entry, nullptr) << name;
      EXPECT_EQ(facts(entry->type).safetensors_name, plain.dtype_name);
      std::string extents = to_string(entry->dims);
      std::erase(extents, ' ');
      EXPECT_EQ(extents, "[" + plain.extents + "]");
      EXPECT_EQ(std::to_string(entry->offset - first) + "," +
                    std::to_string(entry->offset - first + entry->bytes),
                plain.offsets);
    }
  }
  EXPECT_GE(models, 15);
}

TEST(checkpoint_of_real_models, reads_a_sharded_model_like_the_same_model_in_one_file) {
  const std::filesystem::path shared = TENSORMERGE_SHARED;
  if (shared.empty()) GTEST_SKIP() << "TENSORMERGE_SHARED is not set";
  const checkpoint sharded = checkpoint::open(shared / "models/python-ft-sharded");
  const checkpoint single = checkpoint::open(shared / "models/python-ft");
  EXPECT_EQ(sharded.files().size(), 3u);
  ASSERT_EQ(sharded.tensors().size(), single.tensors().size());
  for (const tensor_entry& entry : single.tensors()) {
    ASSERT_NE(sharded.find(entry.name), nullptr) << entry.name;
    EXPECT_EQ(sharded.find(entry.name)->dims, entry.dims);
  }
}

}  // namespace
}  // namespace tensormerge
