#pragma once

namespace CLI {
class App;
}

/// Each adds a subcommand that runs when it is parsed and throws tensormerge::failure where the
/// configuration or the merge is at fault.
void add_convert_command(CLI::App& app);
void add_merge_command(CLI::App& app);
void add_mlx_command(CLI::App& app);
void add_multi_command(CLI::App& app);
void add_raw_command(CLI::App& app);
void add_explain_command(CLI::App& app);
void add_init_command(CLI::App& app);
void add_lsp_command(CLI::App& app);

/// Adds `check`, which sets the exit status instead: findings are what it is for.
void add_check_command(CLI::App& app, int& status);
