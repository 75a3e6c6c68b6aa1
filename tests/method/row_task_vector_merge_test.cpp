#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/row_task_vector_merge.hpp>
#include <tensormerge/policy/consensus/all_agree.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

struct row_parameters {
  double lambda = 1;
};
struct row_input_parameters {
  double weight = 1;
};

/// A row sparsifier of a user's own: keeps the elements that are equal to their row's maximum, plus
/// its row number, so that a test sees what it was given.
struct keep_row_maximum {
  template <class Real>
  class selector {
   public:
    struct statistic {
      static constexpr std::size_t scratch_bytes() { return 0; }
      explicit statistic(scratch&) {}
      void combine(const statistic&) {}
      void clear() {}
      Real maximum = 0;
    };
    selector(const row_parameters&, const row_input_parameters&, const tensor_facts&,
             std::size_t) {}
    const char* problem() const { return nullptr; }
    bool wants_observation() const { return false; }
    template <class Blocks>
    void observe_row(std::uint64_t, Blocks&&, statistic&) const {}
    void conclude(const statistic&) {}
    template <class Blocks>
    void begin_row(std::uint64_t, Blocks&& blocks, statistic& working) const {
      working.maximum = 0;
      blocks([&](delta_block<Real> block) {
        for (const Real x : block.values) working.maximum = std::max(working.maximum, x);
      });
    }
    void keep(delta_block<Real> block, std::uint64_t row, std::uint64_t column,
              statistic& working) const {
      for (std::size_t i = 0; i < block.size(); ++i) {
        const bool kept = block[i] == working.maximum;
        block[i] = kept ? static_cast<Real>(1000 * row + column + i) : Real{0};
      }
    }
  };
};

struct row_maxima : row_task_vector_merge<keep_row_maximum, all_agree, row_parameters,
                                          row_input_parameters> {
  static constexpr method_facts facts{.name = "row_maxima", .base = base_use::required};
};

TEST(row_task_vector_merge, shows_a_whole_row_before_any_of_it_is_kept) {
  // Rows of more than one block, the maxima at columns 400, 0 and 300 of the rows 0, 1 and 2.
  constexpr std::size_t row = 450;
  std::vector<double> delta(3 * row, 1), expected(3 * row, 0);
  const std::size_t columns[] = {400, 0, 300};
  for (std::size_t i = 0; i < 3; ++i) {
    delta[i * row + columns[i]] = 2;
    expected[i * row + columns[i]] = static_cast<double>(1000 * i + columns[i]);
  }
  const merge_case<row_maxima, float> given({3, row}, {delta}, std::vector<double>(3 * row, 0));
  expect_values(merge_at_once(given), expected);
  expect_values(merge_in_tiles(given, {row, 2, 1}), expected);
}

TEST(row_task_vector_merge, mixes_the_rows_of_all_models) {
  const merge_case<row_maxima, float> given({2, 2}, {{1, 5, 5, 1}, {1, 5, 1, 5}}, {0, 0, 0, 0});
  expect_values(merge_at_once(given), {0, 2, 1000, 1001});
}

}  // namespace
}  // namespace tensormerge
