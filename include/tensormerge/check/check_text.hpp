#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <tensormerge/check/dialect.hpp>
#include <tensormerge/check/document_rules.hpp>
#include <tensormerge/check/finding_list.hpp>
#include <tensormerge/check/ignore_comments.hpp>
#include <tensormerge/check/merge_rules.hpp>
#include <tensormerge/check/mlx_rules.hpp>
#include <tensormerge/check/moe_rules.hpp>
#include <tensormerge/check/scalar_rules.hpp>
#include <tensormerge/config/validate_bakllama_config.hpp>
#include <tensormerge/config/validate_evolve_config.hpp>
#include <tensormerge/config/validate_merge_config.hpp>
#include <tensormerge/config/validate_mlx_config.hpp>
#include <tensormerge/config/validate_mlx_lm_config.hpp>
#include <tensormerge/config/validate_moe_config.hpp>
#include <tensormerge/document/load_yaml.hpp>
#include <tensormerge/method/parameter_info.hpp>

namespace tensormerge {

/// How configurations are checked.
struct check_options {
  std::optional<dialect> kind{};  // recognised where it is not given
  bool lenient = false;           // keys that nobody knows are warnings
  bool ignores_errors = true;     // comments may ignore errors too
  std::vector<method_info> methods{};
  std::vector<method_info> mlx_methods{};
};

/// A text with what is wrong with it, in the order of the text.
struct checked_text {
  dialect kind = dialect::mergekit;
  std::vector<node> documents{};
  diagnostics findings{};
};

namespace detail {

inline diagnostics validate_dialect(const node& document, dialect kind, const std::string& file) {
  switch (kind) {
    case dialect::moe: return validate_moe_config(document, file);
    case dialect::evolve: return validate_evolve_config(document, file);
    case dialect::bakllama: return validate_bakllama_config(document, file);
    case dialect::mlx: return validate_mlx_config(document, file);
    case dialect::mlx_lm: return validate_mlx_lm_config(document, file);
    case dialect::raw: return validate_raw_merge(document, file);
    default: return validate_merge_config(document, file);
  }
}

/// What a file of another dialect is; none where it may be of the one that is asked for.
inline std::optional<dialect> other_dialect(const std::vector<node>& documents, dialect asked) {
  const dialect found = recognise_dialect(documents);
  const auto merges = [](dialect kind) {
    return kind == dialect::mergekit || kind == dialect::legacy || kind == dialect::multi ||
           kind == dialect::raw;
  };
  if (found == asked || (merges(found) && merges(asked)) || documents.empty()) return std::nullopt;
  const node& root = documents.front();
  const bool has_method = root.find("merge_method") != nullptr;
  if (asked == dialect::mlx && found == dialect::mergekit) {
    // Models by name, or methods in slices, could still be meant.
    const node* models = root.find("models");
    const bool by_path = models != nullptr && !models->items.empty() &&
                         models->items.front().find("model") != nullptr;
    return has_method && (by_path || models == nullptr) ? std::optional(found) : std::nullopt;
  }
  if (found == dialect::mlx) return has_method ? std::nullopt : std::optional(found);
  return merges(found) ? std::nullopt : std::optional(found);
}

/// Says what only these dialects know about what a schema found: which key makes a missing one
/// necessary, and how a name that stands where a mapping is due is written.
inline void explain_findings(const node& document, finding_list& findings) {
  for (diagnostic& each : findings.items()) {
    const node* owner = each.path == "genome" ? document.find("genome") : &document;
    if (each.rule == "missing-key" && each.what.ends_with("`base_model`") && owner != nullptr &&
        owner->find("merge_method") != nullptr) {
      each.at = key_position(*owner, "merge_method");
      each.what = owner->find("merge_method")->text + " needs the key `base_model`";
    }
    const bool is_name = each.rule == "wrong-type" && each.expected == "a mapping" &&
                         each.path.ends_with(']') && each.found.starts_with('`');
    if (!is_name) continue;
    const std::string_view list = std::string_view(each.path).substr(0, each.path.rfind('['));
    if (list.ends_with("models")) {
      each.hint = "write `- model: " + each.found.substr(1);
    } else if (list.ends_with("experts")) {
      each.hint = "write `- source_model: ...`";
    } else if (list.find("parameters.") != list.npos) {
      each.hint = "write `- value: " + each.found.substr(1);
    }
  }
}

inline void check_document(const node& document, dialect kind, const check_options& options,
                           finding_list& findings) {
  if (!document.is_mapping()) {
    findings.add("wrong-document",
                 {.at = document.at.line == 0 ? text_position{1, 1} : document.at,
                  .what = document.is_null() ? "there is nothing in it"
                                             : "the document is no mapping",
                  .expected = "a mapping",
                  .found = document.is_null() ? "" : std::string(to_string(document.type)),
                  .hint = document.is_sequence() ? "put the list below `models:`" : ""});
    return;
  }
  findings.add(validate_dialect(document, kind, findings.file()));
  explain_findings(document, findings);
  check_scalars(document, {}, findings);
  switch (kind) {
    case dialect::moe: return check_moe(document, findings);
    case dialect::evolve: return check_evolve(document, findings);
    case dialect::bakllama: return check_bakllama(document, findings);
    case dialect::mlx: return check_mlx(document, options.mlx_methods, findings);
    case dialect::mlx_lm: return;
    default: return check_merge(document, kind, options.methods, findings);
  }
}

/// In the order of the text, each rule once a place.
inline diagnostics in_order(diagnostics findings) {
  const auto place = [](const diagnostic& each) {
    return std::tuple(each.at.line, each.at.column, std::string_view(each.rule));
  };
  std::stable_sort(findings.begin(), findings.end(),
                   [&](const diagnostic& a, const diagnostic& b) { return place(a) < place(b); });
  const auto end = std::unique(
      findings.begin(), findings.end(),
      [&](const diagnostic& a, const diagnostic& b) { return place(a) == place(b); });
  findings.erase(end, findings.end());
  constexpr std::size_t most = 1000;
  if (findings.size() > most) {
    diagnostic last{.level = severity::note,
                    .file = findings.front().file,
                    .at = findings[most].at,
                    .what = "and " + std::to_string(findings.size() - most) + " more findings",
                    .rule = "too-many-findings"};
    // Whatever is left out, an error stays one.
    const auto is_error = [](const diagnostic& each) { return each.level == severity::error; };
    if (std::any_of(findings.begin() + most, findings.end(), is_error)) {
      last.level = severity::error;
    }
    findings.resize(most);
    findings.push_back(std::move(last));
  }
  return findings;
}

}  // namespace detail

/// Checks a configuration: all that can be known without the models. Never throws for what is in
/// the text.
inline checked_text check_text(std::string_view text, const std::string& file,
                               const check_options& options) {
  checked_text result;
  finding_list findings(file);
  try {
    diagnostics duplicates;
    result.documents = load_yaml_documents(text, file, duplicates);
    findings.add(duplicates);
  } catch (const failure& problem) {
    result.kind = options.kind.value_or(dialect::mergekit);
    result.findings = problem.findings();
    return result;
  }
  if (result.documents.empty()) result.documents.emplace_back();
  result.kind = options.kind.value_or(recognise_dialect(result.documents));
  const auto other = detail::other_dialect(result.documents, result.kind);
  if (other) {
    findings.add("wrong-dialect",
                 {.at = detail::start_of(result.documents.front()),
                  .what = "the configuration is written in the dialect " +
                          std::string(to_string(*other)),
                  .expected = std::string(to_string(result.kind)),
                  .hint = *other == dialect::mlx ? "merge it with `tensormerge mlx`"
                          : *other == dialect::mergekit
                              ? "merge it with `tensormerge merge`"
                              : ""});
    result.findings = std::move(findings.items());
    return result;
  }
  if (result.documents.size() > 1 && result.kind == dialect::mergekit && options.kind) {
    findings.add("wrong-document",
                 {.at = detail::start_of(result.documents[1]),
                  .what = "a further document begins",
                  .expected = "one document in the file",
                  .hint = "remove the line --- and what follows"});
  }
  for (const node& document : result.documents) {
    detail::check_document(document, result.kind, options, findings);
  }
  if (result.kind == dialect::multi) check_documents(result.documents, findings);
  if (options.lenient) {
    for (diagnostic& each : findings.items()) {
      if (each.rule == "unknown-key") each.level = severity::warning;
    }
  }
  apply_ignore_comments(text, options.ignores_errors, findings);
  result.findings = detail::in_order(std::move(findings.items()));
  return result;
}

}  // namespace tensormerge
