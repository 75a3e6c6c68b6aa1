#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/config/load_config.hpp>
#include <tensormerge/document/load_json.hpp>

// The corpus of configurations: what mergekit reads of them, and the verdicts on them.
namespace tensormerge {
namespace {

const std::filesystem::path corpus = std::filesystem::path(TENSORMERGE_SHARED) / "configs";

#define NEEDS_THE_CORPUS()                                                       \
  if (!std::filesystem::exists(corpus / "manifest.json")) {                      \
    GTEST_SKIP() << "the corpus of configurations is not there (TENSORMERGE_SHARED)"; \
  }

std::string text(const node& record, const char* key) {
  const node* value = record.find(key);
  return value != nullptr && value->is_string() ? value->text : std::string();
}

/// The records of the dialects that are read here.
std::vector<node> records() {
  std::vector<node> result;
  for (const node& record : load_json_file(corpus / "manifest.json").items) {
    const std::string dialect = text(record, "dialect");
    const bool other_program = text(record, "file").find("bakllama") != std::string::npos;
    const bool known = dialect == "mergekit" || dialect == "mlx" || dialect == "legacy-0.0.2";
    if (known && !other_program && text(record, "grade") != "either") result.push_back(record);
  }
  return result;
}

diagnostics findings(const std::filesystem::path& file) {
  try {
    const node document = load_yaml_file(file);
    if (is_mlx_config(document)) {
      (void)read_mlx_config(document, file.string());
    } else {
      (void)read_merge_config(document, file.string());
    }
  } catch (const failure& error) {
    return error.findings();
  }
  return {};
}

/// Whether a method is not in the schema yet: such files are refused for that.
bool has_later_method(const std::filesystem::path& file) {
  const diagnostics found = findings(file);
  return std::any_of(found.begin(), found.end(), [](const diagnostic& each) {
    return each.path.ends_with("merge_method") && each.what == "wrong value";
  });
}

TEST(corpus, accepted_files_load_without_a_complaint) {
  NEEDS_THE_CORPUS();
  int loaded = 0;
  for (const node& record : records()) {
    const std::filesystem::path file = corpus / text(record, "file");
    if (text(record, "verdict") == "invalid" || has_later_method(file)) continue;
    ++loaded;
    for (const diagnostic& each : findings(file)) ADD_FAILURE() << to_string(each);
  }
  EXPECT_GE(loaded, 75);
}

TEST(corpus, what_is_refused_is_refused_at_the_right_place) {
  NEEDS_THE_CORPUS();
  int right = 0, refused = 0;
  for (const node& record : records()) {
    if (text(record, "verdict") != "invalid") continue;
    const std::filesystem::path file = corpus / text(record, "file");
    std::vector<text_position> places;
    const auto number = [](const node& value) { return static_cast<std::uint32_t>(value.number); };
    places.push_back({number(*record.find("line")), number(*record.find("column"))});
    for (const node& other : record.find("also")->items) {
      places.push_back({number(other.items.at(0)), number(other.items.at(1))});
    }
    const diagnostics found = findings(file);
    if (found.empty()) continue;
    ++refused;
    const bool named = std::any_of(found.begin(), found.end(), [&](const diagnostic& each) {
      return std::find(places.begin(), places.end(), each.at) != places.end();
    });
    if (named) ++right;
  }
  // The rest needs the plan: counts of inputs, lengths of slices, sums of weights.
  EXPECT_GE(right, 148);
  EXPECT_GE(right, refused - 10);
}

/// The value of a parameter in the first of the sections that has one.
std::optional<double> resolve(const std::vector<const settings*>& sections, const std::string& name,
                              const std::string& tensor, double t, parameter_kind kind) {
  for (const settings* section : sections) {
    const setting* value = section == nullptr ? nullptr : section->find(name);
    const auto found = value == nullptr ? std::nullopt : value->evaluate(tensor, t, kind);
    if (found) return found->number;
  }
  return std::nullopt;
}

/// The default that the schema gives, if any.
std::optional<double> schema_default(const node& schema, const std::string& definition,
                                     const std::string& name) {
  const node* found = schema.find("definitions")->find(definition);
  found = found == nullptr ? nullptr : found->find("properties")->find(name);
  found = found == nullptr ? nullptr : found->find("default");
  return found == nullptr ? std::nullopt : std::optional(found->number);
}

struct resolved_check {
  const merge_config& config;
  const node& schema;
  std::string where;
  int values = 0;

