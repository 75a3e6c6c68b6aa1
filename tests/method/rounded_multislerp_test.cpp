#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/multislerp.hpp>

#include "rounded_case.hpp"

namespace tensormerge {
namespace {

TEST(rounded_multislerp, rounds_every_step_as_torch_does) {
  auto models = rounded_case<multislerp>({tuned_base, first_tune, second_tune}, {});
  models.per_input = {{.weight = 0.2}, {.weight = 0.5}, {.weight = 0.3}};
  const bits expected{0xbb3e, 0x3d1b, 0x3d77, 0xbd55, 0x3dd2, 0xbd1d,
                      0xbbf5, 0x3d93, 0x3c4d, 0xbdc0, 0x3c59, 0x3b86};
  EXPECT_EQ(merged_bits(models), expected);
}

TEST(rounded_multislerp, rounds_changes_from_a_base) {
  auto models = rounded_case<multislerp>({first_tune, second_tune}, tuned_base);
  models.shared = {.normalize_weights = false, .eps = 1e-6};
  models.per_input = {{.weight = 0.8}, {.weight = 0.9}};
  const bits expected{0x3c2e, 0x3cec, 0x3dab, 0xbd52, 0x3e03, 0xbc92,
                      0xba80, 0x3da2, 0x3c2b, 0xbddf, 0x3c16, 0x3b71};
  EXPECT_EQ(merged_bits(models), expected);
}

TEST(rounded_multislerp, says_where_directions_cancel_out) {
  auto models = rounded_case<multislerp>({tuned_base, tuned_base, tuned_base}, tuned_base);
  models.per_input = {{.weight = 1}, {.weight = 1}, {.weight = 1}};
  EXPECT_NE(merge_computed(models, {}).problem, "");
}

}  // namespace
}  // namespace tensormerge
