#include <tensormerge/config/text_pattern.hpp>

#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

namespace tensormerge {
namespace {

struct match_case {
  const char* pattern;
  const char* text;
  bool found;
};

class patterns : public ::testing::TestWithParam<match_case> {};

TEST_P(patterns, find_what_ecma_262_finds) {
  const match_case& each = GetParam();
  EXPECT_EQ(text_pattern(each.pattern).search(each.text), each.found)
      << each.pattern << " in " << each.text;
}

INSTANTIATE_TEST_SUITE_P(
    cases, patterns,
    ::testing::Values(
        match_case{"b", "abc", true}, match_case{"^b", "abc", false},
        match_case{"c$", "abc", true}, match_case{"^$", "", true},
        match_case{"a|^c", "bc", false}, match_case{"^(a|bc)*d$", "abcad", true},
        match_case{"^a{2,3}$", "aa", true}, match_case{"^a{2,3}$", "aaaa", false},
        match_case{"^a{2,}$", "aaaa", true}, match_case{"^a{2}$", "aaa", false},
        match_case{"^a+?b??$", "aab", true}, match_case{"^(?:ab)+$", "abab", true},
        match_case{"^(a|ab)(c|bcd)$", "abcd", true}, match_case{"^[a-c_.-]+$", "a-b._", true},
        match_case{"^[^a-c]$", "b", false}, match_case{"^.$", "\xC3\xA4", true},
        match_case{"^.$", "\n", false}, match_case{"^\\d\\w\\s$", "1_\t", true},
        match_case{"^[\\d-]+$", "1-2", true}, match_case{"^\\D\\W\\S$", "a-b", true},
        match_case{"\\bmlp\\b", "a.mlp.b", true}, match_case{"\\bmlp\\b", "amlp", false},
        match_case{"\\Blp", "mlp", true}, match_case{"^\\x41\\u00e4$", "A\xC3\xA4", true},
        match_case{"^\\{\\}\\/$", "{}/", true}, match_case{"[\\b]", "\b", true}));

TEST(text_pattern, takes_linear_time_on_what_makes_others_hang) {
  EXPECT_FALSE(text_pattern("^(a*)*$").search(std::string(100000, 'a') + "b"));
  EXPECT_FALSE(text_pattern("^(a|a)*(b|b)*c$").search(std::string(100000, 'a')));
}

TEST(text_pattern, refuses_what_it_does_not_know) {
  for (const char* wrong : {"(?=a)", "(?<name>a)", "(", "a)", "[a", "\\1", "\\pL", "a**", "{2}",
                            "a{3,1}", "[z-a]", "\\", "\\xG0", "(a{1000}){1000}"}) {
    EXPECT_THROW(text_pattern{wrong}, std::invalid_argument) << wrong;
  }
  EXPECT_THROW(text_pattern(std::string(1000, '(')), std::invalid_argument);
}

}  // namespace
}  // namespace tensormerge
