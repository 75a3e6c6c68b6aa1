#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include <tensormerge/checkpoint/checkpoint.hpp>
#include <tensormerge/checkpoint/gguf/gguf_config.hpp>
#include <tensormerge/checkpoint/gguf/gguf_metadata.hpp>
#include <tensormerge/checkpoint/mlx_quantisation.hpp>
#include <tensormerge/document/load_json.hpp>
#include <tensormerge/document/node.hpp>
#include <tensormerge/document/read_text.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// A model as it lies on the disk: its weights' headers and its config.json.
struct model_folder {
  std::filesystem::path path{};
  /// A null node where there is no config.json; made of the metadata of a GGUF file.
  node config{};
  checkpoint weights{};
  /// The metadata where the weights are a GGUF file, else nullptr.
  std::shared_ptr<const gguf_metadata> gguf{};

  /// Opens a folder, or a single file of weights, which has no config. Throws failure with the
  /// problems of both weights and config.
  static model_folder open(const std::filesystem::path& folder_or_file) {
    model_folder model{.path = folder_or_file};
    diagnostics findings;
    const auto attempt = [&findings](auto&& step) {
      try {
        step();
      } catch (const failure& problem) {
        findings.insert(findings.end(), problem.findings().begin(), problem.findings().end());
      }
    };
    attempt([&] {
      model.weights = checkpoint::open(folder_or_file);
      model.gguf = model.weights.gguf();
      if (model.gguf != nullptr) model.config = gguf_config(*model.gguf);
    });
    const std::filesystem::path config = folder_or_file / "config.json";
    std::error_code error;
    if (model.gguf == nullptr && std::filesystem::exists(config, error)) {
      attempt([&] {
        model.config = read_config(config);
        model.weights = with_mlx_weights(std::move(model.weights), model.config);
      });
    }
    if (!findings.empty()) throw failure(std::move(findings));
    return model;
  }

 private:
  static node read_config(const std::filesystem::path& file) {
    constexpr std::uint64_t most_bytes = 16'000'000;
    node config = load_json(read_text(file, most_bytes), file.string());
    if (!config.is_mapping()) {
      throw failure(diagnostic{.file = file.string(),
                               .what = "is of the wrong kind",
                               .expected = "a mapping",
                               .found = std::string(to_string(config.type))});
    }
    return config;
  }
};

}  // namespace tensormerge
