// Laws that the methods of both dialects obey in float16, bfloat16 and float32. A method that a law
// is not for is named beside it, with the reason.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <limits>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/method_list.hpp>

#include "method_runner.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;
using names = std::initializer_list<std::string_view>;

/// A method with some of its parameters.
struct law_subject {
  std::string name;
  method_runner method;
  bool has_base = false;
  std::vector<parameter_value> shared;

  bool is(names list) const {
    return std::find(list.begin(), list.end(), std::string_view(name)) != list.end();
  }
  bool has_shared(std::string_view key) const { return lists(method.info.shared, key); }
  bool has_per_input(std::string_view key) const { return lists(method.info.per_input, key); }

  friend std::ostream& operator<<(std::ostream& out, const law_subject& subject) {
    return out << subject.name;
  }

 private:
  static bool lists(const std::vector<parameter_info>& parameters, std::string_view key) {
    return std::any_of(parameters.begin(), parameters.end(),
                       [&](const parameter_info& p) { return p.name == key; });
  }
};

/// Every method, and those that can be asked to work in another way once more.
std::vector<law_subject> all_subjects() {
  std::vector<law_subject> list;
  for (const method_runner& method : runners_of(method_list)) {
    const method_facts& facts = method.info.facts;
    list.push_back({std::string(facts.name), method, facts.base == base_use::required, {}});
  }
  const auto add = [&](std::string_view method, std::string_view how, bool has_base,
                       std::vector<parameter_value> shared) {
    const auto plain = std::find_if(list.begin(), list.end(),
                                    [&](const law_subject& s) { return s.name == method; });
    law_subject other{plain->name + std::string(how), plain->method, has_base, std::move(shared)};
    list.push_back(std::move(other));
  };
  add("linear", "_sum", false, {{"normalize", 0.0}});
  add("nuslerp", "_of_changes", true, {});
  add("nuslerp", "_by_row", false, {{"nuslerp_flatten", 0.0}});
  add("nuslerp", "_by_column", true, {{"nuslerp_flatten", 0.0}, {"nuslerp_row_wise", 1.0}});
  add("multislerp", "_of_changes", true, {});
  add("model_stock", "_by_row", true, {{"filter_wise", 1.0}});
  add("ties", "_rescaled", true, {{"rescale", 1.0}});
  add("sce", "_of_all", true, {{"select_topk", 1.0}});
  for (const method_runner& method : runners_of(mlx_method_list, "mlx_")) {
    const method_facts& facts = method.info.facts;
    list.push_back(
        {"mlx_" + std::string(facts.name), method, facts.base == base_use::required, {}});
  }
  return list;
}

constexpr dtype dtypes[] = {dtype::float16, dtype::bfloat16, dtype::float32};

void set(std::vector<parameter_value>& parameters, std::string_view key, double value) {
  std::erase_if(parameters, [&](const parameter_value& p) { return p.name == key; });
  parameters.push_back({std::string(key), value});
}

/// Gives each input its value of a parameter, where the method has that parameter.
void set_each(const law_subject& subject, any_case& given, std::string_view key,
              const numbers& values) {
  if (!subject.has_per_input(key)) return;
  for (std::size_t i = 0; i < given.per_input.size(); ++i) {
    set(given.per_input[i], key, values[i]);
  }
}

/// A merge of models tuned from one base, as many as the method takes up to `models`, that uses all
/// of the method's steps.
any_case some_case(const law_subject& subject, dtype type, const shape& dims,
                   std::size_t models = 3) {
  const std::size_t size = static_cast<std::size_t>(dims.elements());
  any_case given;
  given.type = type;
  given.dims = dims;
  given.random_key = 77;
  numbers base = random_values(size, 1, 2);
  round_to(type, base);
  const std::size_t count = std::min(models, subject.method.info.facts.most_inputs);
  for (std::size_t i = 0; i < count; ++i) {
    numbers input = random_values(size, 11 + static_cast<unsigned>(i), 0.5);
    for (std::size_t j = 0; j < size; ++j) input[j] += base[j];
    round_to(type, input);
    given.inputs.push_back(std::move(input));
  }
  if (subject.has_base) given.base = std::move(base);
  given.per_input.resize(count);
  set_each(subject, given, "weight", {1, 0.7, -0.4});
  set_each(subject, given, "density", {0.6, 0.35, 0.5});
  set_each(subject, given, "gamma", {0.05, 0.05, 0.05});
  set_each(subject, given, "epsilon", {0.2, 0.1, 0.3});
  set(given.shared, "rescale", subject.is({"ties"}) ? 0 : 1);
  set(given.shared, "select_topk", 0.4);
  set(given.shared, "t", 0.3);
  if (subject.has_shared("epsilon")) set(given.shared, "epsilon", 0.1);
  for (const parameter_value& p : subject.shared) set(given.shared, p.name, *p.value);
  return given;
}

