#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include <tensormerge/check/check_models.hpp>
#include <tensormerge/document/load_yaml.hpp>
#include <tensormerge/plan/explain_plan.hpp>

#include "commands.hpp"
#include "method_tables.hpp"
#include "print_findings.hpp"

namespace {

struct explain_command {
  std::filesystem::path config, models_dir;
  std::string tensor;
};

void explain(const explain_command& given) {
  using namespace tensormerge;
  const std::string file = given.config.string();
  const check_options options{.methods = describe_methods(merge_methods()),
                              .mlx_methods = describe_methods(mlx_methods())};
  const checked_text checked = check_text(read_yaml_text(given.config), file, options);
  if (has_errors(checked.findings)) throw failure(checked.findings);
  const merge_plan plan =
      plan_checked(checked, options,
                   {.search = {given.models_dir, given.config.parent_path(), {}},
                    .config_file = file});
  const std::string text = explain_plan(plan, given.tensor, file);
  if (text.empty()) {
    throw failure(diagnostic{.what = "no tensor of the output has such a name",
                             .found = '`' + given.tensor + '`'});
  }
  std::fputs(text.c_str(), stdout);
}

}  // namespace

void add_explain_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "explain", "Show each tensor's parameters and the places in the configuration they are from");
  const auto given = std::make_shared<explain_command>();
  command->add_option("CONFIG", given->config, "The merge configuration")->required();
  command->add_option("TENSOR", given->tensor, "Part of the names of the tensors to show; all");
  command->add_option("--models-dir", given->models_dir,
                      "Folder in which models are looked for first");
  command->callback([given] { explain(*given); });
}
