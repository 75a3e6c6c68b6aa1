#pragma once

#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

#include "merge_case.hpp"

namespace tensormerge {

/// Expects a merge of floats to give these values, rounded once.
inline void expect_values(const merge_outcome<float>& outcome,
                          const std::vector<double>& expected) {
  ASSERT_EQ(outcome.problem, "");
  ASSERT_EQ(outcome.values.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(outcome.values[i], static_cast<float>(expected[i])) << "element " << i;
  }
}

/// Expects them within four units in the last place.
inline void expect_near(const merge_outcome<float>& outcome, const std::vector<double>& expected) {
  ASSERT_EQ(outcome.problem, "");
  ASSERT_EQ(outcome.values.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_FLOAT_EQ(outcome.values[i], static_cast<float>(expected[i])) << "element " << i;
  }
}

/// Expects a merge over a base of ones to have added these values.
inline void expect_update(const merge_outcome<float>& outcome,
                          const std::vector<double>& expected) {
  ASSERT_EQ(outcome.problem, "");
  ASSERT_EQ(outcome.values.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(outcome.values[i], 1 + expected[i], 1e-6) << "element " << i;
  }
}

}  // namespace tensormerge
