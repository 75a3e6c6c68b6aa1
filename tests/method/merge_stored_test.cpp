#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <random>
#include <span>
#include <vector>

#include <boost/hana/for_each.hpp>
#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>
#include <gtest/gtest.h>

#include <tensormerge/dtype/stochastic_rounding.hpp>
#include <tensormerge/merge.hpp>
#include <tensormerge/method/breadcrumbs_ties.hpp>
#include <tensormerge/method/dare_linear.hpp>
#include <tensormerge/method/dare_ties.hpp>
#include <tensormerge/method/karcher.hpp>
#include <tensormerge/method/merge_stored.hpp>
#include <tensormerge/method/model_stock.hpp>
#include <tensormerge/method/multislerp.hpp>
#include <tensormerge/method/nearswap.hpp>
#include <tensormerge/method/nuslerp.hpp>
#include <tensormerge/method/ram.hpp>
#include <tensormerge/method/slerp.hpp>
#include <tensormerge/method/task_arithmetic.hpp>
#include <tensormerge/method/ties.hpp>
#include <tensormerge/tensor/tile_size.hpp>

namespace tensormerge {
namespace {

constexpr std::size_t rows = 37, columns = 61, size = rows * columns;

/// A base, and four models that are near to it; with zeros of both signs and, if wanted,
/// with what is not finite.
template <class Storage>
struct stored_models {
  std::array<std::vector<Storage>, 5> tensors;

  explicit stored_models(bool all_finite = true) {
    std::mt19937 random(11);
    std::normal_distribution<float> weight(0, 1), change(0, 0.1f);
    for (std::size_t i = 0; i < size; ++i) {
      const float base = weight(random);
      for (std::vector<Storage>& each : tensors) {
        const bool same = random() % 8 == 0;
        each.push_back(nearest_even::store<Storage>(same ? base : base + change(random)));
      }
    }
    tensors[0][3] = tensors[1][3] = nearest_even::store<Storage>(-0.0f);
    tensors[2][3] = nearest_even::store<Storage>(0.0f);
    if (all_finite) return;
    tensors[0][5] = tensors[1][6] = nearest_even::store<Storage>(
        std::numeric_limits<float>::quiet_NaN());
    tensors[1][7] = tensors[2][7] = tensors[2][8] = nearest_even::store<Storage>(
        std::numeric_limits<float>::infinity());
  }

  /// The elements from `first` on.
  stored_elements<Storage> elements(std::span<const Storage*> pointers, Storage* out,
                                    std::size_t first = 0) const {
    for (std::size_t i = 0; i < pointers.size(); ++i) pointers[i] = tensors[i + 1].data() + first;
    return {.out = out == nullptr ? nullptr : out + first,
            .base = tensors[0].data() + first,
            .inputs = pointers,
            .first = first};
  }

  /// Some elements in the compute type.
  template <class Real>
  tile<Real> loaded(std::array<std::vector<Real>, 5>& values, std::span<const Real*> pointers,
                    std::size_t begin, std::size_t count) const {
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      values[i].resize(count);
      load_tile(tensors[i].data() + begin, values[i].data(), count);
      if (i > 0 && i <= pointers.size()) pointers[i - 1] = values[i].data();
    }
    return {.inputs = pointers, .base = values[0].data(), .size = count, .first = begin};
  }
};

template <class Method>
typename Method::parameters some_parameters() {
  typename Method::parameters shared{};
  if constexpr (requires { shared.t = 0.3; }) shared.t = 0.03;
  if constexpr (requires { shared.lambda = 0.3; }) shared.lambda = 0.7;
  return shared;
}

template <class Method>
std::vector<typename Method::input_parameters> some_inputs(std::size_t number) {
  std::vector<typename Method::input_parameters> own(number);
  for (std::size_t i = 0; i < number; ++i) {
    if constexpr (requires { own[0].weight = 0.7; }) own[i].weight = i == 1 ? -0.6 : 0.5;
    if constexpr (requires { own[0].density = 0.5; }) own[i].density = 0.5;
  }
  return own;
}

/// A kernel and its memory.
template <class Method, class Real>
struct made_kernel {
  using kernel_type = typename Method::template kernel<Real>;

  explicit made_kernel(std::size_t number, typename Method::parameters given)
      : shared(given), own(some_inputs<Method>(number)) {}

