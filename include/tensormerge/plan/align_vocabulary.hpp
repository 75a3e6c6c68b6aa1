#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/checkpoint/row_map.hpp>
#include <tensormerge/checkpoint/row_map_view.hpp>
#include <tensormerge/checkpoint/single_tensor_reader.hpp>
#include <tensormerge/checkpoint/tensor_entry.hpp>
#include <tensormerge/checkpoint/vocabulary.hpp>
#include <tensormerge/dtype/dispatch.hpp>
#include <tensormerge/dtype/dtype.hpp>
#include <tensormerge/plan/entry_adjustment.hpp>
#include <tensormerge/plan/finding_groups.hpp>
#include <tensormerge/plan/merge_plan.hpp>
#include <tensormerge/plan/tensor_request.hpp>
#include <tensormerge/plan/tensor_role.hpp>
#include <tensormerge/plan/token_rules.hpp>

namespace tensormerge {

/// The output's tokens, and where each model has them.
struct token_alignment {
  std::vector<vocabulary::entry> tokens{};
  /// One more than the greatest id.
  std::uint64_t rows = 0;
  /// Rows behind those of the tokens.
  std::uint64_t padding = 0;
  /// By model of the plan and by output token: the model's row, none where it lacks the token.
  std::vector<std::vector<std::optional<std::uint64_t>>> row_of{};
  std::map<std::string, resolved_rule> rules{};
};

/// Gives tensors with a row for each token the rows of the output's tokens in their order. A model
/// that lacks a token gets the row that a rule says, or else the only model's that has it, or else
/// the base's, or else the mean of the models' that have it; zeros where none has. Rows of padding
/// are the mean of all others. The order of these choices is mergekit's (tokenizer/embed.py of
/// 0.1.5).
class vocabulary_alignment final : public entry_adjustment {
 public:
  vocabulary_alignment(const std::vector<planned_model>& models, token_alignment alignment,
                       finding_groups& findings)
      : models_(models), alignment_(std::move(alignment)), findings_(findings) {}

  std::optional<std::vector<tensor_entry>> adjust(const tensor_request& request,
                                                  std::vector<tensor_entry> entries) override {
    if (!has_row_per_token(request.name) || !have_like_rows(entries)) return entries;
    std::vector<row_map> maps(entries.size(), row_map(alignment_.rows));
    is_sound_ = true;
    for (std::size_t i = 0; i < alignment_.tokens.size(); ++i) {
      place_token(i, request, entries, maps);
    }
    if (!is_sound_) return std::nullopt;
    for (row_map& map : maps) map.pad(alignment_.padding);
    return view(request, entries, std::move(maps));
  }

 private:
  static bool have_like_rows(const std::vector<tensor_entry>& entries) {
    const auto row_shape = [](const tensor_entry& entry) {
      const std::vector<std::uint64_t>& extents = entry.dims.extents;
      return std::vector<std::uint64_t>(extents.begin() + (extents.empty() ? 0 : 1), extents.end());
    };
    return std::all_of(entries.begin(), entries.end(), [&](const tensor_entry& entry) {
      return !entry.dims.extents.empty() && row_shape(entry) == row_shape(entries.front());
    });
  }

  void place_token(std::size_t token, const tensor_request& request,
                   const std::vector<tensor_entry>& entries, std::vector<row_map>& maps) {
    const auto own = [&](std::size_t source) {
      return alignment_.row_of[request.sources[source].model][token];
    };
    const auto& [text, id] = alignment_.tokens[token];
    const auto found = alignment_.rules.find(text);
    const resolved_rule* rule = found == alignment_.rules.end() ? nullptr : &found->second;
    const bool is_forced = rule != nullptr && rule->is_forced;
    std::vector<row_place> present;
    for (std::size_t i = 0; i < maps.size(); ++i) {
      if (const auto row = own(i)) present.push_back({i, *row});
    }
    std::vector<row_place> substitute;
    if (is_forced || present.size() < maps.size()) {
      substitute = substitute_for(text, rule, request, present);
      for (const row_place& place : substitute) check(place, text, request, entries);
    }
    for (const row_place& place : present) check(place, text, request, entries);
    for (std::size_t i = 0; i < maps.size(); ++i) {
      const auto row = own(i);
      if (row && !is_forced) maps[i].set(id, {i, *row});
      else maps[i].set_mean(id, substitute);
    }
  }

