#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include <CLI/CLI.hpp>

#include <tensormerge/check/read_checked.hpp>
#include <tensormerge/config/multi_config.hpp>

#include "commands.hpp"
#include "mergekit_options.hpp"
#include "print_findings.hpp"

namespace {

struct multi_options : mergekit_options {
  std::filesystem::path intermediate;
  bool lazy = true;
};

bool is_there(const std::filesystem::path& model) {
  std::error_code error;
  if (!std::filesystem::exists(model / "config.json", error)) return false;
  for (const char* name : {"model.safetensors", "model.safetensors.index.json",
                           "pytorch_model.bin", "pytorch_model.bin.index.json"}) {
    if (std::filesystem::exists(model / name, error)) return true;
  }
  return false;
}

void merge_several(multi_options& options) {
  const std::filesystem::path final_output = options.output;
  const std::string text = tensormerge::read_yaml_text(options.config);
  const std::string file = options.config.string();
  const tensormerge::checked_text checked =
      tensormerge::check_for_merge(text, file,
                                   {.kind = tensormerge::dialect::multi,
                                    .lenient = options.lenient,
                                    .methods = describe_methods(options.methods())});
  print_findings(checked.findings);
  const auto merges = tensormerge::read_multi_config(checked.documents, file, options.intermediate);
  for (const tensormerge::named_merge& merge : merges) {
    if (!merge.name.empty() || !final_output.empty()) continue;
    throw CLI::RequiredError("--out-path, since there is a merge without a name,");
  }
  for (const tensormerge::named_merge& merge : merges) {
    options.output = merge.name.empty() ? final_output : options.intermediate / merge.name;
    if (options.lazy && is_there(options.output)) {
      if (!options.quiet) std::fprintf(stderr, "%s: is there already\n", options.output.c_str());
      continue;
    }
    merge_one(options, merge.config, text);
  }
}

}  // namespace

void add_multi_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("multi", "Run several merges that may use each other's results");
  const auto options = std::make_shared<multi_options>();
  command->add_option("CONFIG", options->config, "The documents of the merges")->required();
  command->add_option("--intermediate-dir,-I", options->intermediate,
                      "Folder that gets a subfolder for each merge with a name")
      ->required();
  command->add_option("--out-path", options->output, "Folder of the merge without a name");
  command->add_flag("--lazy,!--no-lazy", options->lazy,
                    "Skip merges whose output is there already (the default)");
  options->add_to(*command);
  command->callback([options] {
    options->finish();
    merge_several(*options);
  });
}
