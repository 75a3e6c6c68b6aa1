#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/checkpoint/tensor_entry.hpp>
#include <tensormerge/dtype/dispatch.hpp>
#include <tensormerge/dtype/dtype.hpp>
#include <tensormerge/error/diagnostic.hpp>
#include <tensormerge/method/parameter_info.hpp>
#include <tensormerge/plan/check_parameters.hpp>
#include <tensormerge/plan/entry_adjustment.hpp>
#include <tensormerge/plan/finding_groups.hpp>
#include <tensormerge/plan/merge_plan.hpp>
#include <tensormerge/plan/resolve_parameters.hpp>
#include <tensormerge/plan/shared_list.hpp>
#include <tensormerge/plan/source_tensors.hpp>
#include <tensormerge/plan/tensor_request.hpp>

namespace tensormerge {

/// The tensor of one model as it is, under a name, in another type where one is given and the
/// elements can be converted.
inline planned_tensor plan_copy(std::string name, std::size_t model, shared_entry entry,
                                std::optional<dtype> type = std::nullopt) {
  const std::optional<block_format> packing = type ? std::nullopt : entry->packing;
  const dtype nominal = packing ? entry->type : entry->nominal_type();
  const dtype written = is_mergeable(entry->type) ? type.value_or(nominal) : nominal;
  return {.name = std::move(name),
          .type = written,
          .dims = entry->dims,
          .method = "passthrough",
          .parameters = {},
          .origins = {},
          .base = std::nullopt,
          .is_copy = written == entry->type,
          .inputs = {{model, std::move(entry), {}}},
          .packing = packing};
}

/// Makes planned tensors of requests, and findings of what does not fit together.
class tensor_planner {
 public:
  /// `config_at` is where the configuration begins in its file.
  tensor_planner(const std::vector<planned_model>& models, std::string config_file,
                 text_position config_at, finding_groups& findings)
      : models_(models),
        config_file_(std::move(config_file)),
        config_at_(config_at),
        findings_(findings),
        sources_(models, findings) {}

  /// Lets the tensors of each request be changed before they are planned, from now on; nullptr: as
  /// they are.
  void adjust_by(entry_adjustment* adjustment) { adjustment_ = adjustment; }

  /// None where the tensor cannot be merged (an error was found) or is left out (a warning).
  std::optional<planned_tensor> plan(tensor_request request) {
    auto [entries, is_carried_over] = sources_.find(request);
    if (entries.empty() || !sources_.are_unpacked(request, entries)) return std::nullopt;
    if (adjustment_ != nullptr && !adjust(request, entries)) return std::nullopt;
    if (!sources_.have_one_shape(request, entries)) return std::nullopt;
    if (is_carried_over) {
      return plan_copy(request.name, request.sources[0].model, entries[0], request.type);
    }
    const tensor_entry& lead = *entries[request.base.value_or(0)];
    dtype promoted = lead.nominal_type();
    for (const shared_entry& entry : entries) {
      // What a format of blocks decodes to says nothing of the type that is wanted.
      if (!entry->packing) promoted = promote(promoted, entry->nominal_type());
    }
    if (!is_float(promoted)) return carry_over(request, entries);
    if (!sources_.are_mergeable(request, entries)) return std::nullopt;
    const dtype type = request.type.value_or(promoted);
    planned_tensor tensor{.name = request.name,
                          .type = request.is_widened ? promote(type, dtype::float32) : type,
                          .dims = entries[0]->dims,
                          .method = std::string(request.method->facts.name),
                          .parameters = {},
                          .origins = {},
                          .base = std::nullopt,
                          .is_copy = false,
                          .inputs = {},
                          .packing = request.type ? std::nullopt : lead.packing};
    if (tensor.packing) tensor.type = dtype::float32;
    std::tie(tensor.parameters, tensor.origins) = resolve(request);
    tensor.inputs.reserve(entries.size() - (request.base ? 1 : 0));
    for (std::size_t i = 0; i < entries.size(); ++i) {
      planned_source source{request.sources[i].model, entries[i]};
      if (i == request.base) {
        tensor.base = std::move(source);
      } else {
        std::tie(source.parameters, source.origins) = resolve(request, i);
        tensor.inputs.push_back(std::move(source));
      }
    }
    if (tensor.inputs.empty()) return plan_base_alone(std::move(tensor), entries[0]);
    check_parameters(request, tensor, config_file_, findings_);
    return tensor;
  }

 private:
  /// The parameters of a tensor or an input, and their origins.
  using resolved_lists = std::pair<shared_list<parameter_value>, shared_list<text_position>>;

