#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <unistd.h>

#include <CLI/CLI.hpp>

#include <tensormerge/check/check_models.hpp>
#include <tensormerge/check/check_text.hpp>
#include <tensormerge/check/line_difference.hpp>
#include <tensormerge/check/report.hpp>
#include <tensormerge/check/report_json.hpp>
#include <tensormerge/check/report_junit.hpp>
#include <tensormerge/check/report_sarif.hpp>
#include <tensormerge/check/rule_selection.hpp>
#include <tensormerge/check/rules_page.hpp>
#include <tensormerge/check/text_edit.hpp>
#include <tensormerge/document/load_yaml.hpp>
#include <tensormerge/engine/run_memory.hpp>
#include <tensormerge/engine/run_options.hpp>

#include "commands.hpp"
#include "method_tables.hpp"

namespace {

using namespace tensormerge;

struct check_command {
  std::vector<std::string> files;
  std::string dialect, format = "full", color = "auto";
  std::filesystem::path output_file;
  rule_selection rules;
  bool lenient = false, exit_zero = false, fix = false, unsafe_fixes = false, diff = false;
  bool print_rules = false, models = false;
  std::filesystem::path models_dir;

  void add_to(CLI::App& command);
  int run() const;

 private:
  file_report check(const std::string& name, const check_options& options, std::string& changes,
                    std::size_t& edits) const;
  void find_mistakes(file_report& report, const check_options& options) const;
  std::string report(const std::vector<file_report>& reports) const;
  bool colored() const;
};

void check_command::add_to(CLI::App& command) {
  command
      .add_option("FILES", files, "Configurations; - is the standard input")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command
      .add_option("--dialect", dialect, "The dialect of the files; told by their keys if not given")
      ->check(CLI::IsMember(std::vector<std::string>(dialect_names.begin(), dialect_names.end())));
  command.add_flag("--lenient", lenient, "Let keys pass that nobody knows, with a warning");
  command.add_option("--output-format", format, "How findings are written")
      ->check(CLI::IsMember({"full", "concise", "json", "json-lines", "github", "gitlab", "sarif",
                             "junit"}));
  command.add_option("--output-file", output_file, "File to write the findings to");
  const CLI::Validator known(
      [](const std::string& code) {
        return names_a_rule(code) ? std::string() : "there is no rule " + code;
      },
      "CODE");
  command.add_option("--select", rules.selected, "Look only for these rules")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false)
      ->delimiter(',')
      ->check(known);
  command.add_option("--ignore", rules.ignored, "Leave out these rules")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false)
      ->delimiter(',')
      ->check(known);
  command.add_flag("--fix", fix, "Write the corrections that leave no doubt");
  command.add_flag("--unsafe-fixes", unsafe_fixes, "Correct also what could be meant otherwise");
  command.add_flag("--diff", diff, "Show what --fix would change, and change nothing");
  command.add_flag("--models", models, "Look also at the models: their settings and headers");
  command.add_option("--models-dir", models_dir, "Folder in which models are looked for first");
  command.add_flag("--exit-zero", exit_zero, "End with status 0 whatever is found");
  command.add_option("--color", color, "Colours in the output")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  command.add_flag("--rules", print_rules, "Describe all rules, in Markdown");
}

bool check_command::colored() const {
  if (color != "auto") return color == "always";
  const char* off = std::getenv("NO_COLOR");
  if (off != nullptr && *off != '\0') return false;
  return output_file.empty() && isatty(STDOUT_FILENO) != 0;
}

std::string check_command::report(const std::vector<file_report>& reports) const {
  if (format == "concise") return report_concise(reports);
  if (format == "json") return report_json(reports);
  if (format == "json-lines") return report_json_lines(reports);
  if (format == "github") return report_github(reports);
  if (format == "gitlab") return report_gitlab(reports);
  if (format == "sarif") return report_sarif(reports, TENSORMERGE_VERSION);
  if (format == "junit") return report_junit(reports);
  return report_full(reports, colored());
}

void write_file(const std::filesystem::path& file, const std::string& text) {
  std::ofstream stream(file, std::ios::binary);
  stream << text;
  stream.close();
  if (!stream) throw failure(diagnostic{.file = file.string(), .what = "cannot be written"});
}

/// As a whole or not at all: beside the file first.
void replace_file(const std::filesystem::path& file, const std::string& text) {
  const std::filesystem::path place = std::filesystem::canonical(file);
  const std::filesystem::path beside = place.string() + ".partial";
  write_file(beside, text);
  std::filesystem::permissions(beside, std::filesystem::status(place).permissions());
  std::filesystem::rename(beside, place);
}

void check_command::find_mistakes(file_report& report, const check_options& options) const {
  const checked_text checked = check_text(report.text, report.file, options);
  report.findings = checked.findings;
  if (models && !has_errors(report.findings)) {
    const std::filesystem::path folder = std::filesystem::path(report.file).parent_path();
    const auto memory = [](const merge_plan& plan) {
      return resident_bytes() +
             run_memory(plan, merge_methods(), divide_work(plan, merge_methods(), {}));
    };
    const diagnostics more =
        check_models(checked, options,
                     {.search = {models_dir, folder, {}}, .config_file = report.file}, memory);
    report.findings.insert(report.findings.end(), more.begin(), more.end());
  }
  rules.apply(report.findings);
}

file_report check_command::check(const std::string& name, const check_options& options,
                                 std::string& changes, std::size_t& edits) const {
  const bool standard_input = name == "-";
  file_report result{standard_input ? "<stdin>" : name, {}, {}};
  try {
    result.text = read_yaml_text(standard_input ? "/dev/stdin" : name);
  } catch (const failure& problem) {
    result.findings = problem.findings();
    return result;
  }
  find_mistakes(result, options);
  if (!fix && !diff) return result;
  const fixed_text fixed = apply_suggestions(result.text, result.findings, unsafe_fixes);
  edits += fixed.edits;
  if (diff) {
    changes += line_difference(result.text, fixed.text, result.file);
  } else if (standard_input) {
    changes += fixed.text;
  } else if (fixed.edits > 0) {
    replace_file(name, fixed.text);
  }
  result.text = fixed.text;
  find_mistakes(result, options);
  return result;
}

int check_command::run() const {
  constexpr int fine = 0, found = 1;
  if (print_rules) {
    std::fputs(rules_page().c_str(), stdout);
    return fine;
  }
  if (files.empty()) throw CLI::RequiredError("FILES");
  check_options options{.lenient = lenient,
                        .methods = describe_methods(merge_methods()),
                        .mlx_methods = describe_methods(mlx_methods())};
  for (std::size_t i = 0; i < dialect_names.size(); ++i) {
    if (dialect_names[i] == dialect) options.kind = static_cast<tensormerge::dialect>(i);
  }
  std::vector<file_report> reports;
  std::string changes;
  std::size_t edits = 0;
  for (const std::string& file : files) reports.push_back(check(file, options, changes, edits));
  std::fputs(changes.c_str(), stdout);
  if (diff) return edits > 0 && !exit_zero ? found : fine;
  const std::string text = report(reports);
  if (!output_file.empty()) {
    write_file(output_file, text);
  } else {
    std::fputs(text.c_str(), changes.empty() ? stdout : stderr);
  }
  for (const file_report& each : reports) {
    if (has_errors(each.findings) && !exit_zero) return found;
  }
  return fine;
}

}  // namespace

void add_check_command(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("check", "Find mistakes in configurations");
  const auto options = std::make_shared<check_command>();
  options->add_to(*command);
  command->callback([options, &status] { status = options->run(); });
}
