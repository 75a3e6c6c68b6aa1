#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/crc32.hpp>

#include "temporary_folder.hpp"

namespace tensormerge {
namespace {

using test::bytes_of;

TEST(crc32_of, gives_the_sums_that_are_published) {
  EXPECT_EQ(crc32_of(bytes_of("123456789")), 0xcbf43926u);  // the check value of the catalogues
  EXPECT_EQ(crc32_of(bytes_of("")), 0u);
  EXPECT_EQ(crc32_of(bytes_of("a")), 0xe8b7be43u);
  EXPECT_EQ(crc32_of(bytes_of(std::string(32, '\0'))), 0x190a55adu);
  EXPECT_EQ(crc32_of(bytes_of("The quick brown fox jumps over the lazy dog")), 0x414fa339u);
}

TEST(crc32_part, gives_the_sum_of_the_whole_in_any_order_of_the_parts) {
  std::string text(1'000, '\0');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 31 + i / 7);
  for (const std::size_t length : {1u, 7u, 8u, 9u, 64u, 999u}) {
    std::uint32_t parts = 0;
    for (std::size_t end = text.size(); end > 0;) {  // from the back
      const std::size_t begin = end > length ? end - length : 0;
      parts ^= crc32_part(bytes_of(std::string_view(text).substr(begin, end - begin)),
                          text.size() - end);
      end = begin;
    }
    EXPECT_EQ(crc32_of_parts(parts, text.size()), crc32_of(bytes_of(text))) << length;
  }
}

TEST(crc32_of_parts, counts_zeros_that_no_part_has) {
  const std::string text = "x" + std::string(100'000, '\0');
  const std::uint32_t part = crc32_part(bytes_of("x"), text.size() - 1);
  EXPECT_EQ(crc32_of_parts(part, text.size()), crc32_of(bytes_of(text)));
}

}  // namespace
}  // namespace tensormerge
