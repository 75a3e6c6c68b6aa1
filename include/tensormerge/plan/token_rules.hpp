#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/checkpoint/token_table.hpp>
#include <tensormerge/config/merge_config.hpp>
#include <tensormerge/config/model_reference.hpp>
#include <tensormerge/plan/finding_groups.hpp>
#include <tensormerge/plan/merge_plan.hpp>

namespace tensormerge {

/// A row of one of the plan's models.
struct model_row {
  std::size_t model = 0;
  std::uint64_t row = 0;
};

/// What a configuration says about the embedding of one token.
struct resolved_rule {
  /// The row to take: none of nothing said, of `zero` an empty place.
  struct zeros {};
  std::variant<std::monostate, zeros, model_row> source{};
  bool is_forced = false;
};

/// The rules of `tokenizer.tokens` by token. `tables` are the tokens of the plan's models.
/// Reports rules that name a model that is not merged, or a token that it does not have.
class token_rule_reader {
 public:
  token_rule_reader(const merge_plan& plan, const std::vector<const token_table*>& tables,
                    std::string config_file, finding_groups& findings)
      : plan_(plan), tables_(tables), config_file_(std::move(config_file)), findings_(findings) {}

  std::map<std::string, resolved_rule> read(const tokenizer_settings& settings) {
    std::map<std::string, resolved_rule> rules;
    at_ = settings.at;
    for (const auto& [token, rule] : settings.tokens) {
      path_ = "tokenizer.tokens[" + quoted_name(token) + ']';
      resolved_rule& resolved = rules[token];
      resolved.is_forced = rule.force;
      if (!rule.source) continue;
      std::visit([&](const auto& source) { read(token, source, resolved); }, *rule.source);
    }
    return rules;
  }

 private:
  void read(const std::string&, const zero_token&, resolved_rule& rule) {
    rule.source = resolved_rule::zeros{};
  }

  void read(const std::string& token, const model_reference& reference, resolved_rule& rule) {
    if (const auto model = model_of(reference)) take(token, *model, rule);
  }

  void read(const std::string&, const model_token& source, resolved_rule& rule) {
    const auto model = model_of(source.model);
    if (!model) return;
    if (source.token) {
      take(*source.token, *model, rule);
    } else if (source.token_id && *source.token_id >= 0) {
      rule.source = model_row{*model, static_cast<std::uint64_t>(*source.token_id)};
    } else {
      report("the rule names no token", "`token` or a `token_id` of at least 0");
    }
  }

  void take(const std::string& token, std::size_t model, resolved_rule& rule) {
    if (const std::optional<std::uint64_t> row = tables_[model]->find(token)) {
      rule.source = model_row{model, *row};
    } else {
      report("the model " + quoted_name(plan_.models[model].name) + " has no token " +
             quoted_name(token));
    }
  }

  std::optional<std::size_t> model_of(const model_reference& reference) {
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      if (plan_.models[i].name == reference.text()) return i;
    }
    report("the model " + quoted_name(reference.text()) + " is not merged",
           "one of the models that are");
    return std::nullopt;
  }

  void report(std::string what, std::string expected = {}) {
    findings_.add("rules for tokens that cannot be followed", {.file = config_file_,
                                                               .at = at_,
                                                               .path = path_,
                                                               .what = std::move(what),
                                                               .expected = std::move(expected)});
  }

  const merge_plan& plan_;
  const std::vector<const token_table*>& tables_;
  std::string config_file_;
  finding_groups& findings_;
  text_position at_{};
  std::string path_;
};

}  // namespace tensormerge
