// What the validators generated of our schemas say about documents, for comparison with others.
//   schema_verdicts CASES
// CASES is JSON: a list of {"schema": name, "data": document} or {"schema": name, "yaml": file}.
// Writes a line for each: `valid`, or what is wrong first. For {"content": file} it is the list of
// the file's documents as JSON.
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include <tensormerge/config/validate_bakllama_config.hpp>
#include <tensormerge/config/validate_evolve_config.hpp>
#include <tensormerge/config/validate_merge_config.hpp>
#include <tensormerge/config/validate_mlx_config.hpp>
#include <tensormerge/config/validate_mlx_lm_config.hpp>
#include <tensormerge/config/validate_moe_config.hpp>
#include <tensormerge/document/edit_node.hpp>
#include <tensormerge/document/load_json.hpp>
#include <tensormerge/document/load_yaml.hpp>
#include <tensormerge/document/write_json.hpp>

namespace {

using tensormerge::diagnostics;
using tensormerge::node;

diagnostics validate(std::string_view schema, const node& document) {
  if (schema == "bakllama") return tensormerge::validate_bakllama_config(document);
  if (schema == "evolve") return tensormerge::validate_evolve_config(document);
  if (schema == "mlx") return tensormerge::validate_mlx_config(document);
  if (schema == "mlx_lm") return tensormerge::validate_mlx_lm_config(document);
  if (schema == "moe") return tensormerge::validate_moe_config(document);
  if (schema == "raw") return tensormerge::validate_raw_merge(document);
  return tensormerge::validate_merge_config(document);
}

std::string verdict(const node& each) {
  try {
    if (const node* file = each.find("content"); file != nullptr) {
      node list = tensormerge::make_sequence();
      tensormerge::diagnostics duplicates;
      list.items = tensormerge::load_yaml_documents(tensormerge::read_yaml_text(file->text),
                                                    file->text, duplicates);
      return tensormerge::write_json(list, 0);
    }
    const node* data = each.find("data");
    const node document =
        data != nullptr ? *data : tensormerge::load_yaml_file(each.find("yaml")->text);
    const diagnostics found = validate(each.find("schema")->text, document);
    return found.empty() ? "valid" : to_string(found.front());
  } catch (const std::exception& error) {
    return "unreadable: " + std::string(error.what());
  }
}

}  // namespace

int main(int, char** words) {
  for (const node& each : tensormerge::load_json_file(words[1]).items) {
    std::string line = verdict(each);
    for (char& c : line) c = c == '\n' ? ' ' : c;
    std::puts(line.c_str());
  }
}
