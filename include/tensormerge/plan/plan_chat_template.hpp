#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/chat_template_of.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/config/merge_config.hpp>
#include <tensormerge/document/edit_node.hpp>
#include <tensormerge/document/load_json.hpp>
#include <tensormerge/document/write_json.hpp>
#include <tensormerge/error/failure.hpp>
#include <tensormerge/plan/chat_templates.hpp>
#include <tensormerge/plan/finding_groups.hpp>
#include <tensormerge/plan/merge_plan.hpp>

namespace tensormerge {

namespace detail {

inline std::string without_outer_space(const std::string& text) {
  constexpr const char* space = " \t\r\n\f\v";
  const std::size_t first = text.find_first_not_of(space);
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

/// The template that most models have, of several the one met first; none where no model has any.
inline std::optional<std::string> commonest_chat_template(
    const std::vector<planned_model>& models) {
  std::vector<std::pair<std::string, std::size_t>> counts;
  for (const planned_model& model : models) {
    if (model.folder.weights.tensors().empty()) continue;  // gives its tokenizer alone
    const std::optional<std::string> found = chat_template_of(model.folder.path);
    const std::string text = found ? without_outer_space(*found) : "";
    if (text.empty()) continue;
    const auto known = std::find_if(counts.begin(), counts.end(),
                                    [&text](const auto& each) { return each.first == text; });
    if (known == counts.end()) counts.emplace_back(text, 1);
    else ++known->second;
  }
  const auto most = std::max_element(
      counts.begin(), counts.end(),
      [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most == counts.end()) return std::nullopt;
  return most->first;
}

/// The text of the template that the configuration asks for; none where `auto` finds none.
inline std::optional<std::string> asked_for_template(const std::string& asked,
                                                     const std::vector<planned_model>& models,
                                                     const std::string& config_file) {
  constexpr std::size_t shortest = 20;
  if (asked == "auto") return commonest_chat_template(models);
  if (const auto text = chat_template_named(asked)) return std::string(*text);
  if (asked.size() >= shortest && asked.find('{') != std::string::npos) return asked;
  throw failure(diagnostic{.file = config_file,
                           .path = "chat_template",
                           .what = "is neither a template nor the name of one",
                           .expected = "auto, alpaca, chatml, exaone, llama3, mistral or a Jinja "
                                       "template",
                           .found = quoted_name(asked)});
}

}  // namespace detail

/// Puts the chat template that the configuration asks for into the plan, to be written as
/// chat_template.jinja, where transformers looks first, and into tokenizer_config.json where the
/// donor's has one. To be called after plan_tokenizer. Throws failure where a file is not sound.
inline void plan_chat_template(const merge_config& config, const std::string& config_file,
                               merge_plan& plan, finding_groups& findings) {
  if (!config.chat_template || config.chat_template->empty()) return;
  const std::optional<std::string> text =
      detail::asked_for_template(*config.chat_template, plan.models, config_file);
  if (!text) {
    findings.add("chat templates", {.level = severity::warning,
                                    .file = config_file,
                                    .path = "chat_template",
                                    .what = "no model has a chat template, so none is written"});
    return;
  }
  constexpr const char* settings_name = "tokenizer_config.json";
  const std::filesystem::path donor = plan.models[plan.tokenizer_donor].folder.path / settings_name;
  auto made = std::find_if(plan.made_files.begin(), plan.made_files.end(),
                           [](const made_file& file) { return file.name == settings_name; });
  std::error_code error;
  node settings;
  if (made != plan.made_files.end()) settings = load_json(made->text, settings_name);
  else if (std::filesystem::exists(donor, error)) settings = load_json_file(donor);
  if (settings.find("chat_template") != nullptr) {
    set(settings, "chat_template", make_string(*text));
    if (made == plan.made_files.end()) made = plan.made_files.insert(made, {settings_name, {}});
    made->text = write_json(settings);
  } else if (settings.is_null()) {
    findings.add("chat templates",
                 {.level = severity::warning,
                  .file = donor.parent_path().string(),
                  .what = "has no tokenizer_config.json, which a chat template belongs to"});
  }
  plan.made_files.push_back({"chat_template.jinja", *text});
  plan.dropped_files.push_back("chat_template.json");
}

}  // namespace tensormerge
