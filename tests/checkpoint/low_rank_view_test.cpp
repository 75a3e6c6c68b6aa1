#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/checkpoint.hpp>
#include <tensormerge/checkpoint/low_rank_view.hpp>
#include <tensormerge/checkpoint/tensor_reader.hpp>

#include "temporary_folder.hpp"

namespace tensormerge {
namespace {

/// W of 5 x 7, A of 2 x 7, B of 5 x 2, and their like for the transpose, in one file of float32.
class low_rank : public testing::Test {
 protected:
  low_rank() {
    add("w", {5, 7});
    add("a", {2, 7});
    add("b", {5, 2});
    add("at", {2, 5});
    add("bt", {7, 2});
    add("m5", {5});
    add("m7", {7});
    std::string data(values_.size() * sizeof(float), '\0');
    std::memcpy(data.data(), values_.data(), data.size());
    test::write_file(folder_ / "m.safetensors", test::safetensors_file('{' + header_ + '}', data));
    weights_ = checkpoint::open(folder_.path());
    reader_ = std::make_shared<const tensor_reader>(weights_);
  }

  void add(const std::string& name, const shape& dims) {
    const std::size_t begin = values_.size();
    for (std::uint64_t i = 0; i < dims.elements(); ++i) {
      values_.push_back(std::sin(static_cast<float>(values_.size()) + 1));
    }
    header_ += (header_.empty() ? "\"" : ",\"") + name + "\":{\"dtype\":\"F32\",\"shape\":" +
               to_string(dims) + ",\"data_offsets\":[" + std::to_string(begin * 4) + ',' +
               std::to_string(values_.size() * 4) + "]}";
  }

  source_elements source(const char* name) const { return {reader_, *weights_.find(name)}; }
  double at(const char* name, std::uint64_t i) const {
    double value = 0;
    std::vector<std::byte> buffer;
    source(name).read(i, {&value, 1}, buffer);
    return value;
  }

  /// W + 0.5 B A, or the transpose of the product, in plain loops.
  std::vector<double> expected(bool is_transposed) const {
    std::vector<double> all;
    for (std::uint64_t i = 0; i < 5; ++i) {
      for (std::uint64_t j = 0; j < 7; ++j) {
        double product = 0;
        for (std::uint64_t k = 0; k < 2; ++k) {
          product += is_transposed ? at("bt", j * 2 + k) * at("at", k * 5 + i)
                                   : at("b", i * 2 + k) * at("a", k * 7 + j);
        }
        all.push_back(at("w", i * 7 + j) + 0.5 * product);
      }
    }
    return all;
  }

  low_rank_change change(bool is_transposed) const {
    return {.a = source(is_transposed ? "at" : "a"),
            .b = source(is_transposed ? "bt" : "b"),
            .rank = 2,
            .scale = 0.5,
            .is_transposed = is_transposed};
  }

  /// What the view gives, the same in portions of any size.
  std::vector<double> read(low_rank_change change) const {
    const low_rank_view view(source("w"), std::move(change), dtype::float64);
    std::vector<double> all(35);
    view.read(0, std::as_writable_bytes(std::span(all)));
    for (const std::size_t portion : {1u, 3u, 7u, 20u}) {
      std::vector<double> parts(35);
      for (std::size_t i = 0; i < parts.size(); i += portion) {
        view.read(i * 8, std::as_writable_bytes(std::span(parts).subspan(
                             i, std::min(portion, parts.size() - i))));
      }
      EXPECT_EQ(parts, all) << portion;
    }
    return all;
  }

  static void expect_near(const std::vector<double>& got, const std::vector<double>& wanted) {
    ASSERT_EQ(got.size(), wanted.size());
    for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], wanted[i], 1e-14) << i;
  }

  test::temporary_folder folder_;
  std::string header_;
  std::vector<float> values_;
  checkpoint weights_;
  std::shared_ptr<const tensor_reader> reader_;
};

TEST_F(low_rank, change_is_added_the_same_in_any_portion) {
  expect_near(read(change(false)), expected(false));
}

TEST_F(low_rank, change_of_a_transposed_matrix_is_the_transposed_product) {
  expect_near(read(change(true)), expected(true));
}

TEST_F(low_rank, magnitudes_are_the_norms_of_the_rows_afterwards) {
  low_rank_change with = change(false);
  with.magnitude = source("m5");
  const std::vector<double> got = read(with);
  for (std::size_t i = 0; i < 5; ++i) {
    double squares = 0;
    for (std::size_t j = 0; j < 7; ++j) squares += got[i * 7 + j] * got[i * 7 + j];
    EXPECT_NEAR(std::sqrt(squares), std::abs(at("m5", i)), 1e-14);
  }
}

TEST_F(low_rank, magnitudes_of_a_transposed_matrix_are_the_norms_of_the_columns) {
  low_rank_change with = change(true);
  with.magnitude = source("m7");
  const std::vector<double> got = read(with);
  for (std::size_t j = 0; j < 7; ++j) {
    double squares = 0;
    for (std::size_t i = 0; i < 5; ++i) squares += got[i * 7 + j] * got[i * 7 + j];
    EXPECT_NEAR(std::sqrt(squares), std::abs(at("m7", j)), 1e-14);
  }
}

TEST_F(low_rank, view_in_float32_is_rounded_once) {
  const low_rank_view view(source("w"), change(false), dtype::float32);
  std::vector<float> got(35);
  view.read(0, std::as_writable_bytes(std::span(got)));
  const std::vector<double> exact = read(change(false));
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_EQ(got[i], static_cast<float>(exact[i]));
}

TEST_F(low_rank, view_is_shared_by_threads) {
  low_rank_change with = change(false);
  with.magnitude = source("m5");
  const low_rank_view view(source("w"), with, dtype::float64);
  std::vector<std::vector<double>> got(4, std::vector<double>(35));
  {
    std::vector<std::jthread> threads;
    for (std::vector<double>& into : got) {
      threads.emplace_back([&] { view.read(0, std::as_writable_bytes(std::span(into))); });
    }
  }
  for (const std::vector<double>& each : got) EXPECT_EQ(each, got[0]);
}

}  // namespace
}  // namespace tensormerge
