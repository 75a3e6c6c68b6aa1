#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/dtype/convert.hpp>
#include <tensormerge/dtype/dispatch.hpp>
#include <tensormerge/dtype/dtype.hpp>
#include <tensormerge/engine/tensor_source.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// A model that is stored as its difference from a base (a task vector): base + difference, made
/// while it is read. Tensors that the difference lacks are the base's. Sums are of float32 where
/// both have at most 16 bits, else of float64, so that nothing is lost before a merge.
class difference_source {
 public:
  /// Both must outlive it. Throws failure with every tensor of the difference that fits none of the
  /// base, or that is not of floats.
  difference_source(source_reference base, source_reference difference)
      : base_(base), difference_(difference) {
    diagnostics findings;
    for (const std::string& name : difference_.names()) {
      const auto changed = base_.describe(name);
      const tensor_description change = *difference_.describe(name);
      if (!changed || changed->dims != change.dims) {
        findings.push_back({.path = quoted_name(name),
                            .what = "the difference does not fit the base",
                            .expected = changed ? to_string(changed->dims) : "a tensor of the base",
                            .found = to_string(change.dims)});
      } else if (!is_mergeable(changed->type) || !is_mergeable(change.type)) {
        findings.push_back({.path = quoted_name(name),
                            .what = "the dtype is not of floats",
                            .found = std::string(to_string(changed->type)) + " and " +
                                     std::string(to_string(change.type))});
      }
    }
    if (!findings.empty()) throw failure(std::move(findings));
  }

  std::vector<std::string> names() const { return base_.names(); }

  std::optional<tensor_description> describe(std::string_view name) const {
    auto found = base_.describe(name);
    const auto change = difference_.describe(name);
    if (!found || !change) return found;
    const bool narrow = bytes_per_element(found->type) <= 2 && bytes_per_element(change->type) <= 2;
    found->type = narrow ? dtype::float32 : dtype::float64;
    return found;
  }

  /// Throws what the sources throw.
  void read(std::string_view name, std::span<std::byte> into) const {
    const auto change = difference_.describe(name);
    if (!change) {
      base_.read(name, into);
    } else if (describe(name)->type == dtype::float32) {
      add<float>(name, *change, into);
    } else {
      add<double>(name, *change, into);
    }
  }

 private:
  template <class Real>
  void add(std::string_view name, const tensor_description& change,
           std::span<std::byte> into) const {
    const std::vector<Real> origin = read_as<Real>(base_, name, *base_.describe(name));
    std::vector<Real> sum = read_as<Real>(difference_, name, change);
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += origin[i];
    const auto bytes = std::as_bytes(std::span(sum));
    std::copy(bytes.begin(), bytes.end(), into.begin());
  }

  template <class Real>
  static std::vector<Real> read_as(const source_reference& source, std::string_view name,
                                   const tensor_description& described) {
    std::vector<Real> values(static_cast<std::size_t>(described.dims.elements()));
    with_storage_type(described.type, [&]<class Storage>(std::type_identity<Storage>) {
      std::vector<Storage> stored(values.size());
      source.read(name, std::as_writable_bytes(std::span(stored)));
      load_tile(stored.data(), values.data(), stored.size());
    });
    return values;
  }

  source_reference base_, difference_;
};

}  // namespace tensormerge
