#include <tensormerge/engine/progress_display.hpp>

#include <cstdio>
#include <string>

#include <gtest/gtest.h>

namespace tensormerge {
namespace {

TEST(readable_bytes, uses_the_unit_that_keeps_the_number_below_a_thousand) {
  EXPECT_EQ(readable_bytes(0), "0 B");
  EXPECT_EQ(readable_bytes(999), "999 B");
  EXPECT_EQ(readable_bytes(1000), "1.00 kB");
  EXPECT_EQ(readable_bytes(1.67e9), "1.67 GB");
}

TEST(progress_line, tells_share_rate_and_time_left) {
  progress state;
  state.bytes_total = 4'000'000'000;
  state.bytes_done = 1'000'000'000;
  EXPECT_EQ(progress_line(state, 2.0, false),
            " 25 %  1.00 GB of 4.00 GB  500.00 MB/s  0:06 left");
  EXPECT_EQ(progress_line(state, 2.0, true).substr(0, 33), "[=======                       ] ");
}

TEST(progress_line, promises_no_time_before_anything_is_done) {
  progress state;
  state.bytes_total = 100;
  EXPECT_EQ(progress_line(state, 0.0, false), "  0 %  0 B of 100 B  0 B/s");
}

std::string shown_by_display(bool is_terminal) {
  std::FILE* file = std::tmpfile();
  progress state;
  state.bytes_total = 100;
  {
    progress_display display(state, file, is_terminal);
    state.bytes_done = 100;
  }
  std::rewind(file);
  std::string text(4096, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  return text;
}

TEST(progress_display, writes_plain_lines_where_there_is_no_terminal) {
  const std::string text = shown_by_display(false);
  EXPECT_NE(text.find("100 %"), std::string::npos) << text;
  EXPECT_EQ(text.find('\r'), std::string::npos) << text;
  EXPECT_EQ(text.find('\x1b'), std::string::npos) << text;
  EXPECT_EQ(text.back(), '\n');
}

TEST(progress_display, rewrites_one_line_on_a_terminal) {
  const std::string text = shown_by_display(true);
  EXPECT_EQ(text.front(), '\r');
  EXPECT_EQ(text.back(), '\n');
  EXPECT_EQ(text.find('\n'), text.size() - 1) << text;
}

}  // namespace
}  // namespace tensormerge
