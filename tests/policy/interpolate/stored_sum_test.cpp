#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <span>
#include <vector>

#include <boost/hana/for_each.hpp>
#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>
#include <gtest/gtest.h>

#include <tensormerge/merge.hpp>
#include <tensormerge/method/karcher.hpp>
#include <tensormerge/method/linear.hpp>
#include <tensormerge/method/model_stock.hpp>
#include <tensormerge/method/multislerp.hpp>
#include <tensormerge/method/nuslerp.hpp>
#include <tensormerge/method/passthrough.hpp>
#include <tensormerge/method/slerp.hpp>
#include <tensormerge/method/task_arithmetic.hpp>
#include <tensormerge/policy/interpolate/stored_sum.hpp>

namespace tensormerge {
namespace {

template <class Storage>
class stored_sum : public testing::Test {
 protected:
  std::vector<Storage> numbers(std::size_t count) {
    std::uniform_real_distribution<float> some(-2, 2);
    std::vector<Storage> list(count);
    for (Storage& each : list) each = nearest_even::store<Storage>(some(random_));
    return list;
  }

  static bool equal(const std::vector<Storage>& a, const std::vector<Storage>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(Storage)) == 0;
  }

  std::mt19937 random_{5};
};

using storage_types = testing::Types<float16, bfloat16, float, double, float8_e4m3>;
TYPED_TEST_SUITE(stored_sum, storage_types);

TYPED_TEST(stored_sum, is_the_weighted_sum_rounded_once) {
  using real = compute_type<TypeParam>;
  using of = typename weighted_form<real>::of;
  for (const std::size_t count : {0u, 1u, 63u, 64u, 1000u}) {
    const auto base = this->numbers(count), x = this->numbers(count), y = this->numbers(count);
    const std::array<const TypeParam*, 2> inputs{x.data(), y.data()};
    const std::array<real, 2> c{real(0.3), real(0.9)};
    const auto at = [](const std::vector<TypeParam>& v, std::size_t i) { return load<real>(v[i]); };
    const auto expect = [&](weighted_form<real> form, std::span<const TypeParam* const> vectors,
                            auto value) {
      std::vector<TypeParam> made(count), expected(count);
      for (std::size_t i = 0; i < count; ++i) {
        expected[i] = nearest_even::store<TypeParam>(static_cast<real>(value(i)));
      }
      ASSERT_TRUE(sum_stored<nearest_even>(form, base.data(), vectors, made.data(), count));
      EXPECT_TRUE(this->equal(made, expected)) << count << " elements";
    };
    expect({of::inputs, c}, inputs,
           [&](std::size_t i) { return c[0] * at(x, i) + c[1] * at(y, i); });
    expect({of::inputs, c}, std::span(inputs).first(1),
           [&](std::size_t i) { return c[0] * at(x, i); });
    expect({of::base_and_inputs, c}, std::span(inputs).first(1),
           [&](std::size_t i) { return c[0] * at(base, i) + c[1] * at(x, i); });
    expect({of::deltas, c}, inputs, [&](std::size_t i) {
      const real origin = at(base, i);
      return c[0] * (at(x, i) - origin) + c[1] * (at(y, i) - origin) + origin;
    });
  }
}

TYPED_TEST(stored_sum, may_take_the_place_of_a_vector) {
  using real = compute_type<TypeParam>;
  auto x = this->numbers(1000), base = this->numbers(1000);
  std::vector<TypeParam> expected(1000);
  const std::array<real, 1> half{real(0.5)};
  const weighted_form<real> form{weighted_form<real>::of::deltas, half};
  const std::array<const TypeParam*, 1> inputs{x.data()};
  ASSERT_TRUE(sum_stored<nearest_even>(form, base.data(), std::span<const TypeParam* const>(inputs),
                                       expected.data(), 1000));
  ASSERT_TRUE(sum_stored<nearest_even>(form, base.data(), std::span<const TypeParam* const>(inputs),
                                       x.data(), 1000));
  EXPECT_TRUE(this->equal(x, expected));
}

TYPED_TEST(stored_sum, leaves_to_others_what_it_cannot_do) {
  using real = compute_type<TypeParam>;
  const auto x = this->numbers(8);
  std::vector<TypeParam> out(8);
  const std::array<real, 4> c{1, 1, 1, 1};
  const std::array<const TypeParam*, 4> inputs{x.data(), x.data(), x.data(), x.data()};
  const std::span<const TypeParam* const> none{};
  using form = weighted_form<real>;
  EXPECT_FALSE(sum_stored<nearest_even>(form{}, x.data(), none, out.data(), 8));
  EXPECT_FALSE(sum_stored<nearest_even>(form{form::of::inputs, c}, x.data(),
                                        std::span<const TypeParam* const>(inputs), out.data(), 8));
  EXPECT_FALSE(sum_stored<nearest_even>(form{form::of::inputs, c}, x.data(), none, out.data(), 8));
}

/// Rounds as nearest_even does, but seems to depend on the place, so that tiles are made.
struct nearest_in_tiles {
  explicit nearest_in_tiles(std::uint64_t) {}
  template <class Storage, class Real>
  Storage store(Real x, std::uint64_t) const {
    return nearest_even::store<Storage>(x);
  }
};

TYPED_TEST(stored_sum, makes_the_bits_of_tiles_for_every_method_that_is_a_sum) {
  constexpr std::size_t rows = 37, columns = 61;
  auto base = this->numbers(rows * columns), x = this->numbers(rows * columns),
       y = this->numbers(rows * columns), z = this->numbers(rows * columns);
  base[0] = x[0] = y[0] = nearest_even::store<TypeParam>(-0.0f);
  base[1] = x[1] = nearest_even::store<TypeParam>(0.0f);
  const std::array<const TypeParam*, 3> inputs{x.data(), y.data(), z.data()};
  const tensor_facts facts = matrix_facts(rows, columns);
  const auto merged_by = [&]<class Method, class Rounding>(Method*, Rounding*, std::size_t number) {
    typename Method::parameters shared{};
    if constexpr (requires { shared.t = 0.3; }) shared.t = 0.3;
    if constexpr (requires { shared.lambda = 0.3; }) shared.lambda = 0.3;
    std::vector<typename Method::input_parameters> own(number);
    if constexpr (requires { own[0].weight = 0.7; }) {
      own[0].weight = 0.7;
      if (number > 1) own[1].weight = -1.1;
    }
    std::vector<std::byte> memory(merge_scratch_bytes<Method, TypeParam>(shared, number, facts));
    std::vector<TypeParam> out(rows * columns);
    const TypeParam* const origin = Method::facts.base == base_use::ignored ? nullptr : base.data();
    const char* problem = merge<Method, TypeParam, Rounding>(
        {out.data(), origin, std::span(inputs).first(number), facts}, shared, own, memory);
    EXPECT_EQ(problem, nullptr) << Method::facts.name;
    return out;
  };
  boost::hana::for_each(
      boost::hana::tuple_t<linear, slerp, nuslerp, multislerp, karcher, model_stock, passthrough,
                           task_arithmetic>,
      [&](auto method) {
        using merged = typename decltype(method)::type;
        merged* const the_method = nullptr;
        for (const std::size_t number : {1u, 2u, 3u}) {
          if (number < merged::facts.least_inputs || number > merged::facts.most_inputs) continue;
          EXPECT_TRUE(this->equal(
              merged_by(the_method, static_cast<nearest_even*>(nullptr), number),
              merged_by(the_method, static_cast<nearest_in_tiles*>(nullptr), number)))
              << merged::facts.name << " of " << number;
        }
      });
}

/// Derived from a sum, and none.
struct doubled : linear {
  template <class Real>
  class kernel : public linear::kernel<Real> {
   public:
    using linear::kernel<Real>::kernel;
    void apply(const tile<Real>& piece, Real* out) const {
      linear::kernel<Real>::apply(piece, out);
      for (std::size_t i = 0; i < piece.size; ++i) out[i] *= 2;
    }
  };
};

TEST(tells_form, is_not_inherited_by_a_kernel_that_applies_otherwise) {
  const std::array<float, 3> x{1, 2, 3};
  const std::array<const float*, 1> inputs{x.data()};
  const std::array<doubled::input_parameters, 1> own{{{.weight = 1}}};
  std::vector<std::byte> memory(
      merge_scratch_bytes<doubled, float>({}, 1, vector_facts(x.size())));
  std::array<float, 3> out{};
  ASSERT_EQ((merge<doubled, float>({out.data(), nullptr, inputs, vector_facts(x.size())}, {}, own,
                                   memory)),
            nullptr);
  EXPECT_EQ(out, (std::array<float, 3>{2, 4, 6}));
}

}  // namespace
}  // namespace tensormerge
