#include <tensormerge/config/read_struct.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <boost/hana/define_struct.hpp>
#include <gtest/gtest.h>

#include <tensormerge/document/load_yaml.hpp>

namespace {

struct inner {
  BOOST_HANA_DEFINE_STRUCT(inner, (std::string, name), (std::optional<double>, share));
  tensormerge::text_position at{};
};

struct outer {
  BOOST_HANA_DEFINE_STRUCT(outer, (bool, on), (std::int64_t, count), (std::vector<inner>, list),
                           (std::array<double, 2>, pair),
                           (std::variant<std::string, inner>, either));
};

outer read(const std::string& yaml) {
  return tensormerge::read_struct<outer>(tensormerge::load_yaml(yaml, "c.yml"));
}

TEST(read_struct, fills_any_struct_that_hana_knows) {
  const outer result = read("on: true\ncount: 3\nlist: [{name: a, share: 0.5}, {name: b}]\n"
                            "pair: [1, 2]\neither: {name: c}\n");
  EXPECT_TRUE(result.on);
  EXPECT_EQ(result.count, 3);
  ASSERT_EQ(result.list.size(), 2U);
  EXPECT_EQ(result.list[0].share, 0.5);
  EXPECT_EQ(result.list[1].name, "b");
  EXPECT_EQ(result.pair[1], 2);
  EXPECT_EQ(std::get<inner>(result.either).name, "c");
}

TEST(read_struct, gives_a_member_at_the_place_of_its_mapping) {
  EXPECT_EQ(read("list:\n  - name: a\n").list.at(0).at, (tensormerge::text_position{2, 5}));
}

TEST(read_struct, keeps_defaults_where_keys_are_missing_or_null) {
  const outer result = read("count: null\nother: 5\n");
  EXPECT_EQ(result.count, 0);
  EXPECT_TRUE(result.list.empty());
}

TEST(read_struct, names_the_place_of_a_value_of_another_type) {
  const auto refuse = [](const std::string& yaml) {
    try {
      read(yaml);
    } catch (const tensormerge::failure& error) {
      EXPECT_EQ(error.findings().at(0).at.line, 1U);
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(refuse("list: [{name: a, share: much}]"),
            "error: list[0].share: wrong value, expected a number, found `much`");
  EXPECT_EQ(refuse("count: 1.5"), "error: count: wrong value, expected an integer, found `1.5`");
  EXPECT_EQ(refuse("count: 1e30"), "error: count: wrong value, expected an integer, found `1e30`");
  EXPECT_EQ(refuse("pair: [1]"),
            "error: pair: wrong value, expected a list of 2 items, found a list");
  EXPECT_EQ(refuse("either: 4"), "error: either: wrong value, expected another form, found `4`");
  EXPECT_EQ(refuse("[]"), "error: wrong value, expected a mapping, found a list");
}

}  // namespace
