#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include <tensormerge/check/read_checked.hpp>
#include <tensormerge/document/load_yaml.hpp>
#include <tensormerge/engine/merge_notes.hpp>
#include <tensormerge/plan/plan_merge.hpp>

#include "commands.hpp"
#include "mergekit_options.hpp"
#include "print_findings.hpp"

void merge_one(mergekit_options& options, const tensormerge::merge_config& config,
               const std::string& text) {
  const tensormerge::method_table methods = options.methods();
  options.write.run.cast_to = config.dtype;
  const tensormerge::merge_plan plan =
      tensormerge::plan_merge(config, describe_methods(methods), options.planning());
  if (options.write_model_card) {
    options.write.notes = tensormerge::merge_notes(config, plan, options.output, text);
  }
  carry_out(plan, methods, options);
}

void add_merge_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("merge", "Merge as a mergekit configuration says");
  const auto options = std::make_shared<mergekit_options>();
  command->add_option("CONFIG", options->config, "The merge configuration")->required();
  command->add_option("--out_dir,OUT", options->output, "Folder to write the merged model to")
      ->required();
  options->add_to(*command);
  command->callback([options] {
    options->finish();
    const std::string file = options->config.string();
    const std::string text = tensormerge::read_yaml_text(options->config);
    const auto [config, warnings] = tensormerge::read_checked<tensormerge::merge_config>(
        text, file,
        {.kind = tensormerge::dialect::mergekit,
         .lenient = options->lenient,
         .methods = describe_methods(options->methods())});
    print_findings(warnings);
    merge_one(*options, config, text);
  });
}