numbers merged(const law_subject& subject, const any_case& given) {
  const merge_outcome<double> outcome = run(subject.method, given);
  EXPECT_EQ(outcome.problem, "");
  return outcome.values;
}

void expect_same(const numbers& found, const numbers& expected) {
  ASSERT_EQ(found.size(), expected.size());
  std::size_t differing = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const bool both_nan = std::isnan(found[i]) && std::isnan(expected[i]);
    differing += found[i] == expected[i] || both_nan ? 0 : 1;
  }
  EXPECT_EQ(differing, 0u);
}

/// Equal but for the last place of elements that are not tiny.
void expect_close(dtype type, const numbers& found, const numbers& expected) {
  const double unit = type == dtype::bfloat16 ? 0x1p-7 : type == dtype::float16 ? 0x1p-10 : 0x1p-23;
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    ASSERT_NEAR(found[i], expected[i], unit * std::max(std::abs(expected[i]), 0.01)) << i;
  }
}

class every_method : public testing::TestWithParam<law_subject> {
 protected:
  /// Calls `check(type)` for each dtype.
  template <class Check>
  static void in_each_dtype(Check check) {
    for (const dtype type : dtypes) {
      SCOPED_TRACE(std::string(to_string(type)));
      check(type);
    }
  }
};

INSTANTIATE_TEST_SUITE_P(laws, every_method, testing::ValuesIn(all_subjects()),
                         [](const auto& one) { return one.param.name; });

TEST_P(every_method, gives_back_what_all_models_are) {
  const law_subject& subject = GetParam();
  in_each_dtype([&](dtype type) {
    any_case given = some_case(subject, type, {12, 50});
    // Prunes the model itself, where others prune what it changes.
    if (subject.is({"mlx_dare"})) set(given.shared, "density", 1);
    // Not a mean, but for weights that sum to one.
    if (subject.is({"linear_sum"})) set_each(subject, given, "weight", {0.5, 0.75, -0.25});
    const numbers one = given.base.empty() ? given.inputs[0] : given.base;
    for (numbers& input : given.inputs) input = one;
    // Three directions that are none have no mean: documented as an error.
    if (subject.is({"multislerp_of_changes"})) {
      EXPECT_NE(run(subject.method, given).problem, "");
      return;
    }
    expect_same(merged(subject, given), one);
  });
}

TEST_P(every_method, gives_back_what_all_models_are_but_the_base) {
  const law_subject& subject = GetParam();
  // Those that move to a place among the models; others stop short of it or go beyond.
  if (!subject.is({"nuslerp_of_changes", "nuslerp_by_column", "multislerp_of_changes",
                   "model_stock", "model_stock_by_row"})) {
    return;
  }
  in_each_dtype([&](dtype type) {
    any_case given = some_case(subject, type, {12, 50});
    for (numbers& input : given.inputs) input = given.inputs[0];
    expect_same(merged(subject, given), given.inputs[0]);
  });
}

TEST_P(every_method, gives_back_a_model_that_has_all_weight) {
  const law_subject& subject = GetParam();
  // Give all directions the same strength; take a share of each model's; weaken shared ones; divide
  // by all scores, weights apart.
  if (!subject.has_per_input("weight") || subject.is({"iso_c", "tsv_m", "svc", "pcb"})) return;
  in_each_dtype([&](dtype type) {
    any_case given = some_case(subject, type, {12, 50});
    set_each(subject, given, "weight", {1, 0, 0});
    set_each(subject, given, "density", {1, 1, 1});
    set_each(subject, given, "mask_lambda", {0, 0, 0});
    expect_close(type, merged(subject, given), given.inputs[0]);
  });
}

TEST_P(every_method, begins_at_the_base_and_ends_at_the_other_model) {
  const law_subject& subject = GetParam();
  // Takes signs of one model and magnitudes of the other.
  if (!subject.has_shared("t") || subject.is({"mlx_ties"})) return;
  in_each_dtype([&](dtype type) {
    any_case given = some_case(subject, type, {12, 50});
    set(given.shared, "density", 1);
    set(given.shared, "t", 0);
    expect_same(merged(subject, given), given.base);
    // A distance in nearswap.
    set(given.shared, "t", subject.is({"nearswap"}) ? 100 : 1);
    expect_same(merged(subject, given), given.inputs[0]);
  });
}

