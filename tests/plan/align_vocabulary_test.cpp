#include <cstddef>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tensormerge/plan/align_vocabulary.hpp>

#include "../checkpoint/temporary_folder.hpp"

namespace tensormerge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using rows = std::vector<std::optional<std::uint64_t>>;

/// Three models whose embeddings have one column: 10 11 12, 20 21 22 and 30 31 32.
class aligned_rows : public testing::Test {
 protected:
  aligned_rows() {
    for (int model = 1; model <= 3; ++model) {
      std::vector<float> values{10.0f * static_cast<float>(model)};
      for (int i = 1; i < 3; ++i) values.push_back(values.back() + 1);
      std::string data(12, '\0');
      std::memcpy(data.data(), values.data(), data.size());
      const std::string name(1, static_cast<char>('a' + model - 1));
      test::write_file(folder_ / name / "model.safetensors",
                       test::safetensors_file(R"({"lm_head.weight":{"dtype":"F32","shape":[3,1],)"
                                              R"("data_offsets":[0,12]}})",
                                              data));
      models_.push_back({.name = name, .folder = model_folder::open(folder_ / name)});
      request_.sources.push_back({.model = models_.size() - 1, .name = "lm_head.weight"});
    }
    request_.name = "lm_head.weight";
    alignment_.tokens = {{"p", 0}, {"q", 1}, {"r", 2}};
    alignment_.rows = 3;
    alignment_.row_of.assign(3, rows{0, 1, 2});
  }

  std::vector<std::vector<double>> align() {
    vocabulary_alignment aligner(models_, alignment_, findings_);
    std::vector<tensor_entry> entries;
    for (const planned_model& model : models_) {
      entries.push_back(*model.folder.weights.find("lm_head.weight"));
    }
    const auto adjusted = aligner.adjust(request_, entries);
    if (!adjusted) return {};
    std::vector<std::vector<double>> values;
    for (std::size_t i = 0; i < adjusted->size(); ++i) {
      const tensor_entry& entry = (*adjusted)[i];
      std::vector<std::byte> bytes(static_cast<std::size_t>(entry.bytes));
      tensor_reader(models_[i].folder.weights).read(entry, 0, bytes);
      std::vector<double>& list = values.emplace_back();
      for (std::size_t at = 0; at < bytes.size(); at += bytes_per_element(entry.type)) {
        list.push_back(value_at(bytes, at, entry.type));
      }
    }
    return values;
  }

  static double value_at(const std::vector<std::byte>& bytes, std::size_t at, dtype type) {
    if (type == dtype::float64) {
      double value = 0;
      std::memcpy(&value, bytes.data() + at, sizeof value);
      return value;
    }
    float value = 0;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
  }

  test::temporary_folder folder_;
  std::vector<planned_model> models_;
  tensor_request request_;
  token_alignment alignment_;
  finding_groups findings_;
};

TEST_F(aligned_rows, stay_the_files_where_nothing_moves) {
  vocabulary_alignment aligner(models_, alignment_, findings_);
  const auto adjusted =
      aligner.adjust(request_, {3, *models_[0].folder.weights.find("lm_head.weight")});
  EXPECT_EQ(adjusted->front().view, nullptr);
}

TEST_F(aligned_rows, follow_the_outputs_tokens) {
  alignment_.row_of[1] = {2, 0, 1};
  const auto values = align();
  EXPECT_THAT(values[0], ElementsAre(10, 11, 12));
  EXPECT_THAT(values[1], ElementsAre(22, 20, 21));
}

TEST_F(aligned_rows, of_missing_tokens_come_from_the_only_model_that_has_them) {
  alignment_.row_of[0][1] = alignment_.row_of[2][1] = std::nullopt;
  const auto values = align();
  EXPECT_THAT(values[0], ElementsAre(10, 21, 12));
  EXPECT_THAT(values[2], ElementsAre(30, 21, 32));
}

TEST_F(aligned_rows, of_missing_tokens_come_from_the_base_if_it_has_them) {
  request_.token_base = 1;
  alignment_.row_of[2][0] = std::nullopt;
  EXPECT_THAT(align()[2], ElementsAre(20, 31, 32));
}

TEST_F(aligned_rows, of_missing_tokens_are_the_mean_of_those_there_are) {
  alignment_.row_of[2][0] = std::nullopt;
  const auto values = align();
  EXPECT_THAT(values[2], ElementsAre(15, 31, 32));
  EXPECT_THAT(values[0], ElementsAre(10, 11, 12));
}

TEST_F(aligned_rows, of_tokens_that_no_model_has_are_zero_with_a_warning) {
  for (rows& its : alignment_.row_of) its[2] = std::nullopt;
  EXPECT_THAT(align()[1], ElementsAre(20, 21, 0));
  EXPECT_THAT(to_string(findings_.all().at(0)), HasSubstr("`r` is in none of the models"));
}

TEST_F(aligned_rows, follow_a_rule_where_a_token_is_missing_or_it_is_forced) {
  alignment_.row_of[2][0] = std::nullopt;
  alignment_.rules["p"] = {.source = model_row{1, 2}};
  alignment_.rules["q"] = {.source = resolved_rule::zeros{}, .is_forced = true};
  alignment_.rules["r"] = {.source = model_row{0, 0}};
  const auto values = align();
  EXPECT_THAT(values[0], ElementsAre(10, 0, 12));
  EXPECT_THAT(values[2], ElementsAre(22, 0, 32));
}

TEST_F(aligned_rows, are_padded_with_their_mean) {
  alignment_.padding = 2;
  EXPECT_THAT(align()[1], ElementsAre(20, 21, 22, 21, 21));
}

TEST_F(aligned_rows, that_a_tensor_does_not_have_are_reported) {
  alignment_.row_of[1][0] = 3;
  EXPECT_TRUE(align().empty());
  EXPECT_THAT(to_string(findings_.all().at(0)), HasSubstr("no row for the token `p`, expected a "
                                                          "row 3, found 3 rows"));
}

TEST_F(aligned_rows, of_a_model_that_is_not_merged_here_cannot_be_taken) {
  request_.sources.pop_back();
  alignment_.rules["p"] = {.source = model_row{2, 0}, .is_forced = true};
  models_.pop_back();
  models_.push_back(models_.front());
  vocabulary_alignment aligner(models_, alignment_, findings_);
  EXPECT_FALSE(
      aligner.adjust(request_, {2, *models_[0].folder.weights.find("lm_head.weight")}).has_value());
}

}  // namespace
}  // namespace tensormerge
