#include <memory>

#include <CLI/CLI.hpp>

#include <tensormerge/config/load_config.hpp>
#include <tensormerge/plan/plan_mlx.hpp>

#include "commands.hpp"
#include "merge_options.hpp"
#include "method_tables.hpp"

void add_mlx_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("mlx", "Merge as a configuration of MergeKit for MLX says");
  const auto options = std::make_shared<merge_options>();
  command->add_option("--config", options->config, "The merge configuration")->required();
  command->add_option("--mlx-path", options->output, "Folder to write the merged model to")
      ->required();
  command->add_flag_callback("--verbose", [options] { options->verbosity = 2; },
                             "Show the plan before merging");
  options->add_to(*command);
  command->callback([options] {
    const tensormerge::method_table methods = mlx_methods();
    const tensormerge::plan_options planning{
        .search = {options->models_dir, options->config.parent_path()},
        .config_file = options->config.string()};
    carry_out(tensormerge::plan_mlx(tensormerge::load_mlx_config(options->config),
                                    describe_methods(methods), planning),
              methods, *options);
  });
}
