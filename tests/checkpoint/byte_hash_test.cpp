#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/byte_hash.hpp>

namespace tensormerge {
namespace {

std::uint64_t hash_of(const std::string& text, std::uint64_t place = 0) {
  return hash_bytes(std::as_bytes(std::span(text)), place);
}

TEST(byte_hash, is_the_same_for_the_same_bytes_at_the_same_place) {
  EXPECT_EQ(hash_of("some bytes", 7), hash_of("some bytes", 7));
}

TEST(byte_hash, tells_any_changed_byte_and_any_cut) {
  const std::string text = "what a disk has after a crash is zeros, or the blocks of another file";
  std::set<std::uint64_t> hashes{hash_of(text)};
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = '\0';
    EXPECT_TRUE(hashes.insert(hash_of(changed)).second) << i;
    EXPECT_TRUE(hashes.insert(hash_of(text.substr(0, i))).second) << i;
  }
}

TEST(byte_hash, tells_zeros_of_different_lengths_and_places_apart) {
  std::set<std::uint64_t> hashes;
  for (std::size_t length = 0; length < 40; ++length) {
    EXPECT_TRUE(hashes.insert(hash_of(std::string(length, '\0'))).second) << length;
  }
  EXPECT_NE(hash_of("same", 0), hash_of("same", 4));
}

TEST(byte_hash, tells_words_in_another_order_apart) {
  EXPECT_NE(hash_of("aaaabbbb"), hash_of("bbbbaaaa"));
}

}  // namespace
}  // namespace tensormerge
