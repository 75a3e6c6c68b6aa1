#include <tensormerge/engine/mergekit_numerics.hpp>

#include <array>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>

#include <tensormerge/dtype/bfloat16.hpp>
#include <tensormerge/method/linear.hpp>
#include <tensormerge/method/magmax.hpp>
#include <tensormerge/method/nearswap.hpp>
#include <tensormerge/method/ties.hpp>

namespace tensormerge {
namespace {

// Twelve values near 0.05 and what two fine-tunes made of them. The expected bits are what
// torch 2.15 computes of them in bfloat16 by the operations of mergekit 0.1.5, with the parameters
// of each test; no two changes are equal in magnitude, so that the order of a sort plays no part.
using bits = std::vector<std::uint16_t>;
const bits base{0xbbf1, 0x3d21, 0x3d42, 0xbd64, 0x3dad, 0xbd37,
                0xbc92, 0x3d7c, 0x3be2, 0xbdac, 0x3c82, 0x3bda};
const bits first{0xbbc4, 0x3d2b, 0x3d7b, 0xbd2d, 0x3ddf, 0xbd2f,
                 0x3bdb, 0x3da7, 0x3cca, 0xbdbf, 0x3c39, 0xba1b};
const bits second{0x3bb2, 0x3cf1, 0x3d86, 0xbd7d, 0x3dce, 0xbcd0,
                  0xbcb5, 0x3d79, 0xbb41, 0xbdc6, 0x3c65, 0x3c1b};

constexpr auto methods_in_test = boost::hana::tuple_t<linear, ties, nearswap, magmax>;

method_table methods_with_mergekit_numerics() {
  method_table methods = make_method_table(methods_in_test);
  add_mergekit_numerics(methods, boost::hana::tuple_t<linear, ties, nearswap>);
  return methods;
}

planned_source source(dtype type, std::vector<parameter_value> parameters = {}) {
  return {0, share({.name = "x", .type = type, .dims = shape{12}}), std::move(parameters)};
}

const std::byte* bytes_of(const bits& values) {
  return reinterpret_cast<const std::byte*>(values.data());
}

/// Merges tensors of twelve elements; the base last, if there is one.
bits merged(const planned_tensor& planned, const std::vector<const bits*>& inputs,
            const bits* from = nullptr) {
  const method_table methods = methods_with_mergekit_numerics();
  const auto merge =
      find_method(methods, planned.method)->make_as_mergekit(planned, std::nullopt, 0);
  std::vector<const std::byte*> pointers;
  for (const bits* input : inputs) pointers.push_back(bytes_of(*input));
  const stored_range range{.first = 0,
                           .elements = 12,
                           .base = from == nullptr ? nullptr : bytes_of(*from),
                           .inputs = pointers};
  std::vector<std::unique_ptr<merge_worker>> workers;
  workers.push_back(merge->make_worker());
  while (merge->wants_observation()) {
    merge->observe(range, *workers[0]);
    merge->conclude(workers);
  }
  bits out(12);
  merge->apply(range, *workers[0], reinterpret_cast<std::byte*>(out.data()));
  return out;
}

TEST(mergekit_numerics, sums_a_linear_merge_in_float_and_divides_last) {
  planned_tensor planned{
      .name = "x", .type = dtype::bfloat16, .dims = shape{12}, .method = "linear"};
  planned.parameters = {{"normalize", 1.0}};
  planned.inputs = {source(dtype::bfloat16, {{"weight", 0.3}}),
                    source(dtype::bfloat16, {{"weight", 0.25}}),
                    source(dtype::bfloat16, {{"weight", 0.6}})};
  const bits expected{0xb9ca, 0x3d0e, 0x3d75, 0xbd65, 0x3dc9, 0xbd0c,
                      0xbc71, 0x3d86, 0x3bb8, 0xbdbe, 0x3c64, 0x3bd6};
  EXPECT_EQ(merged(planned, {&base, &first, &second}), expected);
}

TEST(mergekit_numerics, rounds_every_step_of_ties) {
  planned_tensor planned{
      .name = "x", .type = dtype::bfloat16, .dims = shape{12}, .method = "ties"};
  planned.parameters = {{"normalize", 1.0}, {"rescale", 1.0}, {"lambda", 0.9}};
  planned.base = source(dtype::bfloat16);
  planned.inputs = {source(dtype::bfloat16, {{"weight", 0.7}, {"density", 0.5}}),
                    source(dtype::bfloat16, {{"weight", 0.45}, {"density", 0.75}})};
  const bits expected{0x3b9b, 0x3cf6, 0x3d82, 0xbd27, 0x3ddb, 0xbcda,
                      0x3c18, 0x3dac, 0x3cda, 0xbdc4, 0x3c82, 0x3bda};
  EXPECT_EQ(merged(planned, {&first, &second}, &base), expected);
}

TEST(mergekit_numerics, divides_scalars_as_torch_does) {
  planned_tensor planned{
      .name = "x", .type = dtype::bfloat16, .dims = shape{12}, .method = "nearswap"};
  planned.parameters = {{"t", 0.002}};
  planned.base = source(dtype::bfloat16);
  planned.inputs = {source(dtype::bfloat16)};
  const bits expected{0xbbc4, 0x3d29, 0x3d4a, 0xbd5c, 0x3db1, 0xbd2f,
                      0xbc82, 0x3d82, 0x3c11, 0xbdb0, 0x3c62, 0x3b99};
  EXPECT_EQ(merged(planned, {&first}, &base), expected);
}

TEST(mergekit_numerics, compute_in_what_holds_every_source_unless_all_are_cast) {
  planned_tensor planned{.name = "x", .type = dtype::bfloat16, .dims = shape{12}};
  planned.inputs = {source(dtype::bfloat16), source(dtype::float16)};
  EXPECT_EQ(detail::working_dtype(planned, std::nullopt), dtype::float32);
  EXPECT_EQ(detail::working_dtype(planned, dtype::float16), dtype::float16);
  planned.inputs.pop_back();
  EXPECT_EQ(detail::working_dtype(planned, std::nullopt), dtype::bfloat16);
}

TEST(mergekit_numerics, leave_float64_to_exact_numerics) {
  planned_tensor planned{
      .name = "x", .type = dtype::float64, .dims = shape{12}, .method = "linear"};
  planned.inputs = {source(dtype::float64, {{"weight", 1.0}})};
  const method_table methods = methods_with_mergekit_numerics();
  EXPECT_EQ(find_method(methods, "linear")->make_as_mergekit(planned, std::nullopt, 0), nullptr);
}

TEST(mergekit_numerics, are_added_to_the_named_methods_only) {
  const method_table methods = methods_with_mergekit_numerics();
  EXPECT_NE(find_method(methods, "ties")->make_as_mergekit, nullptr);
  EXPECT_EQ(find_method(methods, "magmax")->make_as_mergekit, nullptr);
}

}  // namespace
}  // namespace tensormerge
