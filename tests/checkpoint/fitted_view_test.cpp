#include <tensormerge/checkpoint/fitted_view.hpp>

#include <algorithm>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

namespace tensormerge {
namespace {

fitted_view::byte_source reads(std::string bytes) {
  return [bytes](std::uint64_t offset, std::span<std::byte> into) {
    ASSERT_LE(offset + into.size(), bytes.size());
    std::copy_n(reinterpret_cast<const std::byte*>(bytes.data()) + offset, into.size(),
                into.begin());
  };
}

std::string content(const fitted_view& view, std::size_t bytes, std::size_t piece) {
  std::string text(bytes, '?');
  for (std::size_t at = 0; at < bytes; at += piece) {
    view.read(at, std::as_writable_bytes(std::span(text)).subspan(at, std::min(piece, bytes - at)));
  }
  return text;
}

TEST(fitted_view, cuts_what_is_longer_and_fills_what_is_shorter_along_any_axis) {
  const fitted_view wider(reads("abcdef"), {3, 2}, reads("ABCDEF"), {2, 3}, 1);
  const fitted_view taller(reads("abcdef"), {2, 3}, reads("ABCDEF"), {3, 2}, 1);
  const fitted_view deep(reads("abcd"), {1, 2, 2}, reads("ABCDEFGH"), {2, 1, 4}, 1);
  for (const std::size_t piece : {1u, 2u, 5u, 8u}) {
    EXPECT_EQ(content(wider, 6, piece), "abCcdF");
    EXPECT_EQ(content(taller, 6, piece), "abdeEF");
    EXPECT_EQ(content(deep, 8, piece), "abCDEFGH");
  }
}

TEST(fitted_view, counts_elements_of_several_bytes) {
  const fitted_view view(reads("aabbcc"), {3}, reads("AABB"), {2}, 2);
  EXPECT_EQ(content(view, 4, 2), "aabb");
  const fitted_view longer(reads("aa"), {1}, reads("AABB"), {2}, 2);
  EXPECT_EQ(content(longer, 4, 4), "aaBB");
}

}  // namespace
}  // namespace tensormerge
