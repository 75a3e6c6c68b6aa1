#include <tensormerge/config/schema/time_format.hpp>

#include <gtest/gtest.h>

namespace tensormerge::schema {
namespace {

TEST(time_format, days_are_those_of_their_month) {
  EXPECT_TRUE(is_date("2024-02-29"));
  EXPECT_FALSE(is_date("1900-02-29"));
  EXPECT_FALSE(is_date("2024-04-31"));
  EXPECT_FALSE(is_date("2024-4-3"));
}

TEST(time_format, leap_seconds_end_a_day_of_utc) {
  EXPECT_TRUE(is_time("23:59:60Z"));
  EXPECT_TRUE(is_time("15:59:60-08:00"));
  EXPECT_FALSE(is_time("22:59:60Z"));
}

TEST(time_format, times_have_an_offset) {
  EXPECT_TRUE(is_date_time("1985-04-12t23:20:50.52z"));
  EXPECT_FALSE(is_date_time("1985-04-12T23:20:50"));
  EXPECT_FALSE(is_date_time("1985-04-12 23:20:50Z"));
  EXPECT_FALSE(is_time("23:20:50+24:00"));
}

}  // namespace
}  // namespace tensormerge::schema