  /// Makes `entries` those that are merged in their place.
  bool adjust(const tensor_request& request, std::vector<shared_entry>& entries) const {
    std::vector<tensor_entry> found;
    for (const shared_entry& entry : entries) found.push_back(*entry);
    std::optional<std::vector<tensor_entry>> adjusted =
        adjustment_->adjust(request, std::move(found));
    if (!adjusted) return false;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      tensor_entry& wanted = (*adjusted)[i];
      if (wanted != *entries[i]) entries[i] = share(std::move(wanted));
    }
    return true;
  }

  /// Nothing is added to a base without other models.
  static planned_tensor plan_base_alone(planned_tensor tensor, const shared_entry& entry) {
    planned_tensor copy = plan_copy(tensor.name, tensor.base->model, entry);
    copy.is_copy = copy.is_copy && tensor.type == entry->type;
    copy.type = tensor.type;
    copy.packing = tensor.packing;
    return copy;
  }

  /// Integers and booleans are not merged: the base's, or else the first, is carried over.
  std::optional<planned_tensor> carry_over(const tensor_request& request,
                                           const std::vector<shared_entry>& entries) {
    const std::size_t chosen = request.base.value_or(0);
    if (!sources_.have_type_of(chosen, request, entries)) return std::nullopt;
    const std::size_t model = request.sources[chosen].model;
    if (request.buffers_must_agree) {
      planned_tensor tensor = plan_copy(request.name, request.sources[0].model, entries[0]);
      for (std::size_t i = 1; i < entries.size(); ++i) {
        tensor.inputs.push_back({request.sources[i].model, entries[i]});
      }
      return tensor;
    }
    if (entries.size() > 1) {
      findings_.add_once(
          "not merged",
          {.level = severity::warning,
           .what = "tensors of " + std::string(to_string(entries[chosen]->type)) +
                   " are not merged but taken from " + quoted_name(models_[model].name),
           .found = quoted_name(request.name)});
    }
    return plan_copy(request.name, model, entries[chosen]);
  }

  const resolved_lists& resolve(const tensor_request& request) {
    resolved_parameters resolved =
        resolve_parameters(request.method->shared, *request.scopes, request.name, request.t);
    report_wrong(resolved.wrong);
    for (const std::string_view name : resolved.missing) {
      report_missing(name, {.at = config_at_,
                            .path = "parameters." + std::string(name),
                            .what = std::string(request.method->facts.name) + " needs " +
                                    quoted_name(name),
                            .found = "none for " + quoted_name(request.name),
                            .hint = hint_for(name, *request.scopes)});
    }
    return shared(0, std::move(resolved));
  }

  const resolved_lists& resolve(const tensor_request& request, std::size_t number) {
    const source_request& source = request.sources[number];
    resolved_parameters resolved =
        resolve_parameters(request.method->per_input, *source.scopes, source.name, request.t);
    report_wrong(resolved.wrong);
    for (const std::string_view name : resolved.missing) {
      report_missing(name, {.at = source.at,
                            .path = source.path,
                            .what = std::string(request.method->facts.name) + " needs " +
                                    quoted_name(name) + " for the model " +
                                    quoted_name(models_[source.model].name),
                            .found = "none for " + quoted_name(source.name),
                            .hint = source.hint.empty() ? hint_for(name, *source.scopes)
                                                        : source.hint});
    }
    return shared(number + 1, std::move(resolved));
  }

  /// The lists in the memory of those that were resolved last for the same place, 0 for a tensor
  /// and then its sources, if they are the same, as for most tensors they are.
  const resolved_lists& shared(std::size_t place, resolved_parameters resolved) {
    if (place >= last_.size()) last_.resize(place + 1);
    auto& [values, origins] = last_[place];
    values.become(std::move(resolved.values));
    origins.become(std::move(resolved.origins));
    return last_[place];
  }

  void report_missing(std::string_view parameter, diagnostic finding) {
    finding.file = config_file_;
    const std::string cause = "missing " + std::string(parameter) + ' ' + finding.path;
    findings_.add_once(cause, std::move(finding));
  }

  static std::string hint_for(std::string_view parameter, const parameter_scopes& scopes) {
    const auto gives = [parameter](const settings* scope) {
      return scope->find(parameter) != nullptr;
    };
    const bool is_filtered = std::any_of(scopes.begin(), scopes.end(), gives);
    return is_filtered ? "add a value without a filter, for all other tensors" : "";
  }

  void report_wrong(const diagnostics& wrong) {
    for (diagnostic finding : wrong) {
      finding.file = config_file_;
      findings_.add_once("wrong " + finding.path, finding);
    }
  }

  const std::vector<planned_model>& models_;
  std::string config_file_;
  text_position config_at_;
  finding_groups& findings_;
  source_tensors sources_;
  entry_adjustment* adjustment_ = nullptr;
  std::vector<resolved_lists> last_;
};

}  // namespace tensormerge
