#include <map>
#include <memory>
#include <string>

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
  command
      ->add_option("--numerics", options->write.run.arithmetic,
                   "exact: round once; mergekit: round as mergekit does, to reproduce its merges")
      ->transform(CLI::CheckedTransformer(std::map<std::string, tensormerge::numerics>{
          {"exact", tensormerge::numerics::exact}, {"mergekit", tensormerge::numerics::mergekit}}))
      ->option_text("exact|mergekit");
  options->add_to(*command);
  command->callback([options, allow_crimes] {
    tensormerge::method_table methods = merge_methods();
    if (options->write.run.arithmetic == tensormerge::numerics::mergekit) {
      add_mergekit_numerics(methods);
    }
    const tensormerge::merge_config config = tensormerge::load_merge_config(options->config);
    options->write.run.cast_to = config.dtype;
    const tensormerge::plan_options planning{
        .search = {options->models_dir, options->config.parent_path()},
        .allow_crimes = *allow_crimes,
        .config_file = options->config.string()};
    carry_out(tensormerge::plan_merge(config, describe_methods(methods), planning),
              methods, *options);
  });
}
