#include <tensormerge/config/scalar_value.hpp>

#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace tensormerge {
namespace {

scalar_value text(std::string words) { return {node::kind::string, 0, std::move(words), {3, 7}}; }
scalar_value number(double value) {
  return {node::kind::number, value, std::to_string(value), {3, 7}};
}

TEST(scalar_value, numbers_are_read_from_texts_and_booleans) {
  EXPECT_EQ(convert(text("5e-1"), parameter_kind::number).number, 0.5);
  EXPECT_EQ(convert(text("+.5"), parameter_kind::number).number, 0.5);
  EXPECT_EQ(convert(text("1_000"), parameter_kind::number).number, 1000);
  EXPECT_EQ(convert({node::kind::boolean, 1, "true", {}}, parameter_kind::number).number, 1);
  EXPECT_EQ(convert(text("12"), parameter_kind::integer).number, 12);
}

TEST(scalar_value, booleans_are_read_from_words_and_from_0_and_1) {
  for (const char* word : {"true", "Yes", "ON", "t", "y", "1"}) {
    EXPECT_EQ(convert(text(word), parameter_kind::boolean).number, 1) << word;
  }
  for (const char* word : {"false", "No", "off", "F", "n", "0"}) {
    EXPECT_EQ(convert(text(word), parameter_kind::boolean).number, 0) << word;
  }
  EXPECT_EQ(convert(number(1), parameter_kind::boolean).number, 1);
}

TEST(scalar_value, what_is_not_of_its_kind_is_refused_with_its_place) {
  const auto refuse = [](const scalar_value& value, parameter_kind kind) {
    try {
      convert(value, kind);
    } catch (const failure& error) {
      EXPECT_EQ(error.findings().at(0).at, (text_position{3, 7}));
      return error.findings().at(0).expected;
    }
    return std::string("nothing");
  };
  EXPECT_EQ(refuse(number(2), parameter_kind::boolean), "true or false");
  EXPECT_EQ(refuse(text("maybe"), parameter_kind::boolean), "true or false");
  EXPECT_EQ(refuse(number(2.5), parameter_kind::integer), "an integer");
  EXPECT_EQ(refuse(number(1e300), parameter_kind::integer), "an integer");
  EXPECT_EQ(refuse(text("0,3"), parameter_kind::number), "a finite number");
  EXPECT_EQ(refuse(text(""), parameter_kind::number), "a finite number");
  EXPECT_EQ(refuse(text("nan"), parameter_kind::number), "a finite number");
  EXPECT_EQ(refuse(number(std::numeric_limits<double>::infinity()), parameter_kind::number),
            "a finite number");
}

}  // namespace
}  // namespace tensormerge
