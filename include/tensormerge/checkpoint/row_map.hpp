#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace tensormerge {

/// A row of one of several tensors.
struct row_place {
  std::size_t tensor = 0;
  std::uint64_t row = 0;

  friend bool operator==(const row_place&, const row_place&) = default;
};

/// Where the rows of a table come from: each is a row of one of several tensors, the mean of a few
/// such rows, or zero; behind them there may be rows that are the mean of all before.
class row_map {
 public:
  /// All rows are zero until they are set.
  explicit row_map(std::uint64_t rows = 0) : origins_(static_cast<std::size_t>(rows)) {}

  void set(std::uint64_t row, row_place from) { origins_[row] = {kind::copy, from}; }

  /// Of no place, a row of zeros; of one, a copy.
  void set_mean(std::uint64_t row, std::vector<row_place> of) {
    if (of.empty()) {
      origins_[row] = {};
    } else if (of.size() == 1) {
      set(row, of.front());
    } else {
      origins_[row] = {kind::mean, {means_.size(), 0}};
      means_.push_back(std::move(of));
    }
  }

  /// Appends rows that are the mean of all rows before them.
  void pad(std::uint64_t rows) { padding_ = rows; }

  std::uint64_t rows() const { return origins_.size() + padding_; }
  bool is_padding(std::uint64_t row) const { return row >= origins_.size(); }
  std::uint64_t rows_before_padding() const { return origins_.size(); }

  /// The places whose mean the row is: none where it is zero. Not for padding.
  std::pair<const row_place*, std::size_t> places(std::uint64_t row) const {
    const origin& from = origins_[row];
    switch (from.type) {
      case kind::copy: return {&from.place, 1};
      case kind::mean: return {means_[from.place.tensor].data(), means_[from.place.tensor].size()};
      default: return {nullptr, 0};
    }
  }

  /// Whether values are computed, which may need more digits than the tensors have.
  bool has_means() const { return !means_.empty() || padding_ > 0; }

  /// Whether no row of another tensor is part of the table.
  bool takes_only(std::size_t tensor) const {
    return means_.empty() && std::all_of(origins_.begin(), origins_.end(), [&](const origin& each) {
      return each.type == kind::zero || each.place.tensor == tensor;
    });
  }

  /// Whether the table is that tensor of so many rows, row by row.
  bool is_identity(std::size_t tensor, std::uint64_t rows) const {
    if (padding_ > 0 || origins_.size() != rows) return false;
    for (std::size_t i = 0; i < origins_.size(); ++i) {
      if (origins_[i].type != kind::copy || origins_[i].place != row_place{tensor, i}) return false;
    }
    return true;
  }

 private:
  enum class kind : std::uint8_t { zero, copy, mean };
  struct origin {
    kind type = kind::zero;
    row_place place{};  // of a mean: its index as the tensor
  };

  std::vector<origin> origins_;
  std::vector<std::vector<row_place>> means_;
  std::uint64_t padding_ = 0;
};

}  // namespace tensormerge
