#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include <tensormerge/check/config_template.hpp>
#include <tensormerge/engine/method_table.hpp>
#include <tensormerge/plan/find_method.hpp>

#include "commands.hpp"
#include "method_tables.hpp"

void add_init_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("init", "Write a configuration with comments, to be filled in");
  const auto method = std::make_shared<std::string>();
  command->add_option("METHOD", *method, "The merge method")->required();
  command->callback([method] {
    using namespace tensormerge;
    const std::vector<method_info> methods = describe_methods(merge_methods());
    const method_info& found = find_method(methods, *method, {}, "METHOD");
    std::fputs(config_template(found, schema_guide(merge_schema_text)).c_str(), stdout);
  });
}
