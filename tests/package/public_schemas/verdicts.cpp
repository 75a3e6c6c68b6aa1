// What validators of public schemas say about documents; those that are valid are read into types.
//   verdicts CASES
// CASES is JSON, a list of {"schema": name, "data": document}. Writes a line for each.
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include <commitlint/types.hpp>
#include <commitlint/validate.hpp>
#include <compose/types.hpp>
#include <compose/validate.hpp>
#include <turbo/types.hpp>
#include <turbo/validate.hpp>

#include <tensormerge/config/read_struct.hpp>
#include <tensormerge/document/load_json.hpp>

namespace {

using tensormerge::diagnostics;
using tensormerge::node;

template <class Config>
std::string read(const node& document, const diagnostics& found) {
  if (!found.empty()) return to_string(found.front());
  const auto config = tensormerge::read_struct<Config>(document);
  (void)config;
  return "valid";
}

std::string verdict(std::string_view schema, const node& data) {
  if (schema == "compose") {
    return read<compose::compose_specification>(data,
                                                compose::validate_compose_specification(data));
  }
  if (schema == "turbo") {
    return read<turbo::raw_turbo_json>(data, turbo::validate_raw_turbo_json(data));
  }
  return read<commitlint::commitlint>(data, commitlint::validate_commitlint(data));
}

}  // namespace

int main(int, char** words) {
  // A typed look at one document.
  const node file = tensormerge::load_json(
      R"({"services": {"web": {"image": "nginx", "ports": [80, "443:443"]}}})", "compose.json");
  const auto project = tensormerge::read_struct<compose::compose_specification>(file);
  const auto& [name, service] = project.services.at(0);
  std::printf("%s runs %s with %zu ports\n", name.c_str(), service.image.value().c_str(),
              service.ports.size());
  for (const node& each : tensormerge::load_json_file(words[1]).items) {
    try {
      std::puts(verdict(each.find("schema")->text, *each.find("data")).c_str());
    } catch (const std::exception& error) {
      std::printf("not read: %s\n", error.what());
    }
  }
}
