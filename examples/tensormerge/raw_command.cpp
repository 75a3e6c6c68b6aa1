#include <memory>

#include <CLI/CLI.hpp>

#include <tensormerge/check/read_checked.hpp>
#include <tensormerge/plan/plan_raw.hpp>

#include "commands.hpp"
#include "mergekit_options.hpp"
#include "print_findings.hpp"

namespace {

struct raw_options : mergekit_options {
  bool intersection = false;
  bool all = false;
};

void merge_raw(raw_options& options) {
  options.finish();
  const tensormerge::method_table methods = options.methods();
  const auto [config, warnings] = tensormerge::read_checked<tensormerge::merge_config>(
      tensormerge::read_yaml_text(options.config), options.config.string(),
      {.kind = tensormerge::dialect::raw,
       .lenient = options.lenient,
       .methods = describe_methods(methods)});
  print_findings(warnings);
  options.write.run.cast_to = config.dtype;
  options.write.only_weights = true;
  tensormerge::raw_tensors wanted = tensormerge::raw_tensors::same;
  if (options.all) wanted = tensormerge::raw_tensors::all;
  if (options.intersection) wanted = tensormerge::raw_tensors::intersection;
  carry_out(
      tensormerge::plan_raw(config, describe_methods(methods), options.planning(), wanted),
      methods, options);
}

}  // namespace

void add_raw_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("raw", "Merge files of tensors of any kind");
  const auto options = std::make_shared<raw_options>();
  command->add_option("CONFIG", options->config, "The merge configuration")->required();
  command->add_option("OUT", options->output, "Folder to write the weights to")->required();
  command->add_flag("-i,--tensor-intersection", options->intersection,
                    "Merge only the tensors that all models have");
  command->add_flag("-u,--tensor-union", options->all,
                    "Merge each tensor that any model has, of those that have it");
  options->add_to(*command);
  command->callback([options] { merge_raw(*options); });
}
