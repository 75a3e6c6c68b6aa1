#include <tensormerge/config/schema/address_format.hpp>

#include <string>

#include <gtest/gtest.h>

namespace tensormerge::schema {
namespace {

TEST(address_format, ipv4_has_four_numbers_without_leading_zeros) {
  EXPECT_TRUE(is_ipv4("127.0.0.255"));
  EXPECT_FALSE(is_ipv4("127.0.0.256"));
  EXPECT_FALSE(is_ipv4("127.0.0.01"));
  EXPECT_FALSE(is_ipv4("127.0.0.1."));
}

TEST(address_format, ipv6_has_eight_groups_or_one_gap) {
  EXPECT_TRUE(is_ipv6("1:2:3:4:5:6:7:8"));
  EXPECT_TRUE(is_ipv6("::"));
  EXPECT_TRUE(is_ipv6("::ffff:192.168.0.1"));
  EXPECT_FALSE(is_ipv6("1:2:3:4:5:6:7::8"));
  EXPECT_FALSE(is_ipv6("1::2::3"));
  EXPECT_FALSE(is_ipv6(""));
}

TEST(address_format, hostnames_have_labels_of_at_most_63_letters) {
  EXPECT_TRUE(is_hostname("www.ex-ample.com"));
  EXPECT_FALSE(is_hostname("-a.com"));
  EXPECT_FALSE(is_hostname(std::string(64, 'a')));
}

TEST(address_format, mail_goes_to_hosts_and_addresses) {
  EXPECT_TRUE(is_email("joe.bloggs@example.com"));
  EXPECT_TRUE(is_email("\"joe bloggs\"@[IPv6:::1]"));
  EXPECT_FALSE(is_email("joe..bloggs@example.com"));
  EXPECT_FALSE(is_email("joe@[127.0.0.300]"));
}

}  // namespace
}  // namespace tensormerge::schema
