#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <tensormerge/document/edit_node.hpp>
#include <tensormerge/document/write_json.hpp>

namespace tensormerge {

/// What a model card says of a merge.
struct card_facts {
  std::string name{};  // of the output
  std::string method{};
  std::vector<std::string> models{};  // as the configuration names them, the base among them or not
  std::string base{};                 // empty where there is none
  std::string configuration{};        // the text of its file
};

namespace detail {

/// The repository `org/name` that a reference names; empty where it is a path on this machine, which
/// tells nobody else anything.
inline std::string repository_of(std::string_view reference) {
  const std::string_view path = reference.substr(0, reference.find_first_of("@+"));
  const bool is_local = path.empty() || path.front() == '/' || path.front() == '~' ||
                        path.front() == '.' ||
                        std::count(path.begin(), path.end(), '/') != 1;
  return is_local ? std::string{} : std::string(path);
}

/// A fence that the text does not hold.
inline std::string fence_around(std::string_view text) {
  std::string fence = "```";
  while (text.find(fence) != std::string_view::npos) fence += '`';
  return fence;
}

}  // namespace detail

/// The README.md of a merged model, with what the Hugging Face hub reads of a card at its start.
inline std::string model_card(const card_facts& facts) {
  std::vector<std::string> models = facts.models;
  if (!facts.base.empty() && std::find(models.begin(), models.end(), facts.base) == models.end()) {
    models.push_back(facts.base);
  }
  std::vector<std::string> repositories;
  for (const std::string& model : models) {
    const std::string repository = detail::repository_of(model);
    const auto known = std::find(repositories.begin(), repositories.end(), repository);
    if (!repository.empty() && known == repositories.end()) repositories.push_back(repository);
  }
  std::string card = "---\n";
  if (!repositories.empty()) card += "base_model:\n";
  for (const std::string& repository : repositories) {
    card += "- " + write_json(make_string(repository)) + '\n';
  }
  card += "library_name: transformers\ntags:\n- mergekit\n- merge\n---\n\n# " + facts.name +
          "\n\nMade of other models by merging their weights with tensormerge. Method: `" +
          facts.method + "`";
  if (!facts.base.empty()) card += ", base: `" + facts.base + "`";
  card += ".\n\n## Models\n\n";
  for (const std::string& model : models) card += "- `" + model + "`\n";
  const std::string fence = detail::fence_around(facts.configuration);
  card += "\n## Configuration\n\n" + fence + "yaml\n" + facts.configuration;
  if (!card.ends_with('\n')) card += '\n';
  return card + fence + '\n';
}

}  // namespace tensormerge
