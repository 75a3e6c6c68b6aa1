#include <memory>

#include <CLI/CLI.hpp>

#include <tensormerge/config/load_config.hpp>
#include <tensormerge/plan/plan_merge.hpp>

#include "commands.hpp"
#include "merge_options.hpp"
#include "method_tables.hpp"

void add_merge_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("merge", "Merge as a mergekit configuration says");
  const auto options = std::make_shared<merge_options>();
  const auto allow_crimes = std::make_shared<bool>(false);
  command->add_option("CONFIG", options->config, "The merge configuration")->required();
  command->add_option("OUT", options->output, "Folder to write the merged model to")->required();
  command->add_flag("--allow-crimes,!--no-allow-crimes", *allow_crimes,
                    "Merge models of different architectures");
  options->add_to(*command);
  command->callback([options, allow_crimes] {
    const tensormerge::method_table methods = merge_methods();
    const tensormerge::plan_options planning{
        .search = {options->models_dir, options->config.parent_path()},
        .allow_crimes = *allow_crimes,
        .config_file = options->config.string()};
    carry_out(tensormerge::plan_merge(tensormerge::load_merge_config(options->config),
                                      describe_methods(methods), planning),
              methods, *options);
  });
}
