#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <boost/hana/accessors.hpp>
#include <boost/hana/for_each.hpp>
#include <boost/hana/second.hpp>

#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/dtype/convert.hpp>
#include <tensormerge/dtype/dispatch.hpp>
#include <tensormerge/engine/tensor_merge.hpp>
#include <tensormerge/engine/tensor_source.hpp>
#include <tensormerge/error/failure.hpp>
#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/parameter_accessors.hpp>
#include <tensormerge/tensor/random_key.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// What a method takes for one tensor: its parameters, and those of each input in their order.
template <class Method>
struct merge_coefficients {
  typename Method::parameters shared{};
  std::vector<typename Method::input_parameters> inputs{};
};

namespace detail {

/// Whether two structs that Hana knows have equal members.
template <class Parameters>
bool same_parameters(const Parameters& a, const Parameters& b) {
  bool same = true;
  boost::hana::for_each(boost::hana::accessors<Parameters>(), [&](auto accessor) {
    const auto member = boost::hana::second(accessor);
    same = same && member(a) == member(b);
  });
  return same;
}

}  // namespace detail

/// A source whose tensors are merged while they are read, out of a base and other models with the
/// same tensors: fine-tunes, models with adapters, differences (engine/difference_source.hpp).
/// Nothing is written but the caller's memory, and every merge starts from the sources. A model
/// that lacks a tensor counts as not having changed it; tensors that are not of floats are the
/// base's. Elements have the base's dtype.
///
///     const checkpoint_source base(...), prose(...), code(...);
///     merged_source<task_arithmetic> model(base, {prose, code}, rule);  // name -> coefficients
///     for (const std::string& name : model.names()) model.read(name, memory_of(name));
///     model.set(another_rule);
///     for (const std::string& name : model.changed()) model.read(name, memory_of(name));
///
/// Threads may read at once, each other tensors, while none sets coefficients. A read takes the
/// memory of the tensor in every model.
template <class Method>
class merged_source {
  static_assert(check_merge_method<Method>());

 public:
  /// The coefficients of the tensor of that name; thread-safe, and the same for every call.
  using rule = std::function<merge_coefficients<Method>(std::string_view tensor)>;

  /// The sources must outlive it. `seed` is for methods that draw random numbers. Throws failure
  /// where the method takes another number of inputs, and with every tensor that has another shape
  /// than in the base or is not of floats where the base's is.
  merged_source(source_reference base, std::vector<source_reference> inputs, rule coefficients,
                std::uint64_t seed = 0)
      : base_(base), inputs_(std::move(inputs)), rule_(std::move(coefficients)), seed_(seed) {
    names_ = base_.names();
    for (std::size_t i = 0; i < names_.size(); ++i) places_.emplace(names_[i], i);
    merged_with_.resize(names_.size());
    check();
  }

  const std::vector<std::string>& names() const { return names_; }
  std::optional<tensor_description> describe(std::string_view name) const {
    return base_.describe(name);
  }

  /// Replaces the coefficients; what was read stays as it is until it is read again.
  void set(rule coefficients) { rule_ = std::move(coefficients); }

