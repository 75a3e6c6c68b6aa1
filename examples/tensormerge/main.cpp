// The tensormerge program: merges the weights of neural networks as a configuration says.

#include <cstdio>

#include <CLI/CLI.hpp>

#include <tensormerge/error/failure.hpp>

#include "commands.hpp"

int main(int argc, char** argv) {
  constexpr int done = 0, failed = 1, wrong_usage = 2;
  CLI::App app{"Merges the weights of neural networks.", "tensormerge"};
  app.require_subcommand(1);
  app.set_version_flag("--version", "tensormerge " TENSORMERGE_VERSION);
  add_merge_command(app);
  add_mlx_command(app);
  try {
    app.parse(argc, argv);
    return done;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? done : wrong_usage;
  } catch (const tensormerge::failure& problem) {
    for (const tensormerge::diagnostic& finding : problem.findings()) {
      std::fprintf(stderr, "%s\n", to_string(finding).c_str());
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
  }
  return failed;
}
