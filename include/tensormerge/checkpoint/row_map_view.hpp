#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/row_map.hpp>
#include <tensormerge/checkpoint/single_tensor_reader.hpp>
#include <tensormerge/checkpoint/tensor_view.hpp>
#include <tensormerge/dtype/convert.hpp>
#include <tensormerge/dtype/dispatch.hpp>
#include <tensormerge/dtype/dtype.hpp>

namespace tensormerge {

/// A table whose rows come from tensors as a row_map says. Rows that follow each other in a tensor
/// are read in one piece; the mean of all rows, for padding, is computed when it is first needed,
/// in one more pass over the table. Means are summed in float64.
class row_map_view final : public tensor_view {
 public:
  using readers = std::vector<std::shared_ptr<const single_tensor_reader>>;

  /// `tensors` are those that the map names, of rows as long as `row_elements`; `type` holds the
  /// values of them all. Where types differ or the map has means, all are types that can be merged.
  row_map_view(row_map map, readers tensors, std::uint64_t row_elements, dtype type)
      : map_(std::move(map)),
        tensors_(std::move(tensors)),
        row_elements_(row_elements),
        type_(type),
        element_bytes_(bytes_per_element(type)) {}

  void read(std::uint64_t byte_offset, std::span<std::byte> into) const override {
    std::uint64_t element = byte_offset / element_bytes_;
    while (!into.empty()) {
      const std::uint64_t row = element / row_elements_, column = element % row_elements_;
      const std::uint64_t count =
          std::min(run_from(row) * row_elements_ - column, into.size() / element_bytes_);
      const auto bytes = static_cast<std::size_t>(count * element_bytes_);
      read_run(row, column, into.first(bytes));
      into = into.subspan(bytes);
      element += count;
    }
  }

 private:
  /// How many rows from this one on follow each other in the same tensor.
  std::uint64_t run_from(std::uint64_t row) const {
    constexpr std::uint64_t longest = 1024;
    if (map_.is_padding(row)) return 1;
    const auto [first, count] = map_.places(row);
    if (count != 1) return 1;
    std::uint64_t length = 1;
    while (length < longest && !map_.is_padding(row + length)) {
      const auto [next, next_count] = map_.places(row + length);
      if (next_count != 1 || *next != row_place{first->tensor, first->row + length}) break;
      ++length;
    }
    return length;
  }

  void read_run(std::uint64_t row, std::uint64_t column, std::span<std::byte> into) const {
    if (map_.is_padding(row)) {
      const std::vector<double>& mean = mean_of_all();
      store({mean.data() + column, into.size() / element_bytes_}, into);
      return;
    }
    const auto [places, count] = map_.places(row);
    if (count == 0) {
      std::memset(into.data(), 0, into.size());
    } else if (count == 1) {
      copy(*places, column, into);
    } else {
      const std::size_t elements = into.size() / element_bytes_;
      std::vector<double> sum(elements), part(elements);
      for (std::size_t i = 0; i < count; ++i) {
        load(places[i], column, part);
        for (std::size_t k = 0; k < elements; ++k) sum[k] += part[k];
      }
      for (double& value : sum) value /= static_cast<double>(count);
      store(sum, into);
    }
  }

  void copy(row_place from, std::uint64_t column, std::span<std::byte> into) const {
    const single_tensor_reader& tensor = *tensors_[from.tensor];
    if (tensor.tensor().type == type_) {
      tensor.read((from.row * row_elements_ + column) * element_bytes_, into);
      return;
    }
    std::vector<double> values(into.size() / element_bytes_);
    load(from, column, values);
    store(values, into);
  }

  void load(row_place from, std::uint64_t column, std::span<double> into) const {
    const single_tensor_reader& tensor = *tensors_[from.tensor];
    with_storage_type(tensor.tensor().type, [&](auto storage) {
      using stored = typename decltype(storage)::type;
      std::vector<stored> values(into.size());
      tensor.read((from.row * row_elements_ + column) * sizeof(stored),
                  std::as_writable_bytes(std::span(values)));
      load_tile(values.data(), into.data(), into.size());
    });
  }

  void store(std::span<const double> values, std::span<std::byte> into) const {
    with_storage_type(type_, [&](auto storage) {
      using stored = typename decltype(storage)::type;
      std::vector<stored> rounded(values.size());
      store_tile(values.data(), rounded.data(), values.size());
      std::memcpy(into.data(), rounded.data(), into.size());
    });
  }

  const std::vector<double>& mean_of_all() const {
    std::call_once(mean_is_computed_, [this] {
      std::vector<double> sum(static_cast<std::size_t>(row_elements_));
      std::vector<std::byte> run;
      const std::uint64_t rows = map_.rows_before_padding();
      for (std::uint64_t row = 0; row < rows;) {
        const std::uint64_t length = run_from(row);
        run.resize(static_cast<std::size_t>(length * row_elements_ * element_bytes_));
        read_run(row, 0, run);
        add_rows(run, sum);
        row += length;
      }
      for (double& value : sum) value /= static_cast<double>(rows);
      mean_ = std::move(sum);
    });
    return mean_;
  }

  void add_rows(const std::vector<std::byte>& rows, std::vector<double>& sum) const {
    with_storage_type(type_, [&](auto storage) {
      using stored = typename decltype(storage)::type;
      const auto* values = reinterpret_cast<const stored*>(rows.data());
      const std::size_t elements = rows.size() / sizeof(stored);
      for (std::size_t i = 0, column = 0; i < elements; ++i) {
        sum[column] += tensormerge::load<double>(values[i]);
        if (++column == sum.size()) column = 0;
      }
    });
  }

  row_map map_;
  readers tensors_;
  std::uint64_t row_elements_;
  dtype type_;
  std::size_t element_bytes_;
  mutable std::once_flag mean_is_computed_;
  mutable std::vector<double> mean_;
};

}  // namespace tensormerge
