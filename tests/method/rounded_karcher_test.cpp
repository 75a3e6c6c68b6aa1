#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/karcher.hpp>

#include "rounded_case.hpp"

namespace tensormerge {
namespace {

TEST(rounded_karcher, rounds_every_step_as_torch_does) {
  const auto models = rounded_case<karcher>({tuned_base, first_tune, second_tune}, {});
  const bits expected{0xbb36, 0x3d18, 0x3d70, 0xbd5f, 0x3dca, 0xbd1e,
                      0xbc42, 0x3d8c, 0x3c19, 0xbdbd, 0x3c66, 0x3bb0};
  EXPECT_EQ(merged_bits(models), expected);
}

TEST(rounded_karcher, takes_several_steps_between_distant_models) {
  const auto difference = [](const bits& a, const bits& b) {
    bits list;
    for (std::size_t i = 0; i < a.size(); ++i) {
      list.push_back(to_bfloat16(to_float(bfloat16{a[i]}) - to_float(bfloat16{b[i]})).bits);
    }
    return list;
  };
  auto models =
      rounded_case<karcher>({tuned_base, difference(first_tune, second_tune)}, {});
  models.shared.max_iter = 3;
  const bits expected{0xbc95, 0x3d09, 0x3c80, 0x3a3d, 0x3d46, 0xbd2f,
                      0x3cf4, 0x3d60, 0x3d20, 0xbd06, 0x3b69, 0xbc27};
  EXPECT_EQ(merged_bits(models), expected);
}

TEST(rounded_karcher, gives_zeros_for_zeros) {
  const auto models = rounded_case<karcher>({bits(12), bits(12)}, {});
  EXPECT_EQ(merged_bits(models), bits(12));
}

}  // namespace
}  // namespace tensormerge
