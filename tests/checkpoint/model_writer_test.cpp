#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/byte_hash.hpp>
#include <tensormerge/checkpoint/checkpoint.hpp>
#include <tensormerge/checkpoint/model_writer.hpp>
#include <tensormerge/checkpoint/tensor_reader.hpp>
#include <tensormerge/checkpoint/write_journal.hpp>

#include "temporary_folder.hpp"

namespace tensormerge {
namespace {

using test::bytes_of;
using test::contains;
using test::message_of;
using test::names_in;
using names = std::vector<std::string>;

const std::vector<output_tensor> two_tensors{{"b", dtype::uint8, {5}}, {"a", dtype::uint8, {2, 3}}};

std::string content_of(const checkpoint& weights, const std::string& name) {
  const tensor_entry& entry = *weights.find(name);
  std::string content(entry.bytes, '\0');
  tensor_reader(weights).read(entry, 0, std::as_writable_bytes(std::span(content)));
  return content;
}

class writing : public testing::Test {
 protected:
  test::temporary_folder folder_;
  std::filesystem::path out_ = folder_ / "out";
};

TEST_F(writing, gives_a_folder_that_reads_back) {
  {
    model_writer writer(out_, two_tensors);
    writer.write(0, 0, bytes_of("bbbbb"));
    writer.write(1, 3, bytes_of("456"));
    writer.write(1, 0, bytes_of("123"));
    writer.add_file("config.json", "{}");
    EXPECT_FALSE(std::filesystem::exists(out_));
    writer.commit();
  }
  EXPECT_EQ(names_in(folder_.path()), (names{"out"}));
  EXPECT_EQ(names_in(out_), (names{"config.json", "model.safetensors"}));
  const checkpoint weights = checkpoint::open(out_);
  EXPECT_EQ(weights.find("a")->dims, (shape{2, 3}));
  EXPECT_EQ(content_of(weights, "a"), "123456");
  EXPECT_EQ(content_of(weights, "b"), "bbbbb");
  EXPECT_EQ(read_safetensors_header(out_ / "model.safetensors").metadata,
            (safetensors_metadata{{"format", "pt"}}));
}

TEST_F(writing, makes_shards_with_an_index_above_the_limit) {
  model_writer writer(out_, two_tensors, {}, 8);
  writer.write(0, 0, bytes_of("bbbbb"));
  writer.write(1, 0, bytes_of("123456"));
  writer.commit(durability::program_end);
  EXPECT_EQ(names_in(out_),
            (names{"model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
                   "model.safetensors.index.json"}));
  const checkpoint weights = checkpoint::open(out_);
  EXPECT_EQ(weights.files().size(), 2u);
  EXPECT_EQ(content_of(weights, "a"), "123456");
  EXPECT_EQ(content_of(weights, "b"), "bbbbb");
}

TEST_F(writing, of_no_tensor_gives_an_empty_checkpoint) {
  model_writer(out_, std::vector<output_tensor>{}).commit();
  EXPECT_TRUE(checkpoint::open(out_).tensors().empty());
}

TEST_F(writing, leaves_nothing_behind_without_commit) {
  {
    model_writer writer(folder_ / "deep/er/out", two_tensors);
    writer.write(0, 0, bytes_of("bbbbb"));
    writer.add_file("config.json", "{}");
  }
  EXPECT_EQ(names_in(folder_.path()), names{});
}

TEST_F(writing, reserves_the_full_length_at_once) {
  const model_writer writer(out_, {{"t", dtype::float32, {1000, 1000}}});
  EXPECT_EQ(std::filesystem::file_size(writer.partial_path() / "model.safetensors"),
            writer.layout().shards[0].file_bytes);
}

TEST_F(writing, from_several_threads_gives_the_same_file_as_from_one) {
  std::string data(1'000'003, '\0');
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<char>(i * 7 + i / 255);
  const std::vector<output_tensor> outputs{{"t", dtype::uint8, {data.size()}},
                                           {"u", dtype::uint8, {data.size()}}};
  const auto run = [&](const std::filesystem::path& out, std::size_t threads) {
    model_writer writer(out, outputs);
    std::vector<std::thread> workers;
    for (std::size_t worker = 0; worker < threads; ++worker) {
      workers.emplace_back([&, worker] {
        constexpr std::size_t part = 1009;
        for (std::size_t at = worker * part; at < data.size(); at += threads * part) {
          const auto bytes = bytes_of(std::string_view(data).substr(at, part));
          writer.write(0, at, bytes);
          writer.write(1, at, bytes);
        }
      });
    }
    for (std::thread& worker : workers) worker.join();
    writer.commit();
    return test::read_file(out / "model.safetensors");
  };
  EXPECT_EQ(run(folder_ / "one", 1), run(folder_ / "seven", 7));
}

TEST_F(writing, copies_tensors_and_parts_of_them_unchanged) {
  test::write_file(folder_ / "in.safetensors", test::file_with_tensor("t", "abcdefgh"));
  const checkpoint input = checkpoint::open(folder_ / "in.safetensors");
  const tensor_reader reader(input);
  model_writer writer(out_, {{"whole", dtype::uint8, {8}}, {"parts", dtype::uint8, {8}}});
  writer.copy(0, reader, input.tensors()[0]);
  writer.copy(1, 3, reader, input.tensors()[0], 0, 5);
  writer.copy(1, 0, reader, input.tensors()[0], 5, 3);
  writer.commit();
  const checkpoint weights = checkpoint::open(out_);
  EXPECT_EQ(content_of(weights, "whole"), "abcdefgh");
  EXPECT_EQ(content_of(weights, "parts"), "fghabcde");
}

TEST_F(writing, refuses_to_copy_a_tensor_of_another_size_or_beyond_either_end) {
  test::write_file(folder_ / "in.safetensors", test::file_with_tensor("t", "abcdefgh"));
  const checkpoint input = checkpoint::open(folder_ / "in.safetensors");
  const tensor_reader reader(input);
  const tensor_entry& source = input.tensors()[0];
  const model_writer writer(out_, {{"out", dtype::uint8, {7}}});
  EXPECT_TRUE(contains(message_of([&] { writer.copy(0, reader, source); }),
                       "`t`: cannot be copied to `out`, expected 7 bytes, found 8"));
  EXPECT_TRUE(contains(message_of([&] { writer.copy(0, 0, reader, source, 0, 8); }),
                       "`out`: a write leaves the tensor"));
  EXPECT_TRUE(contains(message_of([&] { writer.copy(0, 0, reader, source, 5, 4); }),
                       "`t`: a read leaves the tensor"));
}

TEST_F(writing, refuses_writes_beyond_the_tensor) {
  const model_writer writer(out_, two_tensors);
  EXPECT_TRUE(contains(message_of([&] { writer.write(0, 0, bytes_of("123456")); }),
                       "`b`: a write leaves the tensor, expected at most 5 bytes, found 6 bytes"));
  EXPECT_TRUE(contains(message_of([&] { writer.write(0, ~std::uint64_t{0}, bytes_of("12")); }),
                       "`b`: a write leaves the tensor"));
  EXPECT_TRUE(contains(message_of([&] { writer.write(2, 0, {}); }), "a write names no tensor"));
}

TEST_F(writing, refuses_to_commit_a_tensor_that_was_not_written_to_its_end) {
  {
    model_writer writer(out_, two_tensors);
    writer.write(0, 0, bytes_of("bbbbb"));
    writer.write(1, 0, bytes_of("123"));
    EXPECT_TRUE(contains(message_of([&] { writer.commit(); }),
                         "`a`: the tensor was not written to its end, expected 6 bytes, found 3"));
  }
  EXPECT_EQ(names_in(folder_.path()), names{});
}

TEST_F(writing, copies_what_a_link_points_to) {
  test::write_file(folder_ / "blob", "content");
  std::filesystem::create_symlink("blob", folder_ / "link");
  model_writer writer(out_, std::vector<output_tensor>{});
  writer.copy_file(folder_ / "link", "tokenizer.json");
  writer.commit();
  EXPECT_FALSE(std::filesystem::is_symlink(out_ / "tokenizer.json"));
  EXPECT_EQ(test::read_file(out_ / "tokenizer.json"), "content");
}

TEST_F(writing, refuses_file_names_that_are_taken_or_lead_elsewhere) {
  model_writer writer(out_, std::vector<output_tensor>{});
  EXPECT_TRUE(
      contains(message_of([&] { writer.add_file("model.safetensors", ""); }), "File exists"));
  EXPECT_TRUE(contains(message_of([&] { writer.add_file("../x", ""); }), "found `../x`"));
  EXPECT_TRUE(contains(message_of([&] { writer.copy_file("/dev/null", "/x"); }), "special file"));
}

TEST_F(writing, replaces_a_sharded_output_by_a_single_file) {
  for (const std::uint64_t limit : {8u, 100u}) {
    model_writer writer(out_, two_tensors, {}, limit);
    writer.write(0, 0, bytes_of("bbbbb"));
    writer.write(1, 0, bytes_of("123456"));
    writer.commit();
  }
  EXPECT_EQ(names_in(out_), (names{"model.safetensors"}));
}

TEST_F(writing, says_before_it_begins_how_much_room_is_missing) {
  const std::uint64_t petabytes = std::uint64_t{1} << 55;
  const std::string message = message_of([&] {
    model_writer(out_, {{"t", dtype::float32, {petabytes}}});
  });
  EXPECT_TRUE(
      contains(message, "the disk has not enough room for the output, expected 1441151880758"));
  EXPECT_TRUE(contains(message, "bytes free; free space or choose another output folder"));
  EXPECT_EQ(names_in(folder_.path()), names{});
}

TEST_F(writing, names_the_file_that_a_limit_of_the_system_forbids) {
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit small {
    4096, before.rlim_max
  };
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string message = message_of([&] {
    model_writer(out_, {{"t", dtype::uint8, {10'000}}});
  });
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_TRUE(contains(message, "model.safetensors: error: cannot reserve"));
  EXPECT_EQ(names_in(folder_.path()), names{});
}

TEST_F(writing, fails_cleanly_on_a_full_disk) {
  const std::filesystem::path disk = folder_ / "disk";
  std::filesystem::create_directory(disk);
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=64k") != 0) {
    GTEST_SKIP() << "a small file system cannot be mounted without privileges";
  }
  const std::string too_large = message_of([&] {
    model_writer(disk / "out", {{"t", dtype::uint8, {100'000}}});
  });
  const std::string side_file = message_of([&] {
    model_writer writer(disk / "out", {{"t", dtype::uint8, {30'000}}});
    writer.add_file("tokenizer.json", std::string(60'000, ' '));
  });
  const names left = names_in(disk);
  ::umount(disk.c_str());
  EXPECT_TRUE(contains(too_large, "the disk has not enough room for the output"));
  EXPECT_TRUE(contains(side_file, "tokenizer.json: error: cannot write at byte"));
  EXPECT_TRUE(contains(side_file, "No space left on device"));
  EXPECT_EQ(left, names{});
}

TEST_F(writing, of_a_real_model_copies_every_byte) {
  const std::filesystem::path shared = TENSORMERGE_SHARED;
  if (shared.empty()) GTEST_SKIP() << "TENSORMERGE_SHARED is not set";
  const checkpoint input = checkpoint::open(shared / "models/python-ft-sharded");
  const tensor_reader reader(input);
  std::vector<output_tensor> outputs;
  for (const tensor_entry& entry : input.tensors()) {
    outputs.push_back({entry.name, entry.type, entry.dims});
  }
  model_writer writer(out_, outputs, {{"format", "pt"}}, 200'000);
  for (std::size_t i = 0; i < outputs.size(); ++i) writer.copy(i, reader, input.tensors()[i]);
  writer.commit();
  const checkpoint copied = checkpoint::open(out_);
  EXPECT_GT(copied.files().size(), 1u);
  const checkpoint original = checkpoint::open(shared / "models/python-ft");
  ASSERT_EQ(copied.tensors().size(), original.tensors().size());
  for (const tensor_entry& entry : original.tensors()) {
    EXPECT_EQ(content_of(copied, entry.name), content_of(original, entry.name)) << entry.name;
  }
}

/// Begins `two_tensors` in another process, which ends without warning once `b` is recorded.
void begin_and_die(const std::filesystem::path& out) {
  const pid_t child = ::fork();
  if (child == 0) {
    model_writer writer(out, two_tensors);
    const write_journal journal(writer.journal(), 1);
    writer.write(0, 0, bytes_of("bbbbb"));
    journal.add({.tensor = 0,
                 .range_bytes = 3,
                 .hash = hash_bytes(bytes_of("bbb"), 0) + hash_bytes(bytes_of("bb"), 3)});
    writer.write(1, 0, bytes_of("123"));
    ::_exit(0);
  }
  ASSERT_GT(child, 0);
  ::waitpid(child, nullptr, 0);
}

TEST_F(writing, goes_on_with_what_a_killed_run_recorded) {
  begin_and_die(out_);
  {
    model_writer writer(out_, two_tensors, {{"format", "pt"}}, default_shard_bytes,
                        leftover_weights::kept);
    const write_journal journal(writer.journal(), 1);
    ASSERT_EQ(journal.found().size(), 1u);
    EXPECT_TRUE(writer.keeps(journal.found()[0]));
    writer.write(1, 0, bytes_of("123456"));
    writer.commit();
  }
  EXPECT_EQ(names_in(folder_.path()), (names{"out"}));
  EXPECT_EQ(names_in(out_), (names{"model.safetensors"}));
  EXPECT_EQ(content_of(checkpoint::open(out_), "a"), "123456");
  EXPECT_EQ(content_of(checkpoint::open(out_), "b"), "bbbbb");
}

TEST_F(writing, does_not_trust_a_record_whose_bytes_are_gone) {
  begin_and_die(out_);
  model_writer writer(out_, two_tensors, {{"format", "pt"}}, default_shard_bytes,
                      leftover_weights::kept);
  const write_journal journal(writer.journal(), 1);
  writer.write(0, 4, bytes_of("?"));
  EXPECT_FALSE(writer.keeps(journal.found().at(0)));
}

TEST_F(writing, begins_anew_where_the_layout_is_another) {
  begin_and_die(out_);
  const std::vector<output_tensor> others{{"b", dtype::uint8, {5}}, {"c", dtype::uint8, {2, 3}}};
  model_writer writer(out_, others, {{"format", "pt"}}, default_shard_bytes,
                      leftover_weights::kept);
  const write_journal journal(writer.journal(), 1);
  EXPECT_FALSE(writer.keeps(journal.found().at(0)));
}

TEST_F(writing, begins_anew_unless_told_to_go_on) {
  begin_and_die(out_);
  const model_writer writer(out_, two_tensors);
  EXPECT_TRUE(write_journal(writer.journal(), 1).found().empty());
}

}  // namespace
}  // namespace tensormerge
