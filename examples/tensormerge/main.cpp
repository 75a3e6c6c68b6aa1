// The tensormerge program: merges the weights of neural networks as a configuration says.

#include <array>
#include <cstdio>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include <tensormerge/error/failure.hpp>

#include "commands.hpp"
#include "print_findings.hpp"

namespace {

/// The arguments, with the subcommand that a program of mergekit's name stands for put in front.
std::vector<const char*> arguments_of(int argc, char** argv) {
  std::vector<const char*> arguments(argv, argv + argc);
  if (arguments.empty()) return {"tensormerge"};
  std::string_view name = arguments.front();
  name.remove_prefix(name.rfind('/') + 1);
  constexpr std::array<std::pair<std::string_view, const char*>, 3> names{
      {{"mergekit-yaml", "merge"}, {"mergekit-pytorch", "raw"}, {"mergekit-multi", "multi"}}};
  for (const auto& [known, subcommand] : names) {
    if (name == known) arguments.insert(arguments.begin() + 1, subcommand);
  }
  return arguments;
}

}  // namespace

int main(int argc, char** argv) {
  constexpr int done = 0, failed = 1, wrong_usage = 2;
  CLI::App app{"Merges the weights of neural networks.", "tensormerge"};
  app.require_subcommand(1);
  app.set_version_flag("--version", "tensormerge " TENSORMERGE_VERSION);
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  int status = done;
  add_check_command(app, status);
  add_convert_command(app);
  add_explain_command(app);
  add_init_command(app);
  add_lsp_command(app);
  add_merge_command(app);
  add_mlx_command(app);
  add_multi_command(app);
  add_raw_command(app);
  try {
    const std::vector<const char*> arguments = arguments_of(argc, argv);
    app.parse(static_cast<int>(arguments.size()), arguments.data());
    return status;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? done : wrong_usage;
  } catch (const tensormerge::failure& problem) {
    print_findings(problem.findings());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
  }
  return failed;
}
