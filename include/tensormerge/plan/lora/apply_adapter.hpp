#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <tensormerge/checkpoint/checkpoint.hpp>
#include <tensormerge/checkpoint/low_rank_view.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/checkpoint/source_elements.hpp>
#include <tensormerge/checkpoint/tensor_entry.hpp>
#include <tensormerge/checkpoint/tensor_reader.hpp>
#include <tensormerge/dtype/dispatch.hpp>
#include <tensormerge/dtype/dtype.hpp>
#include <tensormerge/error/failure.hpp>
#include <tensormerge/plan/lora/adapter_config.hpp>
#include <tensormerge/plan/lora/adapter_modules.hpp>

namespace tensormerge {

namespace detail {

/// Puts views into a base's checkpoint that make the tensors that an adapter changes.
class adapter_application {
 public:
  adapter_application(checkpoint& base, const std::filesystem::path& folder)
      : base_(base),
        config_(read_adapter_config(folder / "adapter_config.json")),
        adapter_(open_weights(folder)),
        first_file_(base.add_files(adapter_.files())),
        reader_(std::make_shared<const tensor_reader>(base)) {}

  void run() {
    const adapter_modules modules = sort_adapter_tensors(adapter_);
    for (const tensor_entry* tensor : modules.unknown) {
      report(*tensor, "the adapter has a tensor of a kind that is not supported",
             "lora_A, lora_B, lora_embedding_A, lora_embedding_B or lora_magnitude_vector");
    }
    for (const auto& [name, tensor] : modules.replaced) replace(name, *tensor);
    for (const auto& [name, module] : modules.changed) change(name, module);
    if (adapter_.tensors().empty()) {
      findings_.push_back({.file = adapter_.files().front().string(), .what = "holds no tensors"});
    }
    if (!findings_.empty()) throw failure(std::move(findings_));
  }

 private:
  static constexpr std::size_t most_findings = 20;

  static checkpoint open_weights(const std::filesystem::path& folder) {
    std::error_code error;
    const std::filesystem::path modern = folder / "adapter_model.safetensors";
    return checkpoint::open(std::filesystem::exists(modern, error) ? modern
                                                                   : folder / "adapter_model.bin");
  }

  void report(const tensor_entry& tensor, std::string what, std::string expected = {},
              std::string found = {}) {
    if (findings_.size() == most_findings) return;
    findings_.push_back({.file = adapter_.files()[tensor.file].string(),
                         .path = quoted_name(tensor.name),
                         .what = std::move(what),
                         .expected = std::move(expected),
                         .found = std::move(found)});
  }

  /// The base's tensor of that name, which the base may have without its first part
  /// (`transformer.`); nullptr, reported, where there is none.
  const tensor_entry* find(const std::string& name, const tensor_entry& asked_by) {
    const tensor_entry* found = base_.find(name);
    const std::size_t dot = name.find('.');
    if (found == nullptr && dot != std::string::npos) found = base_.find(name.substr(dot + 1));
    if (found == nullptr) {
      report(asked_by, "the base has no tensor that this one of the adapter changes",
             "the tensor " + quoted_name(name));
    } else if (!is_mergeable(found->type)) {
      report(asked_by, "the base's tensor cannot be changed by an adapter", "floats",
             std::string(to_string(found->type)));
      found = nullptr;
    }
    return found;
  }

  bool is_usable(const tensor_entry& tensor) {
    if (is_mergeable(tensor.type)) return true;
    report(tensor, "the adapter's tensor has a type that is not supported", "floats",
           std::string(to_string(tensor.type)));
    return false;
  }

  bool has_shape(const tensor_entry& tensor, const shape& expected) {
    if (tensor.dims == expected) return true;
    report(tensor, "the shape does not fit the base", to_string(expected), to_string(tensor.dims));
    return false;
  }

  void replace(const std::string& name, const tensor_entry& tensor) {
    const tensor_entry* old = find(name, tensor);
    if (old == nullptr || !is_usable(tensor) || !has_shape(tensor, old->dims)) return;
    tensor_entry made = in_base(tensor);
    made.name = old->name;
    made.narrow_type = old->nominal_type();
    base_.replace(std::move(made));
  }

  /// The adapter's tensor as one of the base's files.
  tensor_entry in_base(tensor_entry tensor) const {
    tensor.file += first_file_;
    return tensor;
  }
  source_elements source(const tensor_entry& tensor) const { return {reader_, in_base(tensor)}; }

