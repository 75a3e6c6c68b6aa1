// Laws that every method of the Gram family obeys.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/karcher.hpp>
#include <tensormerge/method/model_stock.hpp>
#include <tensormerge/method/multislerp.hpp>
#include <tensormerge/method/nuslerp.hpp>

#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

/// What a law needs of a method: its parameters and how many inputs and what base it is given.
struct nuslerp_whole {
  using method = nuslerp;
  static constexpr std::size_t inputs = 2;
  static constexpr bool has_base = false;
  static constexpr bool has_weights = true;
  static void set(nuslerp_parameters&) {}
};
struct nuslerp_deltas : nuslerp_whole {
  static constexpr bool has_base = true;
};
struct nuslerp_rows : nuslerp_whole {
  static void set(nuslerp_parameters& shared) { shared.nuslerp_flatten = false; }
};
struct nuslerp_columns : nuslerp_deltas {
  static void set(nuslerp_parameters& shared) {
    shared.nuslerp_flatten = false;
    shared.nuslerp_row_wise = true;
  }
};
struct multislerp_weights {
  using method = multislerp;
  static constexpr std::size_t inputs = 3;
  static constexpr bool has_base = false;
  static constexpr bool has_weights = true;
  static void set(multislerp_parameters&) {}
};
struct multislerp_deltas : multislerp_weights {
  static constexpr bool has_base = true;
};
struct karcher_three {
  using method = karcher;
  static constexpr std::size_t inputs = 3;
  static constexpr bool has_base = false;
  static constexpr bool has_weights = false;
  static void set(karcher_parameters&) {}
};
struct model_stock_whole {
  using method = model_stock;
  static constexpr std::size_t inputs = 3;
  static constexpr bool has_base = true;
  static constexpr bool has_weights = false;
  static void set(model_stock_parameters&) {}
};
struct model_stock_rows : model_stock_whole {
  static void set(model_stock_parameters& shared) { shared.filter_wise = true; }
};

template <class Method, class Storage>
struct law {
  using subject = Method;
  using storage = Storage;
};

template <class Law>
class gram_laws : public testing::Test {
 protected:
  using subject = typename Law::subject;
  using method = typename subject::method;
  using storage = typename Law::storage;
  using given_case = merge_case<method, storage>;

  static given_case make(shape dims, std::vector<numbers> inputs, numbers base, numbers weights) {
    given_case given(std::move(dims), std::move(inputs), subject::has_base ? base : numbers{});
    subject::set(given.shared);
    if constexpr (subject::has_weights) {
      using input_parameters = typename method::input_parameters;
      weights.resize(subject::inputs);
      given.set(&input_parameters::weight, weights);
    }
    return given;
  }

  /// Models tuned from one base.
  static given_case tuned(shape dims, double scale = 1) {
    const std::size_t elements = static_cast<std::size_t>(dims.elements());
    numbers base = random_values(elements, 1, 0.05 * scale);
    std::vector<numbers> inputs(subject::inputs, base);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const numbers change = random_values(elements, static_cast<unsigned>(i) + 2, 0.01 * scale);
      for (std::size_t k = 0; k < elements; ++k) inputs[i][k] += change[k];
    }
    return make(std::move(dims), std::move(inputs), std::move(base), {0.5, 0.75, 1.25});
  }

  /// Differences between outcomes that rounding to the storage type may make.
  static void expect_close(const std::vector<storage>& a, const std::vector<storage>& b,
                           double scale = 1) {
    ASSERT_EQ(a.size(), b.size());
    const double relative = sizeof(storage) == 2 ? 1.0 / 128 : 1e-6;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const double x = load<double>(a[i]) * scale, y = load<double>(b[i]);
      ASSERT_NEAR(x, y, relative * std::max(std::abs(y), 0.01 * scale)) << "element " << i;
    }
  }
};

using laws = testing::Types<
    law<nuslerp_whole, float>, law<nuslerp_whole, bfloat16>, law<nuslerp_whole, float16>,
    law<nuslerp_deltas, float>, law<nuslerp_deltas, bfloat16>, law<nuslerp_rows, float>,
    law<nuslerp_rows, bfloat16>, law<nuslerp_columns, float>, law<nuslerp_columns, bfloat16>,
    law<multislerp_weights, float>, law<multislerp_weights, bfloat16>,
    law<multislerp_weights, float16>, law<multislerp_deltas, float>,
    law<multislerp_deltas, bfloat16>, law<karcher_three, float>, law<karcher_three, bfloat16>,
    law<karcher_three, float16>, law<model_stock_whole, float>, law<model_stock_whole, bfloat16>,
    law<model_stock_whole, float16>, law<model_stock_rows, float>,
    law<model_stock_rows, bfloat16>>;
TYPED_TEST_SUITE(gram_laws, laws);

TYPED_TEST(gram_laws, equal_inputs_are_given_back) {
  const shape dims{12, 50};
  const numbers base = random_values(600, 1, 0.05), input = random_values(600, 2, 0.05);
  const auto given = this->make(dims, std::vector<numbers>(TypeParam::subject::inputs, input), base,
                                {0.5, 0.75, 1.25});
  EXPECT_EQ(merge_at_once(given).values, given.inputs[0]);
}

TYPED_TEST(gram_laws, the_order_of_the_models_changes_nothing) {
  const auto given = this->tuned({12, 50});
  auto turned = given;
  std::reverse(turned.inputs.begin(), turned.inputs.end());
  std::reverse(turned.per_input.begin(), turned.per_input.end());
  this->expect_close(merge_at_once(turned).values, merge_at_once(given).values);
}

TYPED_TEST(gram_laws, models_of_twice_the_size_give_twice_the_result) {
  const auto given = this->tuned({12, 50}), doubled = this->tuned({12, 50}, 2);
  this->expect_close(merge_at_once(given).values, merge_at_once(doubled).values, 2);
}

TYPED_TEST(gram_laws, tiles_threads_and_their_order_change_no_byte) {
  for (const shape& dims : {shape{100, 600}, shape{3, 70000}, shape{6, 5, 40}, shape{3001}}) {
    const auto given = this->tuned(dims);
    const auto expected = merge_at_once(given).values;
    for (const tiling& order : {tiling{256, 1, 1}, tiling{256, 7, 2}, tiling{3000, 2, 3},
                                tiling{40000, 3, 4}, tiling{1 << 20, 1, 5}}) {
      EXPECT_EQ(merge_in_tiles(given, order).values, expected)
          << to_string(dims) << ", tiles of " << order.tile_elements;
    }
  }
}

TYPED_TEST(gram_laws, a_nan_is_never_hidden) {
  auto given = this->tuned({12, 50});
  given.inputs[1][77] = nearest_even::store<typename TypeParam::storage>(std::nan(""));
  EXPECT_TRUE(std::isnan(load<double>(merge_at_once(given).values[77])));
}

TYPED_TEST(gram_laws, infinity_is_never_hidden) {
  auto given = this->tuned({12, 50});
  given.inputs[1][77] = nearest_even::store<typename TypeParam::storage>(HUGE_VAL);
  EXPECT_FALSE(std::isfinite(load<double>(merge_at_once(given).values[77])));
}

}  // namespace
}  // namespace tensormerge
