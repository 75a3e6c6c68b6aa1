#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/sparsify/rescaled_selector.hpp>
#include <tensormerge/policy/sparsify/sparsifier.hpp>

#include "selector_case.hpp"

namespace tensormerge {
namespace {

/// A choice of a user's own: every other element.
struct keep_even {
  template <class Real>
  struct choice {
    struct statistic {
      static constexpr std::size_t scratch_bytes() { return 0; }
      explicit statistic(scratch&) {}
      void combine(const statistic&) {}
      void clear() {}
    };
    template <class Parameters, class InputParameters>
    choice(const Parameters&, const InputParameters& input, const tensor_facts&, std::size_t)
        : all(input.density >= 1) {}
    bool keeps_all() const { return all; }
    bool wants_observation() const { return false; }
    void observe(const Real*, std::size_t, std::uint64_t, statistic&) const {}
    void conclude(const statistic&) {}
    void mask(const Real*, std::size_t size, std::uint64_t first, Real* kept) const {
      for (std::size_t i = 0; i < size; ++i) kept[i] = (first + i) % 2 == 0 ? Real{1} : Real{0};
    }
    bool all;
  };
  template <class Real>
  using selector = rescaled_selector<choice<Real>, Real>;
};

static_assert(sparsifier<keep_even, float> && sparsifier<keep_even, double>);

TEST(rescaled_selector, multiplies_by_the_mask_of_any_choice) {
  EXPECT_EQ(sparsified<keep_even>(std::vector<float>{1, 2, 3, 4}, {}, {.density = 0.5}),
            (std::vector<float>{1, 0, 3, 0}));
}

/// The same, which scales what it chooses by itself.
struct scale_even {
  template <class Real>
  struct choice : keep_even::choice<Real> {
    using keep_even::choice<Real>::choice;
    void scale(Real* values, std::size_t size, std::uint64_t first, Real factor) const {
      for (std::size_t i = 0; i < size; ++i) values[i] *= (first + i) % 2 == 0 ? factor : Real{0};
    }
  };
  template <class Real>
  using selector = rescaled_selector<choice<Real>, Real>;
};

TEST(rescaled_selector, leaves_scaling_to_a_choice_that_scales) {
  EXPECT_EQ(sparsified<scale_even>(std::vector<float>{1, 2, 3, -2}, {.rescale = true},
                                   {.density = 0.5}),
            (std::vector<float>{2, 0, 6, 0}));
}

TEST(rescaled_selector, gives_the_kept_elements_the_norm_of_all) {
  EXPECT_EQ(sparsified<keep_even>(std::vector<float>{1, 2, 3, -2}, {.rescale = true},
                                  {.density = 0.5}),
            (std::vector<float>{2, 0, 6, 0}));
}

TEST(rescaled_selector, leaves_alone_what_is_kept_whole) {
  EXPECT_EQ(sparsified<keep_even>(std::vector<float>{1, 2}, {.rescale = true}, {.density = 1}),
            (std::vector<float>{1, 2}));
}

}  // namespace
}  // namespace tensormerge