  typename Method::parameters shared;
  std::vector<typename Method::input_parameters> own;
  tensor_facts facts = matrix_facts(rows, columns, 99);
  std::vector<std::byte> memory =
      std::vector<std::byte>(kernel_scratch_bytes<kernel_type>(own.size(), shared, facts));
  std::vector<std::byte> seen_memory =
      std::vector<std::byte>(kernel_statistic_bytes<kernel_type>(own.size(), shared, facts));
  scratch rest = scratch(memory), seen_rest = scratch(seen_memory);
  kernel_type kernel = kernel_type(
      shared, std::span<const typename Method::input_parameters>(own), facts, rest);
  typename kernel_type::statistic seen = kernel.make_statistic(seen_rest);
};

template <class Storage>
class merge_stored : public testing::Test {
 protected:
  using real = compute_type<Storage>;

  /// Calls `visit(begin, count)` for ranges of a tensor, the last ones first.
  template <class Visitor>
  static void for_each_range(std::size_t range, Visitor visit) {
    for (std::size_t end = size; end > 0;) {
      const std::size_t begin = (end - 1) / range * range;
      visit(begin, end - begin);
      end = begin;
    }
  }

  /// Whether two merges are equal, all NaN being so.
  static bool equal(const std::vector<Storage>& a, const std::vector<Storage>& b) {
    for (std::size_t i = 0; i < a.size(); ++i) {
      const double x = load<double>(a[i]), y = load<double>(b[i]);
      if (std::isnan(x) != std::isnan(y)) return false;
      if (!std::isnan(x) && std::memcmp(&a[i], &b[i], sizeof(Storage)) != 0) return false;
    }
    return true;
  }