TEST_P(every_method, does_not_depend_on_the_order_of_the_models) {
  const law_subject& subject = GetParam();
  // Each model takes of what those before it left.
  if (subject.method.info.facts.most_inputs == 1 || subject.is({"cabs"})) return;
  in_each_dtype([&](dtype type) {
    const auto in_order = [&](std::size_t models, bool on_a_grid) {
      any_case given = some_case(subject, type, {20, 50}, models);
      // Draws go by the place of a model, so that all of it has to be kept.
      if (subject.is({"dare_linear", "dare_ties", "della", "della_linear"})) {
        set_each(subject, given, "density", {1, 1, 1});
      }
      if (on_a_grid) {
        set_each(subject, given, "weight", {1, 1.5, -0.5});
        for (numbers& input : given.inputs) {
          for (double& x : input) x = std::round(x * 8) / 8;
        }
        for (double& x : given.base) x = std::round(x * 8) / 8;
      }
      return given;
    };
    const auto turned = [](any_case given) {
      std::rotate(given.inputs.begin(), given.inputs.begin() + 1, given.inputs.end());
      std::rotate(given.per_input.begin(), given.per_input.begin() + 1, given.per_input.end());
      return given;
    };
    const auto compare = [&](const any_case& given, bool bit_for_bit) {
      const numbers expected = merged(subject, given), found = merged(subject, turned(given));
      if (bit_for_bit) expect_same(found, expected);
      else expect_close(type, found, expected);
    };
    // Sums of two commute, but for decompositions, which round in an order of their own.
    compare(in_order(2, false), !subject.is({"tsv_m", "iso_c", "svc"}));
    // Sums of three are the same in any order where no term needs rounding.
    compare(in_order(3, true),
            !subject.is({"tsv_m", "iso_c", "svc", "karcher", "multislerp", "multislerp_of_changes",
                         "model_stock", "model_stock_by_row", "pcb"}));
  });
}

TEST_P(every_method, scales_with_its_models) {
  const law_subject& subject = GetParam();
  // Takes the exponentials of weights.
  if (subject.is({"arcee_fusion"})) return;
  in_each_dtype([&](dtype type) {
    constexpr double factor = 8;
    const any_case given = some_case(subject, type, {12, 50});
    any_case larger = given;
    for (numbers& input : larger.inputs) {
      for (double& x : input) x *= factor;
    }
    for (double& x : larger.base) x *= factor;
    // Distances.
    if (subject.is({"nearswap"})) set(larger.shared, "t", 0.3 * factor);
    if (subject.has_shared("epsilon")) set(larger.shared, "epsilon", 0.1 * factor);
    numbers expected = merged(subject, given);
    for (double& x : expected) x *= factor;
    expect_close(type, merged(subject, larger), expected);
  });
}

TEST_P(every_method, never_hides_a_nan_or_an_infinity) {
  const law_subject& subject = GetParam();
  in_each_dtype([&](dtype type) {
    const any_case whole = some_case(subject, type, {4, 100});
    for (const double special : {std::numeric_limits<double>::quiet_NaN(),
                                 std::numeric_limits<double>::infinity(),
                                 -std::numeric_limits<double>::infinity()}) {
      for (const std::size_t place : {0u, 150u, 399u}) {
        any_case first = whole, last = whole, base = whole;
        first.inputs.front()[place] = special;
        last.inputs.back()[place] = special;
        EXPECT_FALSE(std::isfinite(merged(subject, first)[place])) << special << " at " << place;
        EXPECT_FALSE(std::isfinite(merged(subject, last)[place])) << special << " at " << place;
        if (base.base.empty()) continue;
        base.base[place] = special;
        EXPECT_FALSE(std::isfinite(merged(subject, base)[place])) << special << " in the base";
      }
    }
  });
}

TEST_P(every_method, leaves_a_nan_where_it_is_unless_numbers_of_the_whole_tensor_count) {
  const law_subject& subject = GetParam();
  if (!subject.is({"linear", "linear_sum", "task_arithmetic", "ram", "nearswap", "passthrough",
                   "magmax", "consensus_ta", "mlx_linear", "mlx_ties", "mlx_passthrough"})) {
    return;
  }
  in_each_dtype([&](dtype type) {
    any_case given = some_case(subject, type, {4, 100});
    numbers expected = merged(subject, given);
    given.inputs[0][150] = expected[150] = std::numeric_limits<double>::quiet_NaN();
    expect_same(merged(subject, given), expected);
  });
}

TEST_P(every_method, gives_the_same_bytes_for_any_tiles_threads_and_order) {
  const law_subject& subject = GetParam();
  // Tiles of 1 KiB, 4 KiB, 64 KiB and 1 MiB of float.
  constexpr tiling orders[] = {{256, 7, 1}, {1024, 2, 2}, {16384, 7, 3}, {262144, 1, 4}};
  const bool decomposes = subject.is({"tsv_m", "iso_c", "svc"});
  in_each_dtype([&](dtype type) {
    std::vector<shape> shapes{decomposes ? shape{7, 150} : shape{57, 300}, shape{6, 5, 40}};
    if (subject.is({"nuslerp_by_column"}) && type == dtype::float32) {
      shapes.push_back({2, 65600});  // too wide for groups of rows
    }
    for (const shape& dims : shapes) {
      const any_case given = some_case(subject, type, dims);
      const numbers expected = merged(subject, given);
      for (const tiling& order : orders) {
        const merge_outcome<double> outcome = run(subject.method, given, order);
        EXPECT_EQ(outcome.problem, "");
        expect_same(outcome.values, expected);
      }
    }
  });
}

}  // namespace
}  // namespace tensormerge
