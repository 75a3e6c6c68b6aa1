#pragma once

namespace CLI {
class App;
}

/// Each adds a subcommand that runs when it is parsed and throws tensormerge::failure where the
/// configuration or the merge is at fault.
void add_merge_command(CLI::App& app);
void add_mlx_command(CLI::App& app);
