#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/iso_c.hpp>
#include <tensormerge/method/karcher.hpp>
#include <tensormerge/method/model_stock.hpp>
#include <tensormerge/method/multislerp.hpp>
#include <tensormerge/method/nuslerp.hpp>
#include <tensormerge/method/svc.hpp>
#include <tensormerge/method/tsv_m.hpp>

#include "merge_case.hpp"

namespace tensormerge {
namespace {

/// A line of data/gram_methods.txt, which data/make_gram_methods.py describes.
struct expectation {
  std::string name, dtype, base;
  double deviation = 0;
  std::size_t inputs = 0;
  std::vector<double> values;
};

std::vector<expectation> read_expectations() {
  std::ifstream file(TENSORMERGE_TEST_DATA "/gram_methods.txt");
  std::vector<expectation> list;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream words(line);
    expectation one;
    words >> one.name >> one.dtype >> one.base >> one.deviation >> one.inputs;
    for (double value = 0; words >> value;) one.values.push_back(value);
    list.push_back(one);
  }
  return list;
}

/// A number in [-1, 1), as make_gram_methods.py makes it.
double value(std::uint64_t stream, std::uint64_t index) {
  std::uint64_t z = (stream * 0x100000001u + index + 1) * 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  z ^= z >> 31;
  return static_cast<double>(z >> 11) * 0x1p-52 - 1;
}

/// Errors in units in the last place, no finer than those of 2^-8 of the largest magnitude.
struct error_statistics {
  double largest = 0, sum = 0;
  std::size_t count = 0;
  double mean() const { return sum / static_cast<double>(count); }
};

template <class Storage>
constexpr int significand_bits = 24;
template <>
constexpr int significand_bits<bfloat16> = 8;
template <>
constexpr int significand_bits<float16> = 11;

template <class Storage>
void add_errors(const std::vector<double>& expected, const std::vector<Storage>& got,
                error_statistics& errors) {
  double largest = 0;
  for (const double x : expected) largest = std::max(largest, std::abs(x));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double floor = std::max(std::abs(expected[i]), largest / 256);
    const double ulp = std::ldexp(1.0, std::ilogb(floor) + 1 - significand_bits<Storage>);
    const double error = std::abs(load<double>(got[i]) - expected[i]) / ulp;
    errors.largest = std::max(errors.largest, error);
    errors.sum += error;
    ++errors.count;
  }
}

template <class Storage>
class case_maker {
 public:
  explicit case_maker(const expectation& expected) {
    constexpr std::size_t elements = 40;
    for (std::size_t i = 0; i < elements; ++i) base_.push_back(value(0, i));
    inputs_.assign(expected.inputs, base_);
    for (std::size_t k = 0; k < inputs_.size(); ++k) {
      for (std::size_t i = 0; i < elements; ++i) {
        inputs_[k][i] += expected.deviation * value(k + 1, i);
      }
    }
    if (expected.base == "none") base_.clear();
  }

  template <class Method, class Set>
  std::vector<Storage> merged(Set set) const {
    merge_case<Method, Storage> given({5, 8}, inputs_, base_);
    set(given);
    return merge_at_once(given).values;
  }

 private:
  std::vector<double> base_;
  std::vector<std::vector<double>> inputs_;
};

/// The merge that a case of the table names, without `_tuned` and `_unrelated`.
template <class Storage>
std::vector<Storage> merge_named(const std::string& name, const case_maker<Storage>& maker) {
  const std::vector<double> two{0.3, 0.9}, three{0.5, 1.0, -0.25};
  if (name.starts_with("nuslerp")) {
    return maker.template merged<nuslerp>([&](auto& given) {
      given.shared.nuslerp_flatten = !name.starts_with("nuslerp_rows") &&
                                     !name.starts_with("nuslerp_columns");
      given.shared.nuslerp_row_wise = name.starts_with("nuslerp_columns");
      given.set(&nuslerp_input_parameters::weight,
                name == "nuslerp_weights_cancel" ? std::vector<double>{2, -2} : two);
    });
  }
  if (name.starts_with("multislerp")) {
    return maker.template merged<multislerp>([&](auto& given) {
      if (name == "multislerp_base") given.shared = {.normalize_weights = false, .eps = 1e-3};
      given.set(&multislerp_input_parameters::weight, three);
    });
  }
  if (name.starts_with("karcher")) {
    return maker.template merged<karcher>([&](auto& given) {
      if (name == "karcher_three_steps") given.shared = {.max_iter = 3, .tol = 1e-3};
    });
  }
  if (name.starts_with("model_stock")) {
    return maker.template merged<model_stock>(
        [&](auto& given) { given.shared.filter_wise = name == "model_stock_rows"; });
  }
  if (name.starts_with("tsv_m")) {
    return maker.template merged<tsv_m>([&](auto& given) {
      if (name == "tsv_m_calibrated") given.shared = {.lambda = 0.8, .calibration = 0.2};
    });
  }
  if (name.starts_with("iso_c")) {
    return maker.template merged<iso_c>([](auto& given) { given.shared.lambda = 0.7; });
  }
  return maker.template merged<svc>(
      [&](auto& given) { given.set(&svc_input_parameters::weight, two); });
}

template <class Storage>
class gram_oracle : public testing::Test {};
using storages = testing::Types<float, bfloat16, float16>;
class storage_names {
 public:
  template <class Storage>
  static std::string GetName(int) {
    if (std::is_same_v<Storage, float>) return "float32";
    return std::is_same_v<Storage, bfloat16> ? "bfloat16" : "float16";
  }
};
TYPED_TEST_SUITE(gram_oracle, storages, storage_names);

TYPED_TEST(gram_oracle, every_case_is_within_1_ulp_of_float64_and_0_27_in_the_mean) {
  std::map<std::string, error_statistics> by_method;
  for (const expectation& expected : read_expectations()) {
    if (expected.dtype != storage_names::GetName<TypeParam>(0)) continue;
    std::string name = expected.name;
    for (const char* suffix : {"_tuned", "_unrelated"}) {
      if (name.ends_with(suffix)) name.resize(name.size() - std::string(suffix).size());
    }
    const std::vector<TypeParam> got = merge_named(name, case_maker<TypeParam>(expected));
    ASSERT_EQ(got.size(), expected.values.size()) << expected.name;
    error_statistics here;
    add_errors(expected.values, got, here);
    EXPECT_LE(here.largest, 1) << expected.name;
    const std::string method = name.substr(0, name.find('_'));
    add_errors(expected.values, got, by_method[method]);
  }
  ASSERT_FALSE(by_method.empty());
  error_statistics all;
  for (const auto& [method, errors] : by_method) {
    testing::Test::RecordProperty(method + "_max_ulp", std::to_string(errors.largest));
    testing::Test::RecordProperty(method + "_mean_ulp", std::to_string(errors.mean()));
    all.sum += errors.sum;
    all.count += errors.count;
  }
  EXPECT_LE(all.mean(), 0.27);
}

}  // namespace
}  // namespace tensormerge
