#pragma once

#include <bit>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <tensormerge/checkpoint/byte_hash.hpp>
#include <tensormerge/engine/numerics.hpp>
#include <tensormerge/plan/merge_plan.hpp>

namespace tensormerge {

namespace detail {

/// A hash of numbers and texts in their order.
class running_hash {
 public:
  void add(std::uint64_t number) {
    state_ = hash_bytes(std::as_bytes(std::span(&number, 1)), state_);
  }
  void add(std::string_view text) {
    state_ = hash_bytes(std::as_bytes(std::span(text)), state_);
  }
  void add(const std::vector<parameter_value>& parameters) {
    for (const parameter_value& parameter : parameters) {
      add(parameter.name);
      add(parameter.value ? std::bit_cast<std::uint64_t>(*parameter.value) : ~std::uint64_t{0});
    }
  }
  void add(const planned_source& source) {
    add(source.model);
    add(source.tensor->file);
    add(source.tensor->offset);
    add(static_cast<std::uint64_t>(source.tensor->type));
    const std::optional<block_format>& packing = source.tensor->packing;
    add(packing ? static_cast<std::uint64_t>(*packing) : ~std::uint64_t{0});
    add(source.parameters);
  }
  std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 0;
};

}  // namespace detail

/// A hash of all that decides on a merge's bytes: the plan, and of the files that it reads name,
/// size and time of change; but nothing of views (tensor_entry::view) other than of blocks, whose
/// tensors are not to be taken over from an earlier run.
inline std::uint64_t run_purpose(const merge_plan& plan, numerics arithmetic,
                                 std::optional<dtype> cast_to, std::uint64_t random_seed) {
  // Counts the times that the same plan came to give other bytes.
  constexpr std::uint64_t edition = 2;
  detail::running_hash hash;
  hash.add(edition);
  hash.add(static_cast<std::uint64_t>(arithmetic));
  hash.add(cast_to ? static_cast<std::uint64_t>(*cast_to) : ~std::uint64_t{0});
  hash.add(random_seed);
  for (const planned_model& model : plan.models) {
    for (const std::filesystem::path& file : model.folder.weights.files()) {
      std::error_code error;
      hash.add(std::filesystem::absolute(file, error).string());
      hash.add(std::filesystem::file_size(file, error));
      hash.add(static_cast<std::uint64_t>(
          std::filesystem::last_write_time(file, error).time_since_epoch().count()));
    }
  }
  for (const planned_tensor& tensor : plan.tensors) {
    hash.add(tensor.name);
    hash.add(static_cast<std::uint64_t>(tensor.type));
    hash.add(tensor.packing ? static_cast<std::uint64_t>(*tensor.packing) : ~std::uint64_t{0});
    for (const std::uint64_t extent : tensor.dims.extents) hash.add(extent);
    hash.add(tensor.method);
    hash.add(tensor.parameters);
    hash.add(tensor.base.has_value() ? 1u : 0u);
    hash.add(tensor.inputs.size());
    if (tensor.base) hash.add(*tensor.base);
    for (const planned_source& input : tensor.inputs) hash.add(input);
  }
  return hash.value();
}

}  // namespace tensormerge
