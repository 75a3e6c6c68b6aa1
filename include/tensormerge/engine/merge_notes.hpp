#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <tensormerge/config/merge_config.hpp>
#include <tensormerge/engine/model_card.hpp>
#include <tensormerge/plan/merge_plan.hpp>

namespace tensormerge {

/// The files that tell how an output was made: README.md, and mergekit_config.yml with the text of
/// the configuration as it was.
inline std::vector<std::pair<std::string, std::string>> merge_notes(
    const merge_config& config, const merge_plan& plan, const std::filesystem::path& output,
    const std::string& configuration) {
  const std::filesystem::path place = (output / "").lexically_normal().parent_path();
  card_facts facts{.name = place.filename().string(),
                   .method = std::string(to_string(config.merge_method)),
                   .models = {},
                   .base = config.base_model ? config.base_model->text() : std::string{},
                   .configuration = configuration};
  for (const planned_model& model : plan.models) facts.models.push_back(model.name);
  return {{"README.md", model_card(facts)}, {"mergekit_config.yml", configuration}};
}

}  // namespace tensormerge
