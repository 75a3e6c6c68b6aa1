#include <memory>

#include <CLI/CLI.hpp>

#include <tensormerge/check/read_checked.hpp>
#include <tensormerge/plan/plan_mlx.hpp>

#include "commands.hpp"
#include "merge_options.hpp"
#include "method_tables.hpp"
#include "print_findings.hpp"

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
        .search = {options->models_dir, options->config.parent_path(), {}},
        .shapes = options->shapes,
        .config_file = options->config.string()};
    const auto [config, warnings] = tensormerge::read_checked<tensormerge::mlx_config>(
        tensormerge::read_yaml_text(options->config), options->config.string(),
        {.kind = tensormerge::dialect::mlx,
         .lenient = options->lenient,
         .mlx_methods = describe_methods(methods)});
    print_findings(warnings);
    carry_out(tensormerge::plan_mlx(config, describe_methods(methods), planning), methods,
              *options);
  });
}
