#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include <unistd.h>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/file_descriptor.hpp>
#include <tensormerge/checkpoint/torch/plan_zip.hpp>
#include <tensormerge/checkpoint/torch/zip_directory.hpp>

#include "../temporary_folder.hpp"

namespace tensormerge {
namespace {

using test::bytes_of;

/// Writes what a plan has, and holes where members are reserved.
void write_sparse(const zip_plan& plan, const std::filesystem::path& file) {
  test::write_file(file, "");
  ASSERT_EQ(::truncate(file.c_str(), static_cast<off_t>(plan.reached())), 0);
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  for (const zip_plan::piece& piece : plan.pieces()) {
    stream.seekp(static_cast<std::streamoff>(piece.offset));
    stream.write(piece.bytes.data(), static_cast<std::streamsize>(piece.bytes.size()));
  }
}

void expect_members(const zip_directory& read, const zip_plan& plan) {
  ASSERT_EQ(read.entries().size(), plan.members().size());
  for (const zip_plan::member& member : plan.members()) {
    const zip_entry* entry = read.find(member.name);
    ASSERT_NE(entry, nullptr) << member.name;
    EXPECT_TRUE(entry->is_stored);
    EXPECT_EQ(entry->bytes, member.bytes);
    EXPECT_EQ(entry->header, member.header);
    EXPECT_EQ(read.content_of(*entry), member.content);
    EXPECT_EQ(member.content % 64, 0u);
  }
}

TEST(zip_plan, is_read_back) {
  const test::temporary_folder folder;
  zip_plan plan("m");
  plan.add("text", "content");
  plan.reserve("data/0", 10);
  plan.reserve("data/1", 0);
  plan.add("empty", "");
  plan.finish();
  write_sparse(plan, folder / "a.zip");
  const file_descriptor opened = open_for_reading(folder / "a.zip");
  const zip_directory read(opened, folder / "a.zip");
  expect_members(read, plan);
  std::string text(7, '\0');
  read_at(opened, folder / "a.zip", read.content_of(*read.find("m/text")),
          std::as_writable_bytes(std::span(text)));
  EXPECT_EQ(text, "content");
}

TEST(zip_plan, has_numbers_beyond_32_bits) {
  const test::temporary_folder folder;
  constexpr std::uint64_t most = 0xffffffff;
  zip_plan plan("m");
  plan.reserve("just short", most - 1);
  plan.reserve("long", most);
  plan.reserve("longer and far", most + 5);
  plan.reserve("far", 3);
  plan.add("far and known", "x");
  plan.finish();
  EXPECT_GT(plan.reached(), 3 * most);
  write_sparse(plan, folder / "a.zip");
  const file_descriptor opened = open_for_reading(folder / "a.zip");
  expect_members(zip_directory(opened, folder / "a.zip"), plan);
}

TEST(zip_plan, pads_and_describes_members_as_torch_does) {
  zip_plan plan("tp");  // the numbers are those of a file that torch 2.15 wrote
  plan.add("data.pkl", std::string(593, 'x'));
  plan.add(".format_version", "1");
  plan.add(".storage_alignment", "64");
  plan.add("byteorder", "little");
  for (const std::uint64_t bytes : {10u, 24u, 0u, 8u, 6u, 3u}) {
    plan.reserve("data/" + std::to_string(plan.members().size() - 4), bytes);
  }
  plan.add("version", "3\n");
  plan.finish();
  std::vector<std::uint64_t> headers;
  for (const zip_plan::member& member : plan.members()) headers.push_back(member.header);
  EXPECT_EQ(headers, (std::vector<std::uint64_t>{0, 673, 785, 914, 982, 1114, 1256, 1344, 1432,
                                                 1558, 1683}));
}

TEST(zip_plan, says_where_checksums_stand) {
  zip_plan plan("m");
  plan.add("a", "123456789");
  plan.reserve("b", 5);
  plan.reserve("c", 0);
  plan.finish();
  const std::string sum = "\x26\x39\xf4\xcb";
  const std::string& first = plan.pieces().front().bytes;
  EXPECT_EQ(plan.members()[0].checksum_places.size(), 2u);
  EXPECT_EQ(first.substr(plan.members()[0].checksum_places[0], 4), sum);
  ASSERT_EQ(plan.members()[1].checksum_places.size(), 2u);
  const zip_plan::piece& last = plan.pieces().back();
  const std::uint64_t behind = plan.members()[1].checksum_places[0];
  EXPECT_EQ(behind, plan.members()[1].content + 5 + 4);
  EXPECT_EQ(last.bytes.substr(behind - last.offset, 4), std::string(4, '\0'));
  EXPECT_TRUE(plan.members()[2].checksum_places.empty());
}

}  // namespace
}  // namespace tensormerge