  std::vector<row_place> substitute_for(const std::string& token, const resolved_rule* rule,
                                        const tensor_request& request,
                                        const std::vector<row_place>& present) {
    if (rule != nullptr && std::holds_alternative<resolved_rule::zeros>(rule->source)) return {};
    if (rule != nullptr && std::holds_alternative<model_row>(rule->source)) {
      const model_row& from = std::get<model_row>(rule->source);
      for (std::size_t i = 0; i < request.sources.size(); ++i) {
        if (request.sources[i].model == from.model) return {{i, from.row}};
      }
      report({.path = quoted_name(request.name),
              .what = "a rule takes the token " + quoted_name(token) + " from " +
                      quoted_name(models_[from.model].name) +
                      ", which is not among the models that are merged here"});
      return {};
    }
    if (present.empty()) {
      findings_.add_once("no embedding",
                         {.level = severity::warning,
                          .path = quoted_name(request.name),
                          .what = "the token " + quoted_name(token) +
                                  " is in none of the models: its row is zero"});
    }
    for (const row_place& place : present) {
      if (place.tensor == request.token_base) return {place};
    }
    return present;
  }

  void check(const row_place& place, const std::string& token, const tensor_request& request,
             const std::vector<tensor_entry>& entries) {
    const std::uint64_t rows = entries[place.tensor].dims.column_length();
    if (place.row < rows) return;
    const planned_model& model = models_[request.sources[place.tensor].model];
    report({.file = model.folder.path.string(),
            .path = quoted_name(entries[place.tensor].name),
            .what = "the tensor has no row for the token " + quoted_name(token),
            .expected = "a row " + std::to_string(place.row),
            .found = std::to_string(rows) + " rows",
            .hint = "is the tokenizer this model's, and `vocab_size` in config.json true?"});
  }

  void report(diagnostic finding) {
    is_sound_ = false;
    findings_.add("tokens without a row", std::move(finding));
  }

  std::optional<std::vector<tensor_entry>> view(const tensor_request& request,
                                                std::vector<tensor_entry>& entries,
                                                std::vector<row_map> maps) {
    row_map_view::readers readers;
    dtype widest = entries.front().type, nominal = entries.front().nominal_type();
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const checkpoint& weights = models_[request.sources[i].model].folder.weights;
      readers.push_back(std::make_shared<const single_tensor_reader>(weights, entries[i]));
      widest = promote(widest, entries[i].type);
      nominal = promote(nominal, entries[i].nominal_type());
    }
    const shape& dims = entries.front().dims;
    const std::uint64_t row_elements =
        dims.elements() / std::max<std::uint64_t>(1, dims.column_length());
    for (std::size_t i = 0; i < entries.size(); ++i) {
      tensor_entry& entry = entries[i];
      if (maps[i].is_identity(i, entry.dims.column_length())) continue;
      if (!maps[i].takes_only(i)) {
        entry.type = widest;
        entry.narrow_type = nominal;
      }
      if (maps[i].has_means()) {
        entry.narrow_type = entry.nominal_type();
        entry.type = with_more_digits(entry.type);
      }
      const bool computes = entry.type != readers[i]->tensor().type || maps[i].has_means();
      if (computes && !all_mergeable(readers)) {
        findings_.add("tensors of a type that cannot be merged",
                      {.path = quoted_name(entry.name),
                       .what = "rows of this type cannot be aligned",
                       .expected = "float16, bfloat16, float32 or float64",
                       .found = std::string(to_string(readers[i]->tensor().type))});
        return std::nullopt;
      }
      entry.dims.extents.front() = maps[i].rows();
      entry.bytes = entry.dims.elements() * bytes_per_element(entry.type);
      entry.view = std::make_shared<const row_map_view>(std::move(maps[i]), readers, row_elements,
                                                        entry.type);
    }
    return std::move(entries);
  }

  static bool all_mergeable(const row_map_view::readers& tensors) {
    return std::all_of(tensors.begin(), tensors.end(),
                       [](const auto& each) { return is_mergeable(each->tensor().type); });
  }

  /// A type that holds means of a few values to many more digits than they have.
  static dtype with_more_digits(dtype type) {
    if (!is_mergeable(type)) return type;
    return bytes_per_element(type) < 4 ? dtype::float32 : dtype::float64;
  }

  const std::vector<planned_model>& models_;
  token_alignment alignment_;
  finding_groups& findings_;
  bool is_sound_ = true;
};

}  // namespace tensormerge