  void compare(const node_entry& expected, std::vector<const settings*> sections,
               const std::string& definition, const std::string& tensor, double t) {
    parameter_kind kind = parameter_kind::number;
    if (expected.value.type == node::kind::boolean) kind = parameter_kind::boolean;
    auto value = resolve(sections, expected.key, tensor, t, kind);
    if (!value) value = schema_default(schema, definition, expected.key);
    ++values;
    ASSERT_EQ(value.has_value(), !expected.value.is_null()) << where << ' ' << expected.key;
    if (value) {
      EXPECT_NEAR(*value, expected.value.number, 1e-12 * std::max(1.0, std::abs(*value)))
          << where << ' ' << expected.key << ' ' << tensor << " at " << t;
    }
  }

  void check(const node& slice) {
    const auto index = static_cast<std::size_t>(slice.find("slice")->number);
    const settings* module_settings = nullptr;
    const std::vector<model_entry>* models = &config.models;
    const std::vector<output_slice>* slices = &config.slices;
    for (const auto& [name, each] : config.modules) {
      if (name != text(slice, "module")) continue;
      module_settings = &each.parameters;
      models = &each.models;
      slices = &each.slices;
    }
    const output_slice* own = slices->empty() ? nullptr : &slices->at(index);
    const settings* slice_settings = own == nullptr ? nullptr : &own->parameters;
    const auto input_settings = [&](const std::string& model) -> const settings* {
      for (const model_entry& each : *models) {
        if (each.model.text() == model) return &each.parameters;
      }
      if (own == nullptr) return nullptr;
      for (const slice_source& each : own->sources) {
        if (each.model.text() == model) return &each.parameters;
      }
      return nullptr;
    };
    const std::string method(to_string(config.merge_method));
    for (const node& sample : slice.find("parameters")->items) {
      const std::string tensor = text(sample, "tensor");
      const double t = sample.find("t")->number;
      for (const node_entry& entry : sample.find("shared")->entries) {
        compare(entry, {slice_settings, module_settings, &config.parameters},
                method + "_parameters", tensor, t);
      }
      for (const node_entry& input : sample.find("per_input")->entries) {
        for (const node_entry& entry : input.value.entries) {
          compare(entry,
                  {input_settings(input.key), slice_settings, module_settings, &config.parameters},
                  method + "_input_parameters", tensor, t);
        }
      }
    }
  }
};

TEST(corpus, parameters_resolve_to_what_mergekit_reads) {
  NEEDS_THE_CORPUS();
  const node schema =
      load_json_file(std::filesystem::path(TENSORMERGE_SCHEMAS) / "merge.schema.json");
  int files = 0, values = 0;
  for (const node& record : records()) {
    if (text(record, "expected").empty() || text(record, "dialect") != "mergekit") continue;
    const std::filesystem::path file = corpus / text(record, "file");
    if (has_later_method(file)) continue;
    const node expected = load_json_file(corpus / text(record, "expected"));
    if (expected.find("resolved") == nullptr) continue;
    const merge_config config = load_merge_config(file);
    resolved_check checker{config, schema, text(record, "file")};
    for (const node& slice : expected.find("resolved")->items) checker.check(slice);
    ++files;
    values += checker.values;
  }
  EXPECT_GE(files, 40);
  EXPECT_GE(values, 3000);
}

}  // namespace
}  // namespace tensormerge