  /// Merges by tiles and, in ranges and over each of the tensors, without; expects the same bits.
  template <class Method, class Rounding = nearest_even>
  void expect_bits_of_tiles(std::size_t number, bool all_finite = true) {
    const typename Method::parameters shared = some_parameters<Method>();
    const stored_models<Storage> models(all_finite);
    made_kernel<Method, real> by_tiles(number, shared), directly(number, shared);
    std::array<std::vector<real>, 5> values;
    std::vector<const real*> tile_inputs(number);
    std::vector<const Storage*> inputs(number);
    while (by_tiles.kernel.wants_observation()) {
      ASSERT_TRUE(directly.kernel.wants_observation());
      for_each_range(default_tile_elements<real>, [&](std::size_t begin, std::size_t count) {
        by_tiles.kernel.observe(models.loaded(values, std::span(tile_inputs), begin, count),
                                by_tiles.seen);
      });
      by_tiles.kernel.conclude(by_tiles.seen);
      by_tiles.seen.clear();
      for_each_range(3 * block_elements, [&](std::size_t begin, std::size_t count) {
        ASSERT_TRUE(observe_stored(directly.kernel, models.elements(inputs, nullptr, begin), count,
                                   directly.seen));
      });
      directly.kernel.conclude(directly.seen);
      directly.seen.clear();
    }
    std::vector<Storage> expected(size);
    for_each_range(default_tile_elements<real>, [&](std::size_t begin, std::size_t count) {
      std::vector<real> made(count);
      apply_kernel(by_tiles.kernel, models.loaded(values, std::span(tile_inputs), begin, count),
                   made.data(), by_tiles.seen);
      store_tile<Rounding>(made.data(), expected.data() + begin, count, 99, begin);
    });
    for (std::size_t over = 0; over <= number + 1; ++over) {
      stored_models<Storage> written = models;
      std::vector<Storage> apart(size);
      std::vector<Storage>& out = over <= number ? written.tensors[over] : apart;
      for_each_range(5 * block_elements, [&](std::size_t begin, std::size_t count) {
        ASSERT_TRUE(apply_stored<Rounding>(
            directly.kernel, written.elements(inputs, out.data(), begin), count, 99));
      });
      EXPECT_TRUE(equal(out, expected))
          << Method::facts.name << " of " << number << " written over " << over;
    }
  }
};

using storage_types = testing::Types<float16, bfloat16, float, float8_e5m2>;
TYPED_TEST_SUITE(merge_stored, storage_types);

TYPED_TEST(merge_stored, has_the_bits_of_tiles_where_inner_products_are_observed) {
  for (const bool all_finite : {true, false}) {
    this->template expect_bits_of_tiles<slerp>(1, all_finite);
  }
  boost::hana::for_each(boost::hana::tuple_t<karcher, multislerp, model_stock, nuslerp>,
                        [&](auto method) {
                          using merged = typename decltype(method)::type;
                          this->template expect_bits_of_tiles<merged>(2);
                        });
}

TYPED_TEST(merge_stored, has_the_bits_of_tiles_where_an_element_makes_an_element) {
  for (const bool all_finite : {true, false}) {
    this->template expect_bits_of_tiles<nearswap>(1, all_finite);
    this->template expect_bits_of_tiles<ram>(1, all_finite);
    this->template expect_bits_of_tiles<ram>(2, all_finite);
    this->template expect_bits_of_tiles<ram>(3, all_finite);
  }
}

TYPED_TEST(merge_stored, has_the_bits_of_tiles_where_task_vectors_are_mixed) {
  for (const bool all_finite : {true, false}) {
    this->template expect_bits_of_tiles<dare_linear>(2, all_finite);
    this->template expect_bits_of_tiles<dare_ties>(2, all_finite);
    this->template expect_bits_of_tiles<ties>(1, all_finite);
    this->template expect_bits_of_tiles<ties>(2, all_finite);
    this->template expect_bits_of_tiles<ties>(4, all_finite);
    this->template expect_bits_of_tiles<breadcrumbs_ties>(2, all_finite);
    this->template expect_bits_of_tiles<task_arithmetic>(3, all_finite);
  }
}

TYPED_TEST(merge_stored, rounds_by_the_place_in_the_tensor) {
  this->template expect_bits_of_tiles<dare_ties, stochastic_rounding>(2);
}

TYPED_TEST(merge_stored, leaves_to_tiles_what_would_load_elements_many_times) {
  const stored_models<TypeParam> models;
  made_kernel<karcher, compute_type<TypeParam>> made(3, {});
  std::vector<const TypeParam*> inputs(3);
  EXPECT_FALSE(observe_stored(made.kernel, models.elements(inputs, nullptr), size, made.seen));
}

TEST(merge_stored, tells_a_result_that_is_one_of_the_tensors_it_is_made_of) {
  std::array<float, 4> tensors{};
  const float* inputs[] = {&tensors[1], &tensors[2]};
  const auto is_apart = [&](std::size_t out) {
    return detail::is_apart<float>({.out = &tensors[out], .base = &tensors[0], .inputs = inputs});
  };
  EXPECT_FALSE(is_apart(0) || is_apart(1) || is_apart(2));
  EXPECT_TRUE(is_apart(3));
}

TYPED_TEST(merge_stored, leaves_to_tiles_what_has_no_base) {
  const stored_models<TypeParam> models;
  made_kernel<ram, compute_type<TypeParam>> made(2, {});
  std::vector<const TypeParam*> inputs(2);
  std::vector<TypeParam> out(size);
  stored_elements<TypeParam> elements = models.elements(inputs, out.data());
  elements.base = nullptr;
  EXPECT_FALSE(apply_stored<nearest_even>(made.kernel, elements, size, 0));
}

/// Derived from a kernel that makes elements, and none.
struct doubled_ram : ram {
  template <class Real>
  class kernel : public ram::kernel<Real> {
   public:
    using ram::kernel<Real>::kernel;
    void apply(const tile<Real>& piece, Real* out) const {
      ram::kernel<Real>::apply(piece, out);
      for (std::size_t i = 0; i < piece.size; ++i) out[i] *= 2;
    }
  };
};

/// Looks at anything, as if it were in the compute type, but does not say that it may.
struct generic_kernel : needs_no_observation<float> {
  void observe(const auto& piece, statistic&) const { static_cast<void>(*piece.base + 1.0f); }
  void apply(const auto& piece, auto* out) const { *out = *piece.base; }
};

/// Takes over another kernel's way of storing beside a way of its own.
struct other_dare : dare_ties {
  template <class Real>
  class kernel : public dare_ties::kernel<Real> {
   public:
    using dare_ties::kernel<Real>::kernel;
    using dare_ties::kernel<Real>::apply;
    void apply(const tile<Real>&, Real*) const {}
  };
};

static_assert(!observes_stored<generic_kernel, bfloat16>);
static_assert(!applies_stored<generic_kernel, bfloat16, nearest_even>);
static_assert(!applies_stored<other_dare::kernel<float>, bfloat16, nearest_even>);
static_assert(!applies_stored<task_arithmetic::kernel<float>, bfloat16, nearest_even>);
static_assert(makes_elements<ram::kernel<float>, float, 2>);
static_assert(makes_elements<nearswap::kernel<float>, float, 1>);
static_assert(!makes_elements<nearswap::kernel<float>, float, 2>);
static_assert(!makes_elements<doubled_ram::kernel<float>, float, 2>);
static_assert(applies_stored<dare_ties::kernel<float>, bfloat16, nearest_even>);
static_assert(!applies_stored<doubled_ram::kernel<float>, bfloat16, nearest_even>);

}  // namespace
}  // namespace tensormerge
