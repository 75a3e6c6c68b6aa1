#include <utility>

#include <gtest/gtest.h>

#include <tensormerge/policy/spectrum/spectrum_memory.hpp>

#include "lent_memory.hpp"

namespace tensormerge {
namespace {

TEST(spectrum_memory, has_room_for_all_that_it_says) {
  for (const auto& of : {spectrum_memory::extents{3, 4, 0}, spectrum_memory::extents{4, 3, 2},
                         spectrum_memory::extents{1, 1, 9}, spectrum_memory::extents{2, 100, 3}}) {
    lent_memory lent(spectrum_memory::scratch_bytes(of));
    spectrum_memory room(of, lent.memory);
    EXPECT_NE(room.merged.data(), nullptr);
    EXPECT_NE(room.some.data(), nullptr) << "the last that is taken";
    for (const auto& [rows, columns] : {std::pair(of.rows, of.columns),
                                        std::pair(of.rows, of.directions),
                                        std::pair(of.columns, of.directions)}) {
      const Eigen::MatrixXd ones = Eigen::MatrixXd::Ones(rows, columns);
      room.svd.decompose(ones);
      EXPECT_EQ(room.svd.values().size(), ones.size() == 0 ? 0 : 1);
    }
  }
}

}  // namespace
}  // namespace tensormerge