  /// The tensors that were never read, or whose coefficients differ from those they were merged
  /// with.
  std::vector<std::string> changed() const {
    std::vector<std::string> list;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (!is_current(i)) list.push_back(names_[i]);
    }
    return list;
  }

  /// Merges a tensor into memory of its size. Throws failure where there is no such tensor, the
  /// rule gives another number of coefficients, or the method is not defined on the data; and what
  /// the sources throw.
  void read(std::string_view name, std::span<std::byte> into) const {
    const auto place = places_.find(std::string(name));
    if (place == places_.end()) throw refusal(name, "there is no such tensor");
    const tensor_description described = *base_.describe(name);
    if (into.size() != described.bytes()) {
      throw refusal(name, "the memory has another size", std::to_string(described.bytes()),
                    std::to_string(into.size()));
    }
    merged_with_[place->second].reset();  // until all of the memory is written
    merge_coefficients<Method> chosen = rule_(name);
    if (!is_mergeable(described.type)) base_.read(name, into);
    else merge_into(name, described, chosen, into);
    merged_with_[place->second] = std::move(chosen);
  }

 private:
  /// What a merge reads of one model.
  struct stored_tensor {
    dtype type;
    std::vector<std::byte> bytes;
  };

  static failure refusal(std::string_view name, std::string what, std::string expected = {},
                         std::string found = {}) {
    return failure(diagnostic{.path = quoted_name(name),
                              .what = std::move(what),
                              .expected = std::move(expected),
                              .found = std::move(found)});
  }

  void check() const {
    diagnostics findings;
    if (inputs_.size() < Method::facts.least_inputs || inputs_.size() > Method::facts.most_inputs) {
      findings.push_back({.what = "the method takes another number of models",
                          .expected = "at least " + std::to_string(Method::facts.least_inputs) +
                                      " beside the base",
                          .found = std::to_string(inputs_.size())});
    }
    for (const std::string& name : names_) {
      const tensor_description wanted = *base_.describe(name);
      for (const source_reference& input : inputs_) {
        const auto found = input.describe(name);
        if (!found) continue;
        if (found->dims != wanted.dims) {
          findings.push_back({.path = quoted_name(name),
                              .what = "the tensor has another shape than in the base",
                              .expected = to_string(wanted.dims),
                              .found = to_string(found->dims)});
        } else if (is_mergeable(wanted.type) && !is_mergeable(found->type)) {
          findings.push_back({.path = quoted_name(name),
                              .what = "the tensor is not of floats, as the base's is",
                              .found = std::string(to_string(found->type))});
        }
      }
    }
    if (!findings.empty()) throw failure(std::move(findings));
  }

  bool is_current(std::size_t place) const {
    const auto& last = merged_with_[place];
    if (!last) return false;
    const tensor_description described = *base_.describe(names_[place]);
    if (!is_mergeable(described.type)) return true;
    const merge_coefficients<Method> now = rule_(names_[place]);
    if (!detail::same_parameters(last->shared, now.shared)) return false;
    if (last->inputs.size() != now.inputs.size()) return false;
    for (std::size_t i = 0; i < now.inputs.size(); ++i) {
      if (!detail::same_parameters(last->inputs[i], now.inputs[i])) return false;
    }
    return true;
  }

  static stored_tensor load(const source_reference& source, std::string_view name,
                            const tensor_description& described) {
    stored_tensor loaded{described.type, std::vector<std::byte>(described.bytes())};
    source.read(name, loaded.bytes);
    return loaded;
  }

  void merge_into(std::string_view name, const tensor_description& described,
                  const merge_coefficients<Method>& chosen, std::span<std::byte> into) const {
    if (chosen.inputs.size() != inputs_.size()) {
      throw refusal(name, "the rule gives another number of coefficients",
                    std::to_string(inputs_.size()), std::to_string(chosen.inputs.size()));
    }
    const stored_tensor base = load(base_, name, described);
    std::vector<stored_tensor> loaded;
    stored_dtypes types{.base = std::nullopt, .inputs = {}, .output = described.type};
    if (Method::facts.base != base_use::ignored) types.base = described.type;
    for (const source_reference& input : inputs_) {
      const auto found = input.describe(name);
      loaded.push_back(found ? load(input, name, *found) : base);
      types.inputs.push_back(loaded.back().type);
    }
    std::vector<const std::byte*> pointers;
    for (const stored_tensor& input : loaded) pointers.push_back(input.bytes.data());
    const stored_range all{.first = 0,
                           .elements = described.dims.elements(),
                           .base = types.base ? base.bytes.data() : nullptr,
                           .inputs = pointers};
    const tensor_facts facts{.elements = described.dims.elements(),
                             .row_length = described.dims.row_length(),
                             .random_key = random_key(seed_, name),
                             .column_length = described.dims.column_length(),
                             .axes = described.dims.extents.size()};
    if (computes_in_float(types)) run<float>(name, chosen, facts, types, all, into);
    else run<double>(name, chosen, facts, types, all, into);
  }

  template <class Real>
  static void run(std::string_view name, const merge_coefficients<Method>& chosen,
                  const tensor_facts& facts, const stored_dtypes& types, const stored_range& all,
                  std::span<std::byte> into) {
    detail::tensor_merge_with<Method, Real> merge(chosen.shared, chosen.inputs, facts, types);
    const auto stop_at_problem = [&] {
      if (merge.problem() != nullptr) throw refusal(name, merge.problem());
    };
    stop_at_problem();
    std::vector<std::unique_ptr<merge_worker>> workers;
    workers.push_back(merge.make_worker());
    while (all.elements != 0 && merge.wants_observation()) {
      merge.observe(all, *workers.front());
      merge.conclude(workers);
      stop_at_problem();
    }
    merge.apply(all, *workers.front(), into.data());
  }

  source_reference base_;
  std::vector<source_reference> inputs_;
  rule rule_;
  std::uint64_t seed_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::size_t> places_;
  mutable std::vector<std::optional<merge_coefficients<Method>>> merged_with_;  // one a tensor
};

}  // namespace tensormerge
