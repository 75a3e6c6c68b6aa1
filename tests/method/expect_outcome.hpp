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

}  // namespace tensormerge
