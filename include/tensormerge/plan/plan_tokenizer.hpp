#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include <tensormerge/checkpoint/edit_tokenizer.hpp>
#include <tensormerge/checkpoint/find_model.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/checkpoint/token_table.hpp>
#include <tensormerge/checkpoint/tokenizer.hpp>
#include <tensormerge/checkpoint/vocabulary_size.hpp>
#include <tensormerge/config/merge_config.hpp>
#include <tensormerge/config/model_reference.hpp>
#include <tensormerge/document/load_json.hpp>
#include <tensormerge/document/write_json.hpp>
#include <tensormerge/plan/align_vocabulary.hpp>
#include <tensormerge/plan/finding_groups.hpp>
#include <tensormerge/plan/merge_plan.hpp>
#include <tensormerge/plan/plan_options.hpp>
#include <tensormerge/plan/same_tokenizer.hpp>
#include <tensormerge/plan/token_rules.hpp>

namespace tensormerge {

namespace detail {

/// Makes the output's tokenizer as `tokenizer` or `tokenizer_source` says.
class tokenizer_planner {
 public:
  tokenizer_planner(const merge_config& config, const plan_options& options, merge_plan& plan,
                    finding_groups& findings)
      : options_(options),
        plan_(plan),
        findings_(findings),
        has_base_(config.base_model.has_value()) {
    if (config.tokenizer) settings_ = *config.tokenizer;
    else settings_.source = config.tokenizer_source;
  }

  std::optional<token_alignment> make() {
    warn_of_missing_base();
    const std::size_t merged = plan_.models.size();
    const std::optional<std::size_t> source = find_source();
    if (!source) return std::nullopt;
    plan_.tokenizer_donor = *source;
    plan_.makes_tokenizer = true;
    if (is_all_one_unreadable_form(merged)) return std::nullopt;
    try {
      return align(merged, *source);
    } catch (const failure& problem) {
      for (const diagnostic& finding : problem.findings()) findings_.add("broken files", finding);
      return std::nullopt;
    }
  }

 private:
  bool is_union() const {
    const auto* choice =
        settings_.source ? std::get_if<tokenizer_choice>(&*settings_.source) : nullptr;
    return !settings_.source || (choice != nullptr && *choice == tokenizer_choice::union_);
  }

  /// mergekit takes any model for the base then.
  void warn_of_missing_base() {
    const auto* choice =
        settings_.source ? std::get_if<tokenizer_choice>(&*settings_.source) : nullptr;
    if (has_base_ || choice == nullptr || *choice != tokenizer_choice::base) return;
    findings_.add("tokenizers", {.level = severity::warning,
                                 .file = options_.config_file,
                                 .at = settings_.at,
                                 .path = "tokenizer source",
                                 .what = "`base` is taken to be " +
                                         quoted_name(plan_.models[plan_.donor].name) +
                                         ", the first model, since `base_model` is missing"});
  }

  /// The model whose tokenizer is the output's, or is extended to be. One that is not merged comes
  /// to the end of the plan's models, without weights.
  std::optional<std::size_t> find_source() {
    const auto* reference =
        settings_.source ? std::get_if<model_reference>(&*settings_.source) : nullptr;
    if (reference == nullptr) return plan_.donor;
    const auto known = std::find_if(
        plan_.models.begin(), plan_.models.end(),
        [&](const planned_model& model) { return model.name == reference->text(); });
    if (known != plan_.models.end()) return static_cast<std::size_t>(known - plan_.models.begin());
    const auto place = find_model(reference->path, reference->revision, options_.search);
    if (!place) {
      diagnostic finding = model_not_found(reference->path, reference->revision, options_.search);
      finding.file = options_.config_file;
      finding.at = reference->at;
      findings_.add("models that cannot be used", std::move(finding));
      return std::nullopt;
    }
    planned_model model{.name = reference->text(), .folder = {.path = *place}};
    std::error_code error;
    if (std::filesystem::exists(*place / "config.json", error)) {
      model.folder.config = load_json_file(*place / "config.json");
    }
    plan_.models.push_back(std::move(model));
    return plan_.models.size() - 1;
  }

  /// Tokens that cannot be read need not be where every model has the same and nothing is changed.
  bool is_all_one_unreadable_form(std::size_t merged) const {
    const planned_model& source = plan_.models[plan_.tokenizer_donor];
    std::error_code error;
    for (const char* name : {"tokenizer.json", "vocab.json"}) {
      if (std::filesystem::exists(source.folder.path / name, error)) return false;
    }
    if (!settings_.tokens.empty() || settings_.pad_to_multiple_of) return false;
    return std::all_of(plan_.models.begin(),
                       plan_.models.begin() + static_cast<std::ptrdiff_t>(merged),
                       [&](const planned_model& model) { return have_same_tokens(model, source); });
  }

