#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/config/text_pattern.hpp>
#include <tensormerge/document/load_json.hpp>
#include <tensormerge/document/node.hpp>
#include <tensormerge/document/read_text.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// A number for all modules, and others for those that a pattern matches, the first match first.
class module_number {
 public:
  module_number() = default;
  explicit module_number(double usual) : usual_(usual) {}

  /// `pattern` is matched by whole parts, from the end of the module's name: `q_proj`,
  /// `layers.0.mlp`. Throws std::invalid_argument for what text_pattern does not know.
  void add(const std::string& pattern, double number) {
    rules_.emplace_back(text_pattern("^(.*\\.)?(" + pattern + ")$"), number);
  }

  double of(std::string_view module) const {
    for (const auto& [pattern, number] : rules_) {
      if (pattern.search(module)) return number;
    }
    return usual_;
  }

 private:
  double usual_ = 0;
  std::vector<std::pair<text_pattern, double>> rules_;
};

/// What adapter_config.json says, as far as the merged weights depend on it.
/// Ref: https://huggingface.co/docs/peft, LoraConfig.
struct adapter_config {
  module_number rank{8}, alpha{8};
  bool is_rank_stabilized = false;  // scaled by alpha / sqrt(rank), not alpha / rank
  bool has_magnitudes = false;      // DoRA
  bool fan_in_fan_out = false;      // the base's matrices are [inputs, outputs]

  double scale_of(std::string_view module) const {
    const double its_rank = rank.of(module);
    return alpha.of(module) / (is_rank_stabilized ? std::sqrt(its_rank) : its_rank);
  }
};

namespace detail {

class adapter_config_reader {
 public:
  explicit adapter_config_reader(const std::filesystem::path& file) : file_(file) {}

  adapter_config read() {
    constexpr std::size_t most_bytes = 16'000'000;
    document_ = load_json(read_text(file_, most_bytes), file_.string());
    check_kind();
    adapter_config config;
    config.rank = number("r", "rank_pattern", 8);
    config.alpha = number("lora_alpha", "alpha_pattern", 8);
    config.is_rank_stabilized = is_set("use_rslora");
    config.has_magnitudes = is_set("use_dora");
    config.fan_in_fan_out = is_set("fan_in_fan_out");
    if (!findings_.empty()) throw failure(std::move(findings_));
    return config;
  }

 private:
  void report(std::string_view key, std::string what, std::string expected = {},
              std::string found = {}, text_position at = {}) {
    findings_.push_back({.file = file_.string(),
                         .at = at,
                         .path = std::string(key),
                         .what = std::move(what),
                         .expected = std::move(expected),
                         .found = std::move(found)});
  }

  /// Whether a key is there with a value that switches something on.
  bool is_set(std::string_view key) const {
    const node* value = document_.find(key);
    if (value == nullptr || value->is_null()) return false;
    if (value->is_scalar()) return value->type != node::kind::boolean || value->number != 0;
    return !value->items.empty() || !value->entries.empty();
  }

  void check_kind() {
    const node* kind = document_.find("peft_type");
    if (kind == nullptr || !kind->is_string() || kind->text != "LORA") {
      report("peft_type", "adapters of this type are not supported", "LORA",
             kind == nullptr ? "none" : quoted_name(kind->text));
    }
    // Each makes weights that the sum W + scale * B A does not give.
    constexpr std::array<std::string_view, 11> others{
        "layer_replication", "target_parameters", "trainable_token_indices", "use_qalora",
        "use_bdlora", "kasa_config", "velora_config", "monteclora_config", "arrow_config",
        "alora_invocation_tokens", "megatron_config"};
    for (const std::string_view key : others) {
      if (is_set(key)) report(key, "adapters with this setting are not supported", "none");
    }
    constexpr std::array<std::string_view, 6> changes_base{"pissa", "olora", "corda",
                                                           "mica",  "loftq", "lora_ga"};
    const node* start = document_.find("init_lora_weights");
    for (const std::string_view name : changes_base) {
      if (start == nullptr || !start->is_string() || !start->text.starts_with(name)) continue;
      report("init_lora_weights",
             "the adapter belongs to a base that was changed when training began", "true or false",
             quoted_name(start->text));
    }
  }

  module_number number(std::string_view key, std::string_view pattern_key, double usual) {
    const node* value = document_.find(key);
    if (value != nullptr) usual = checked(key, *value);
    module_number result(usual);
    const node* patterns = document_.find(pattern_key);
    if (patterns == nullptr) return result;
    for (const node_entry& entry : patterns->entries) {
      try {
        result.add(entry.key, checked(pattern_key, entry.value));
      } catch (const std::invalid_argument& problem) {
        report(pattern_key, problem.what(), {}, {}, entry.key_at);
      }
    }
    return result;
  }

  double checked(std::string_view key, const node& value) {
    if (value.is_number() && value.number > 0 && value.number < 1e9) return value.number;
    const std::string found =
        value.is_scalar() ? quoted_name(value.text) : std::string(to_string(value.type));
    report(key, "is of the wrong kind", "a number above 0", found, value.at);
    return 1;
  }

  std::filesystem::path file_;
  node document_;
  diagnostics findings_;
};

}  // namespace detail

/// Reads an adapter_config.json. Throws failure with every setting that is wrong or asks for a kind
/// of adapter that is not supported.
inline adapter_config read_adapter_config(const std::filesystem::path& file) {
  return detail::adapter_config_reader(file).read();
}

}  // namespace tensormerge