  void change(const std::string& name, const adapter_module& module) {
    const tensor_entry* any = module.a != nullptr ? module.a
                              : module.b != nullptr ? module.b
                              : module.bias != nullptr ? module.bias : module.magnitude;
    if (any == nullptr) return;  // all of its tensors are reported
    if (module.a == nullptr || module.b == nullptr) {
      return report(*any, "the adapter has only one of the two factors", "both A and B");
    }
    if (config_.has_magnitudes != (module.magnitude != nullptr)) {
      return report(*any, "adapter_config.json is wrong about the adapter's magnitudes",
                    config_.has_magnitudes ? "lora_magnitude_vector as `use_dora` says"
                                           : "none without `use_dora`");
    }
    const tensor_entry* weight = find(name + ".weight", *module.a);
    if (weight == nullptr || !is_usable(*module.a) || !is_usable(*module.b)) return;
    std::optional<low_rank_change> change = change_of(name, module, *weight);
    if (!change) return;
    const double scale = change->scale;
    put(*weight, std::move(*change));
    if (module.bias != nullptr) change_bias(name, *module.bias, scale);
  }

  /// None, reported, where the factors do not fit the base's tensor.
  std::optional<low_rank_change> change_of(const std::string& name, const adapter_module& module,
                                           const tensor_entry& weight) {
    const shape& dims = weight.dims;
    const std::uint64_t rank = module.a->dims.column_length();
    if (const double expected = config_.rank.of(name); static_cast<double>(rank) != expected) {
      report(*module.a, "the rank is not that of adapter_config.json",
             std::to_string(static_cast<std::uint64_t>(expected)), std::to_string(rank));
      return std::nullopt;
    }
    const std::uint64_t rows = dims.column_length();
    const std::uint64_t columns = rows == 0 ? 0 : dims.elements() / rows;
    const std::uint64_t a_columns = rank == 0 ? 0 : module.a->dims.elements() / rank;
    const std::uint64_t b_rows = module.b->dims.column_length();
    const bool is_plain = rank > 0 && module.b->dims.elements() == b_rows * rank &&
                          dims.extents.size() >= 2 && module.a->dims.extents.size() >= 2;
    const bool fits = is_plain && a_columns == columns && b_rows == rows;
    const bool fits_transposed =
        is_plain && dims.extents.size() == 2 && a_columns == rows && b_rows == columns;
    const bool is_transposed = module.is_embedding || !fits ||
                               (fits_transposed && config_.fan_in_fan_out);
    if (is_transposed ? !fits_transposed : !fits) {
      report(*module.a, "the factors do not fit the base's tensor " + quoted_name(weight.name),
             "a product of shape " + to_string(dims),
             to_string(module.b->dims) + " times " + to_string(module.a->dims));
      return std::nullopt;
    }
    low_rank_change change{.a = source(*module.a),
                           .b = source(*module.b),
                           .rank = rank,
                           .scale = config_.scale_of(name),
                           .is_transposed = is_transposed};
    if (module.magnitude != nullptr) {
      if (!is_usable(*module.magnitude)) return std::nullopt;
      if (module.magnitude->dims.elements() != b_rows) {
        report(*module.magnitude, "the magnitudes do not fit the base's tensor",
               std::to_string(b_rows), to_string(module.magnitude->dims));
        return std::nullopt;
      }
      change.magnitude = source(*module.magnitude);
    }
    return change;
  }

  /// The bias of B is added with the same scale.
  void change_bias(const std::string& name, const tensor_entry& bias, double scale) {
    const tensor_entry* old = find(name + ".bias", bias);
    if (old == nullptr || !is_usable(bias) || !has_shape(bias, old->dims)) return;
    low_rank_change change{.b = source(bias), .rank = 1, .scale = scale};
    put(*old, std::move(change));
  }

  void put(const tensor_entry& old, low_rank_change change) {
    tensor_entry made = old;
    made.type = bytes_per_element(old.type) < 4 ? dtype::float32 : dtype::float64;
    made.bytes = old.dims.elements() * bytes_per_element(made.type);
    made.narrow_type = old.nominal_type();
    made.view = std::make_shared<const low_rank_view>(source_elements{reader_, old},
                                                      std::move(change), made.type);
    base_.replace(std::move(made));
  }

  checkpoint& base_;
  adapter_config config_;
  checkpoint adapter_;
  std::uint32_t first_file_;
  std::shared_ptr<const tensor_reader> reader_;  // of the base's files and the adapter's
  diagnostics findings_;
};

}  // namespace detail

/// Puts a LoRA adapter of PEFT (a folder with adapter_config.json and adapter_model.safetensors or
/// .bin) on a model's weights: what it changes is made while it is read, in float32 for bases of
/// fewer bits, else in float64. Throws failure with every tensor that fits none of the base.
inline void apply_adapter(checkpoint& base, const std::filesystem::path& folder) {
  detail::adapter_application(base, folder).run();
}

}  // namespace tensormerge