  std::optional<token_alignment> align(std::size_t merged, std::size_t source) {
    std::optional<tokenizer> made = read(source);
    if (!made) {
      const planned_model& model = plan_.models[source];
      findings_.add("models without a tokenizer",
                    {.file = model.folder.path.string(),
                     .what = "the model " + quoted_name(model.name) + " has no tokenizer",
                     .expected = "tokenizer.json, or vocab.json and merges.txt"});
      return std::nullopt;
    }
    const auto source_tokens = std::make_shared<const token_table>(made->tokens);
    std::vector<std::shared_ptr<const token_table>> tables;
    for (std::size_t i = 0; i < merged; ++i) {
      tables.push_back(i == source ? source_tokens : read_tokens(i, source, source_tokens, tables));
    }
    // A model without a tokenizer is taken to have the base's.
    for (std::size_t i = 0; i < merged; ++i) {
      if (tables[i] == nullptr) tables[i] = table_for_missing(i, tables, source_tokens);
    }
    const std::size_t before = made->tokens.size(), added_before = made->tokens.added().size();
    const bool is_cut = remove_tokens_from(*made, limit_of(source));
    if (is_union()) unite(*made, tables);
    for (const auto& rule : settings_.tokens) {
      if (!made->tokens.find(rule.first)) add(*made, {.content = rule.first});
    }
    const bool is_extended = !is_cut && (made->tokens.size() != before ||
                                         made->tokens.added().size() != added_before);
    if (is_cut || is_extended) write(*made, is_cut);
    return rows_of(made->tokens, tables);
  }

  std::optional<tokenizer> read(std::size_t model) const {
    const model_folder& folder = plan_.models[model].folder;
    const node* type = folder.config.find("model_type");
    return read_tokenizer(folder.path,
                          type != nullptr && type->is_string() ? type->text : std::string{});
  }

  /// A model's tokens; those of an earlier one where the files are the same, so that most merges
  /// read one tokenizer.
  std::shared_ptr<const token_table> read_tokens(
      std::size_t model, std::size_t source,
      const std::shared_ptr<const token_table>& source_tokens,
      const std::vector<std::shared_ptr<const token_table>>& tables) const {
    if (have_same_tokens(plan_.models[model], plan_.models[source])) return source_tokens;
    for (std::size_t i = 0; i < tables.size(); ++i) {
      if (have_same_tokens(plan_.models[model], plan_.models[i])) return tables[i];
    }
    std::optional<tokenizer> its = read(model);
    if (!its) return nullptr;
    return std::make_shared<const token_table>(std::move(its->tokens));
  }

  std::shared_ptr<const token_table> table_for_missing(
      std::size_t model, const std::vector<std::shared_ptr<const token_table>>& tables,
      const std::shared_ptr<const token_table>& source_tokens) {
    const bool donor_has_one = tables[plan_.donor] != nullptr;
    const std::size_t stands_in = donor_has_one ? plan_.donor : plan_.tokenizer_donor;
    findings_.add("models without a tokenizer",
                  {.level = severity::warning,
                   .file = plan_.models[model].folder.path.string(),
                   .what = "the model " + quoted_name(plan_.models[model].name) +
                           " has no tokenizer; its tokens are taken to be those of " +
                           quoted_name(plan_.models[stands_in].name)});
    return donor_has_one ? tables[plan_.donor] : source_tokens;
  }

  /// Tokens from this id on have no place in the model: the `vocab_size` of its config.json.
  std::uint64_t limit_of(std::size_t model) const {
    constexpr std::uint64_t none = std::uint64_t{1} << 32;
    return vocabulary_size(plan_.models[model].folder.config).value_or(none);
  }

  void add(tokenizer& made, added_token token) {
    const std::string text = token.content;
    if (made.tokens.add(std::move(token))) return;
    findings_.add("tokens that cannot be added",
                  {.file = made.folder.string(),
                   .what = "the tokenizer cannot take the token " + quoted_name(text),
                   .expected = "ids without gaps, as its loader numbers new tokens",
                   .found = std::to_string(made.tokens.size()) + " tokens with ids below " +
                            std::to_string(made.tokens.rows())});
  }

