#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include <tensormerge/error/diagnostic.hpp>

namespace tensormerge {

/// Something that is checked: what `check` reports, selects, ignores and documents it by.
struct rule {
  std::string_view code;  // TM201; never given to another rule
  std::string_view name;  // diagnostic::rule
  severity level = severity::error;
  std::string_view summary;  // one sentence about what is wrong
  std::string_view reason;   // why it matters
  std::string_view wrong;    // YAML that breaks the rule; empty where no short text does
  std::string_view right;    // the same, right
};

// Groups: 0 the checker, 1 files, 2 keys and values, 3 methods, 4 layers, 5 filters, 6 tokenizers,
// 7 traps of YAML, 8 mixtures, searches and several documents, 9 models on disk.
inline constexpr std::array all_rules{
    rule{"TM001", "unused-ignore", severity::warning,
         "A comment ignores a rule that finds nothing there.",
         "It would hide a mistake that is made later.",
         "dtype: bfloat16  # tensormerge: ignore[TM201]",
         "dtype: bfloat16"},
    rule{"TM002", "too-many-findings", severity::note,
         "More was found than is shown.", "The first thousand findings of a file are shown.", "",
         ""},
    rule{"TM101", "syntax", severity::error, "The file is not valid YAML or JSON.",
         "Nothing can be read from it.", "models: [a, b", "models: [a, b]"},
    rule{"TM102", "encoding", severity::error,
         "The file is not UTF-8, or holds control characters.",
         "Readers would see different texts.", "", ""},
    rule{"TM103", "duplicate-key", severity::error, "A mapping has a key twice.",
         "Some readers take the first, others the last.", "dtype: float16\ndtype: bfloat16",
         "dtype: bfloat16"},
    rule{"TM104", "wrong-document", severity::error,
         "The file holds no mapping, or not the number of documents that its dialect has.",
         "A configuration is one mapping; several documents are several merges.", "- a\n- b",
         "models:\n  - model: a\n  - model: b"},
    rule{"TM105", "wrong-dialect", severity::error,
         "The file is written in a dialect other than the one asked for.",
         "Its keys would all be unknown.", "", ""},
    rule{"TM201", "unknown-key", severity::error, "A key or parameter is known to no method.",
         "mergekit ignores it silently, and what it was meant to do does not happen. With "
         "`--lenient` it is a warning.",
         "parameters: {lamda: 0.5}", "parameters: {lambda: 0.5}"},
    rule{"TM202", "missing-key", severity::error, "A required key is missing.",
         "There is no value that could be meant.", "models:\n  - parameters: {weight: 1}",
         "models:\n  - model: org/name\n    parameters: {weight: 1}"},
    rule{"TM203", "wrong-type", severity::error, "A value is of the wrong kind.",
         "It cannot be read as what the key stands for.", "weight: high", "weight: 0.8"},
    rule{"TM204", "wrong-value", severity::error, "A value is none of those that are known.",
         "It would be refused, or read as something else.", "dtype: bf16", "dtype: bfloat16"},
    rule{"TM205", "out-of-range", severity::error, "A number is outside of its range.",
         "mergekit does not look, and merges something that nobody meant.", "density: 60",
         "density: 0.6"},
    rule{"TM206", "wrong-length", severity::error, "A list or text is too short or too long.",
         "Its items have fixed meanings.", "layer_range: [0, 16, 2]", "layer_range: [0, 16]"},
    rule{"TM207", "conflict", severity::error, "Two keys exclude each other.",
         "Only one of them can count.", "tokenizer_source: union\ntokenizer: {source: base}",
         "tokenizer: {source: base}"},
    rule{"TM208", "unread-key", severity::warning, "A key is accepted but read by nothing.",
         "It can be left out.", "description: my first merge", ""},
    rule{"TM301", "wrong-number-of-models", severity::error,
         "A method is given more or fewer models than it takes.",
         "A base that `models` does not list counts too.", "", ""},
    rule{"TM302", "repeated-model", severity::error, "A slice has a model twice.",
         "mergekit refuses it, older versions dropped one.", "", ""},
    rule{"TM303", "base-not-in-slice", severity::error,
         "The base model is not among the sources of a slice.",
         "With `slices` it is never added by itself.", "", ""},
    rule{"TM304", "missing-parameter", severity::error,
         "A parameter without a default is not given.",
         "The method cannot do without it.", "merge_method: slerp\nparameters: {}",
         "merge_method: slerp\nparameters: {t: 0.5}"},
    rule{"TM305", "parameter-not-read-here", severity::warning,
         "A parameter of the whole merge stands beside one model.",
         "It is never read there.", "models:\n  - model: a\n    parameters: {lambda: 0.5}",
         "parameters: {lambda: 0.5}"},
    rule{"TM306", "unused-parameter", severity::warning,
         "A parameter belongs to other methods and is not used by this one.",
         "Its value changes nothing.", "merge_method: slerp\nparameters: {t: 0.5, weight: 1}",
         "merge_method: slerp\nparameters: {t: 0.5}"},
    rule{"TM307", "zero-weights", severity::error,
         "The weights sum to zero and are to be divided by their sum.",
         "Every element would be infinite or no number at all.", "", ""},
    rule{"TM308", "epsilon-too-large", severity::error,
         "`density` plus or minus `epsilon` leaves the range from 0 to 1.",
         "They are probabilities; mergekit finds out in the middle of the merge.",
         "parameters: {density: 0.9, epsilon: 0.2}", "parameters: {density: 0.9, epsilon: 0.05}"},
    rule{"TM309", "no-effect", severity::warning, "A value switches off what it belongs to.",
         "It may be meant, but is rarely written on purpose.", "parameters: {max_iter: 0}",
         "parameters: {max_iter: 10}"},
    rule{"TM401", "slice-lengths", severity::error,
         "Sources of a slice have different numbers of layers.",
         "Layers are merged one with one.", "", ""},
    rule{"TM402", "empty-layer-range", severity::error, "A layer range is empty or reversed.",
         "mergekit accepts it and writes a model with too few layers.", "layer_range: [24, 12]",
         "layer_range: [12, 24]"},
    rule{"TM403", "uncovered-layers", severity::warning, "No slice makes these layers of the base.",
         "They stay as they are.", "", ""},
    rule{"TM404", "overlapping-layers", severity::error, "Two slices make the same layers.",
         "Only one of them can count.", "", ""},
    rule{"TM501", "unreachable-filter", severity::warning,
         "An entry of a filtered value is never reached.", "The first filter that matches counts.",
         "t:\n  - value: 0.5\n  - {filter: mlp, value: 1}",
         "t:\n  - {filter: mlp, value: 1}\n  - value: 0.5"},
    rule{"TM502", "filter-is-no-pattern", severity::warning,
         "A filter looks like a pattern.", "Filters are parts of names; this one matches nothing.",
         "filter: \".*mlp.*\"", "filter: mlp"},
    rule{"TM503", "misspelt-filter", severity::warning,
         "A filter is nearly a usual part of a tensor's name.", "It probably matches nothing.",
         "filter: self_atn", "filter: self_attn"},
    rule{"TM504", "default-not-last", severity::error,
         "The entry without a filter is not the last one.",
         "Programs of the MLX dialect take the last entry for the default.", "", ""},
    rule{"TM601", "token-source-not-merged", severity::error,
         "The embedding of a token comes from a model that is not merged.",
         "mergekit finds out when the weights are written.", "", ""},
    rule{"TM602", "base-tokenizer-without-base", severity::warning,
         "The tokenizer is that of the base, and there is no base.", "The first model's is taken.",
         "", ""},
    rule{"TM701", "octal-number", severity::warning,
         "A number with leading zeros means different things to YAML 1.1 and 1.2.",
         "For mergekit 010 is 8, for YAML 1.2 it is 10.", "weight: 010", "weight: 10"},
    rule{"TM702", "old-number", severity::warning,
         "A number is written in a form that only YAML 1.1, or only YAML 1.2, knows.",
         "Other readers take it for a text.", "weight: 1_0", "weight: 10"},
    rule{"TM703", "boolean-as-text", severity::warning, "A boolean is written as a text.",
         "It counts, but other versions of mergekit refuse it.", "normalize: \"true\"",
         "normalize: true"},
    rule{"TM704", "boolean-as-number", severity::warning, "A boolean stands where a number is due.",
         "It counts as 1 or 0.", "weight: true", "weight: 1"},
    rule{"TM705", "unquoted-date", severity::error, "An unquoted date is not a text in YAML 1.1.",
         "mergekit refuses it as a name.", "model: 2024-01-15", "model: \"2024-01-15\""},
    rule{"TM706", "layer-as-text", severity::warning, "A layer is written as a fraction or text.",
         "It counts, but is easily misread.", "layer_range: [0.0, 16.0]", "layer_range: [0, 16]"},
    rule{"TM801", "missing-prompts", severity::error,
         "An expert has no prompts to make its gate of.",
         "Only random gates need none.", "", ""},
    rule{"TM802", "same-experts", severity::error, "All experts have the same prompts or models.",
         "Nothing would tell them apart.", "", ""},
    rule{"TM803", "too-few-experts", severity::error,
         "There are fewer experts than each token needs.",
         "`experts_per_token` is the number that is chosen.", "", ""},
    rule{"TM811", "multiturn-without-template", severity::warning,
         "`fewshot_as_multiturn` needs `apply_chat_template`.", "The harness refuses the pair.",
         "", ""},
    rule{"TM821", "merge-names", severity::error,
         "Documents of a file have the same name, a name that is no folder's, or none.",
         "A name is what other documents refer to, and the folder that is written.", "", ""},
    rule{"TM822", "circular-merges", severity::error, "Merges need each other.",
         "None of them can be made first.", "", ""},
    rule{"TM823", "name-is-a-word", severity::warning,
         "A merge is named like a method, dtype or filter of the file.",
         "mergekit replaces every such text by the merge's folder.", "", ""},
    rule{"TM901", "model-finding", severity::error,
         "The models on disk do not fit the configuration or each other.",
         "Found with `--models`, from configurations and headers alone.", "", ""},
    rule{"TM902", "filter-without-match", severity::warning,
         "No tensor's name contains a filter.", "Its value is never used. Found with `--models`.",
         "", ""},
    rule{"TM903", "prediction", severity::note,
         "What a merge would read and write, and the memory and time that it would take.",
         "Said with `--models`.", "", ""},
};

/// The rule that is named so by diagnostics, or else that for texts that cannot be read.
inline const rule& find_rule(std::string_view name) {
  constexpr std::array<std::string_view, 4> lengths{"too-few-items", "too-many-items", "too-short",
                                                    "too-long"};
  if (std::find(lengths.begin(), lengths.end(), name) != lengths.end()) name = "wrong-length";
  if (name == "too-few-keys" || name == "too-many-keys") name = "wrong-length";
  if (name == "not-allowed-here") name = "conflict";
  if (name == "wrong-text" || name == "not-allowed" || name.starts_with("fits-")) {
    name = "wrong-value";
  }
  const auto named = [](std::string_view wanted) {
    return std::find_if(all_rules.begin(), all_rules.end(),
                        [wanted](const rule& each) { return each.name == wanted; });
  };
  const auto found = named(name);
  return found != all_rules.end() ? *found : *named("syntax");
}

/// What the finding is reported as: `TM201`.
inline std::string_view code_of(const diagnostic& finding) { return find_rule(finding.rule).code; }

}  // namespace tensormerge
