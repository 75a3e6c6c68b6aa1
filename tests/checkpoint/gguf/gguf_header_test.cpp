#include <cstdint>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/gguf/gguf_header.hpp>

#include "gguf_bytes.hpp"

namespace tensormerge {
namespace {

using test::gguf_bytes;
using test::llama_metadata;

/// What is said of a file with these bytes; empty where nothing is wrong.
std::string objection(const std::string& bytes) {
  const test::temporary_folder folder;
  test::write_file(folder.path() / "x.gguf", bytes);
  try {
    read_gguf_header(folder.path() / "x.gguf");
  } catch (const failure& problem) {
    return problem.what();
  }
  return {};
}

std::string number(std::uint64_t value, std::size_t bytes) {
  std::string text;
  detail::append_little_endian(text, value, bytes);
  return text;
}

/// A file of version 3 with so many tensors and keys, and what follows.
std::string file_with(std::uint64_t tensors, std::uint64_t keys, const std::string& rest) {
  return "GGUF" + number(3, 4) + number(tensors, 8) + number(keys, 8) + rest;
}

std::string text(const std::string& value) { return number(value.size(), 8) + value; }

std::string tensor(const std::string& name, std::uint64_t rows, std::uint64_t row,
                   std::uint64_t type, std::uint64_t offset) {
  return text(name) + number(2, 4) + number(row, 8) + number(rows, 8) + number(type, 4) +
         number(offset, 8);
}

TEST(gguf_header, of_the_python_package_is_read_with_every_kind_of_key) {
  const gguf_header header = read_gguf_header(test::tiny_gguf());
  const gguf_metadata& keys = header.metadata;
  EXPECT_EQ(keys.text("general.architecture"), "llama");
  EXPECT_EQ(keys.text("test.text"), "gr\xc3\xbc\xc3\x9f" "e");
  for (const char* name : {"test.uint8", "test.uint16", "test.uint32", "test.uint64"}) {
    EXPECT_EQ(keys.whole_number(name), 7u) << name;
  }
  for (const char* name : {"test.int8", "test.int16", "test.int32", "test.int64"}) {
    EXPECT_NE(keys.find(name), nullptr) << name;
    EXPECT_EQ(keys.whole_number(name), std::nullopt) << name;  // it is negative
  }
  EXPECT_EQ(keys.real_number("test.float32"), 0.5);
  EXPECT_EQ(keys.real_number("test.float64"), -0.25);
  EXPECT_EQ(keys.find("test.bool")->bytes, "\1");
  EXPECT_EQ(keys.find("test.numbers")->items, 3u);
  EXPECT_EQ(keys.find("test.texts")->items, 3u);
  EXPECT_EQ(keys.text("test.uint8"), std::nullopt);
  EXPECT_EQ(keys.find("nothing"), nullptr);
  ASSERT_EQ(header.tensors.size(), 7u);
  EXPECT_EQ(header.tensors[1].name, "half");
  EXPECT_EQ(header.tensors[1].dims, (shape{2, 3, 4}));
  EXPECT_EQ(header.tensors[6].type.packed, block_format::q4_k);
}

TEST(gguf_header, that_lies_about_lengths_is_refused_by_name) {
  EXPECT_TRUE(test::contains(objection(""), "not a GGUF file"));
  EXPECT_TRUE(test::contains(objection("GGUX"), "not a GGUF file"));
  EXPECT_TRUE(test::contains(objection("GGUF" + number(1, 4)), "version"));
  EXPECT_TRUE(test::contains(objection("GGUF" + std::string("\0\0\0\3", 4)), "big-endian"));
  EXPECT_TRUE(test::contains(objection(file_with(1u << 30, 0, "")), "number of tensors"));
  EXPECT_TRUE(test::contains(objection(file_with(0, ~0ull, "")), "number of keys"));
  EXPECT_TRUE(test::contains(objection(file_with(0, 1, number(~0ull, 8))), "impossible length"));
  EXPECT_TRUE(test::contains(objection(file_with(0, 1, text("k") + number(99, 4))), "`k`"));
  const std::string list = text("k") + number(9, 4);
  const std::string numbers = list + number(5, 4) + number(1ull << 61, 8);
  EXPECT_TRUE(test::contains(objection(file_with(0, 1, numbers)), "impossible length"));
  EXPECT_TRUE(test::contains(objection(file_with(0, 1, list + number(9, 4) + number(1, 8))),
                             "lists of lists"));
  EXPECT_TRUE(test::contains(objection(file_with(0, 1, list + number(8, 4) + number(2, 8) +
                                                           number(1ull << 60, 8))),
                             "ends inside"));
  // 2^61 + 1 numbers of 8 bytes would be 8 bytes if the product wrapped.
  EXPECT_TRUE(test::contains(objection(file_with(0, 1, list + number(10, 4) +
                                                           number((1ull << 61) + 1, 8))),
                             "impossible length"));
  EXPECT_TRUE(test::contains(objection(file_with(0, 1, text("\xff") + number(0, 4) + "x")),
                             "key is not UTF-8"));
  const std::string wide = text("general.alignment") + number(4, 4) + number(1 << 21, 4);
  EXPECT_TRUE(test::contains(objection(file_with(0, 1, wide)), "up to 1048576"));
  const std::string key = text("k") + number(0, 4) + "x";
  EXPECT_TRUE(test::contains(objection(file_with(0, 2, key + key)), "twice"));
  const std::string part = text("split.count") + number(2, 4) + number(3, 2);
  EXPECT_TRUE(test::contains(objection(file_with(0, 1, part)), "split"));
}

TEST(gguf_header, with_impossible_tensors_is_refused_by_their_names) {
  const auto with = [](const std::string& tensors, std::uint64_t count = 1) {
    std::string bytes = file_with(count, 0, tensors);
    bytes.resize((bytes.size() + 31) / 32 * 32 + 128);
    return objection(bytes);
  };
  EXPECT_EQ(with(tensor("t", 2, 8, 0, 0)), "");
  EXPECT_TRUE(test::contains(with(tensor("t", 2, 17, 0, 0)), "beyond the file"));
  EXPECT_TRUE(test::contains(with(tensor("t", 2, 8, 0, 4)), "aligned"));
  EXPECT_TRUE(test::contains(with(tensor("t", 2, 8, 0, 1ull << 62)), "beyond the file"));
  EXPECT_TRUE(test::contains(with(tensor("t", 1ull << 40, 1ull << 40, 0, 0)), "shape"));
  EXPECT_TRUE(test::contains(with(tensor("t", 2, 33, 8, 0)), "whole blocks"));
  EXPECT_TRUE(test::contains(with(tensor("t", 2, 256, 10, 0)), "Q2_K"));
  EXPECT_TRUE(test::contains(with(tensor("t", 2, 8, 777, 0)), "number 777"));
  EXPECT_TRUE(test::contains(with(tensor("t\n", 2, 8, 0, 0)), "control character"));
  EXPECT_TRUE(test::contains(with(tensor("t\xc3", 2, 8, 0, 0)), "name is not UTF-8"));
  EXPECT_TRUE(test::contains(with(tensor("t", 2, 8, 0, 0) + tensor("t", 2, 8, 0, 64), 2), "twice"));
  EXPECT_TRUE(
      test::contains(with(tensor("t", 2, 8, 0, 0) + tensor("u", 2, 8, 0, 32), 2), "overlaps"));
  EXPECT_TRUE(test::contains(with(text("t") + number(5, 4)), "too many axes"));
}

TEST(gguf_header, that_was_changed_at_random_is_read_or_refused) {
  const std::string bytes = test::read_file(test::tiny_gguf());
  const test::temporary_folder folder;
  std::mt19937 random(7);
  for (int i = 0; i < 100; ++i) {
    std::string changed = bytes.substr(0, i % 3 == 0 ? random() % bytes.size() : bytes.size());
    for (unsigned n = random() % 4; n > 0 && !changed.empty(); --n) {
      changed[random() % std::min<std::size_t>(changed.size(), 1100)] = static_cast<char>(random());
    }
    test::write_file(folder.path() / "x.gguf", changed);
    try {
      for (const gguf_tensor& tensor : read_gguf_header(folder.path() / "x.gguf").tensors) {
        EXPECT_LE(tensor.offset + tensor.bytes, changed.size());
      }
    } catch (const failure&) {
    }
  }
}

}  // namespace
}  // namespace tensormerge
