#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/interpolate/column_products.hpp>

namespace tensormerge {
namespace {

class columns : public testing::Test {
 protected:
  column_products make(std::uint64_t count) {
    lent_.emplace_back(column_products::scratch_bytes(count));
    scratch memory(lent_.back());
    return {count, memory};
  }

  static void expect(const column_products::entry& entry, double first_first,
                     double second_second, double first_second) {
    EXPECT_EQ(entry.first_first.value(), first_first);
    EXPECT_EQ(entry.second_second.value(), second_second);
    EXPECT_EQ(entry.first_second.value(), first_second);
  }

 private:
  std::vector<std::vector<std::byte>> lent_;
};

static_assert(sizeof(column_products::entry) == 96);

const std::vector<float> a{1, 2, 3, 4, 5, 6}, b{0, 1, 0, 1, 2, -1}, base{1, 1, 1, 1, 1, 1};

TEST_F(columns, sums_products_down_each_column) {
  column_products products = make(3);
  products.add<float>(a.data(), b.data(), nullptr, 0, 6);
  expect(products.entries()[0], 1 + 16, 0 + 1, 0 + 4);
  expect(products.entries()[1], 4 + 25, 1 + 4, 2 + 10);
  expect(products.entries()[2], 9 + 36, 0 + 1, 0 - 6);
}

TEST_F(columns, subtracts_an_origin_first) {
  column_products products = make(2);
  products.add<float>(a.data(), b.data(), base.data(), 0, 6);
  expect(products.entries()[0], 0 + 4 + 16, 1 + 1 + 1, 0 - 2 + 4);
}

TEST_F(columns, groups_fewer_rows_the_longer_they_are) {
  EXPECT_EQ(column_products::group_rows(1), 16u);
  EXPECT_EQ(column_products::group_rows(4096), 16u);
  EXPECT_EQ(column_products::group_rows(14336), 4u);
  EXPECT_EQ(column_products::group_rows(1 << 20), 1u);
}

TEST_F(columns, takes_any_range_where_a_group_is_one_row) {
  constexpr std::size_t width = 70000;
  std::vector<float> wide(2 * width);
  for (std::size_t i = 0; i < wide.size(); ++i) wide[i] = static_cast<float>(i % 13) * 0.37f;
  column_products whole = make(width), parts = make(width);
  whole.add<float>(wide.data(), wide.data(), nullptr, 0, wide.size());
  for (std::size_t first = 0; first < wide.size(); first += 768) {
    parts.add<float>(wide.data() + first, wide.data() + first, nullptr, first,
                     std::min<std::size_t>(768, wide.size() - first));
  }
  for (const std::size_t column : {0u, 1u, 767u, 768u, 69999u}) {
    const double expected = whole.entries()[column].first_first.value();
    expect(parts.entries()[column], expected, expected, expected);
  }
}

TEST_F(columns, adds_blocks_of_a_single_vector) {
  column_products products = make(1);
  products.add_block<float>(a.data(), b.data(), nullptr, 4);
  products.add_block<float>(a.data() + 4, b.data() + 4, base.data() + 4, 2);
  expect(products.entries()[0], 30 + 16 + 25, 2 + 1 + 4, 6 + 4 - 10);
}

TEST_F(columns, combines_and_clears) {
  column_products left = make(3), right = make(3);
  left.add<float>(a.data(), b.data(), nullptr, 0, 3);
  right.add<float>(a.data() + 3, b.data() + 3, nullptr, 3, 3);
  left.combine(right);
  expect(left.entries()[1], 29, 5, 12);
  left.clear();
  expect(left.entries()[1], 0, 0, 0);
}

}  // namespace
}  // namespace tensormerge