  /// Adds what the models have and the base has not: tokens of their tokenizers' models as plain
  /// added tokens, in the order of their ids, then tokens that were added to them with the first
  /// model's flags.
  void unite(tokenizer& made, const std::vector<std::shared_ptr<const token_table>>& tables) {
    std::vector<std::size_t> order{plan_.donor};
    for (std::size_t i = 0; i < tables.size(); ++i) {
      const bool is_seen = std::any_of(order.begin(), order.end(), [&](std::size_t j) {
        return tables[j] == tables[i] && limit_of(j) >= limit_of(i);
      });
      if (!is_seen) order.push_back(i);
    }
    for (const std::size_t model : order) unite_plain(made, model, order, tables);
    for (const std::size_t model : order) {
      for (const added_token& token : tables[model]->added()) {
        if (token.id < limit_of(model)) add(made, token);
      }
    }
  }

  void unite_plain(tokenizer& made, std::size_t model, const std::vector<std::size_t>& order,
                   const std::vector<std::shared_ptr<const token_table>>& tables) {
    std::vector<vocabulary::entry> missing;
    for (const vocabulary::entry& entry : tables[model]->entries()) {
      if (entry.id >= limit_of(model) || made.tokens.find(entry.token)) continue;
      const bool is_added = std::any_of(order.begin(), order.end(), [&](std::size_t other) {
        return tables[other]->has_added(entry.token) &&
               *tables[other]->find(entry.token) < limit_of(other);
      });
      if (!is_added) missing.push_back(entry);
    }
    std::sort(missing.begin(), missing.end(),
              [](const auto& a, const auto& b) { return a.id < b.id; });
    for (const vocabulary::entry& entry : missing) add(made, {.content = entry.token});
  }

  /// The files of a tokenizer that no model has.
  void write(tokenizer& made, bool is_cut) {
    if (made.document.is_null()) {
      findings_.add("tokens that cannot be added",
                    {.file = made.folder.string(),
                     .what = "the tokenizer must be changed, and has no tokenizer.json",
                     .hint = "save it with transformers: "
                             "AutoTokenizer.from_pretrained(folder).save_pretrained(folder)"});
      return;
    }
    write_added_tokens(made);
    plan_.made_files.push_back({"tokenizer.json", write_json(made.document)});
    if (!made.settings.is_null()) {
      plan_.made_files.push_back({"tokenizer_config.json", write_json(made.settings)});
    }
    plan_.dropped_files.push_back("added_tokens.json");
    if (!is_cut) return;
    for (const char* name : {"vocab.json", "merges.txt", "vocab.txt", "tokenizer.model",
                             "special_tokens_map.json"}) {
      plan_.dropped_files.push_back(name);
    }
  }

  std::optional<token_alignment> rows_of(
      const token_table& made, const std::vector<std::shared_ptr<const token_table>>& tables) {
    token_alignment alignment{.tokens = made.entries(), .rows = made.rows()};
    const auto multiple = static_cast<std::uint64_t>(settings_.pad_to_multiple_of.value_or(0));
    if (multiple > 0 && alignment.rows % multiple > 0) {
      alignment.padding = multiple - alignment.rows % multiple;
    }
    plan_.vocabulary_size = alignment.rows + alignment.padding;
    for (std::size_t model = 0; model < tables.size(); ++model) {
      const std::uint64_t limit = limit_of(model);
      std::vector<std::optional<std::uint64_t>>& rows = alignment.row_of.emplace_back();
      rows.reserve(alignment.tokens.size());
      for (const vocabulary::entry& entry : alignment.tokens) {
        std::optional<std::uint64_t> row = tables[model]->find(entry.token);
        if (row && *row >= limit) row.reset();
        rows.push_back(row);
      }
    }
    std::vector<const token_table*> known;
    for (const auto& table : tables) known.push_back(table.get());
    alignment.rules =
        token_rule_reader(plan_, known, options_.config_file, findings_).read(settings_);
    return alignment;
  }

  const plan_options& options_;
  merge_plan& plan_;
  finding_groups& findings_;
  bool has_base_;
  tokenizer_settings settings_{};
};

}  // namespace detail

/// Plans the tokenizer that `tokenizer` or `tokenizer_source` asks for: its donor, the files that
/// are made anew and the size of the vocabulary go into the plan. Returns where its tokens come
/// from, none where nothing is asked for or what is asked for changes no tensor. Problems go to the
/// findings. The rules are mergekit's (tokenizer/build.py of 0.1.5); where mergekit leaves an order
/// to chance, that of the configuration and of the ids holds.
inline std::optional<token_alignment> plan_tokenizer(const merge_config& config,
                                                     const plan_options& options, merge_plan& plan,
                                                     finding_groups& findings) {
  if (!config.tokenizer && !config.tokenizer_source) return std::nullopt;
  return detail::tokenizer_planner(config, options, plan, findings).make();
}

}  // namespace tensormerge
