#include "llama_config.hpp"

#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include <tensormerge/error/failure.hpp>

namespace engine {

namespace {

using tensormerge::node;

/// Reads keys and keeps what is wrong with them.
class config_reader {
 public:
  config_reader(const node& config, const std::string& file) : config_(config), file_(file) {}

  double positive(const char* key, double otherwise) {
    const node* value = config_.find(key);
    if (value == nullptr || value->is_null()) {
      if (otherwise > 0) return otherwise;
      report(config_, key, "is missing", "a positive number", {});
      return 1;
    }
    if (value->is_number() && value->number > 0 && std::isfinite(value->number)) {
      return value->number;
    }
    report(*value, key, "is wrong", "a positive number", value->text);
    return 1;
  }

  Eigen::Index size(const char* key, Eigen::Index otherwise = 0) {
    constexpr double largest = 1 << 24;
    const double value = positive(key, static_cast<double>(otherwise));
    if (value == std::floor(value) && value <= largest) return static_cast<Eigen::Index>(value);
    report(config_, key, "is wrong", "a whole number of at most 2^24", std::to_string(value));
    return 1;
  }

  void must_be(const char* key, std::string_view only) {
    const node* value = config_.find(key);
    if (value != nullptr && !value->is_null() && value->text != only) {
      report(*value, key, "is not supported by this engine", std::string(only), value->text);
    }
  }

  void report(const node& at, std::string key, std::string what, std::string expected,
              std::string found) {
    findings_.push_back({.file = file_,
                         .at = at.at,
                         .path = std::move(key),
                         .what = std::move(what),
                         .expected = std::move(expected),
                         .found = std::move(found)});
  }

  void finish() {
    if (!findings_.empty()) throw tensormerge::failure(std::move(findings_));
  }

 private:
  const node& config_;
  const std::string& file_;
  tensormerge::diagnostics findings_;
};

/// transformers 5 writes rope_parameters, older versions rope_theta beside rope_scaling.
double read_rope_theta(const node& config, const std::string& file, config_reader& top) {
  top.must_be("rope_scaling", "null");
  const node* nested = config.find("rope_parameters");
  if (nested == nullptr || nested->is_null()) return top.positive("rope_theta", 10000);
  config_reader reader(*nested, file);
  reader.must_be("rope_type", "default");
  const double theta = reader.positive("rope_theta", 10000);
  reader.finish();
  return theta;
}

}  // namespace

llama_config read_llama_config(const node& config, const std::string& file) {
  config_reader reader(config, file);
  reader.must_be("model_type", "llama");
  reader.must_be("hidden_act", "silu");
  reader.must_be("attention_bias", "false");
  reader.must_be("mlp_bias", "false");
  llama_config result;
  result.num_hidden_layers = reader.size("num_hidden_layers");
  result.hidden_size = reader.size("hidden_size");
  result.intermediate_size = reader.size("intermediate_size");
  result.num_attention_heads = reader.size("num_attention_heads");
  result.num_key_value_heads = reader.size("num_key_value_heads", result.num_attention_heads);
  result.head_dim = reader.size("head_dim", result.hidden_size / result.num_attention_heads);
  result.vocab_size = reader.size("vocab_size");
  result.rms_norm_eps = static_cast<float>(reader.positive("rms_norm_eps", 1e-6));
  result.rope_theta = read_rope_theta(config, file, reader);
  if (result.num_attention_heads % result.num_key_value_heads != 0) {
    reader.report(config, "num_key_value_heads", "is wrong", "a divisor of num_attention_heads",
                  std::to_string(result.num_key_value_heads));
  }
  if (result.head_dim % 2 != 0) {
    reader.report(config, "head_dim", "is wrong", "an even number",
                  std::to_string(result.head_dim));
  }
  reader.finish();
  return result;
}

}  // namespace engine
