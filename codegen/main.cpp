#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "declare.hpp"
#include "emit_reference.hpp"
#include "emit_structs.hpp"
#include "emit_validator.hpp"
#include "schema_reader.hpp"
#include "schema_roots.hpp"

namespace {

constexpr std::string_view usage =
    "Usage: tensormerge-codegen --namespace NAME [--structs FILE] [--accessors FILE]\n"
    "                           [--validator FILE] [--reference FILE] [--root GLOB]...\n"
    "                           [--resource URI=PATH]... [--ignore KEYWORD]...\n"
    "                           [--check-formats] [--keep-untyped] [--depfile FILE]\n"
    "                           {SCHEMA [--extend FRAGMENT]...}...\n"
    "\n"
    "Writes C++ for JSON Schemas (draft-07).\n"
    "  --structs FILE    header with the types that the schemas describe\n"
    "  --accessors FILE  header for Hana's accessors of these types, which --structs then goes\n"
    "                    without\n"
    "  --validator FILE  header with functions that check documents against the schemas\n"
    "  --reference FILE  page in Markdown about the types\n"
    "  --root GLOB       JSON pointer of a schema to make a type for; `*` stands for any name.\n"
    "                    May be repeated; `#` (the whole file) where it is missing.\n"
    "  --extend FRAGMENT JSON that adds to the schema named before it: mappings are merged, lists\n"
    "                    get more entries, and nothing that is there may change. May be repeated.\n"
    "  --resource URI=PATH  the file of the schema that has this URI, for references; with `/` at\n"
    "                    the end the folder of such files. May be repeated.\n"
    "  --ignore KEYWORD  an unknown keyword that says nothing about what is valid. May be repeated.\n"
    "  --check-formats   `format` is checked, instead of being an annotation\n"
    "  --keep-untyped    values without one C++ type are kept as tensormerge::node, not refused\n"
    "  --depfile FILE    says for make and ninja which other files were read\n"
    "  --namespace NAME  namespace of what is generated\n";

struct wrong_usage : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct schema_source {
  std::filesystem::path schema;
  std::vector<std::filesystem::path> fragments;
};

struct arguments {
  std::string name_space, structs, accessors, validator, reference, depfile;
  std::vector<std::string> roots;
  tensormerge::codegen::reading_options reading;
  std::vector<schema_source> schemas;
  bool keeps_untyped = false;
  bool help = false;
};

arguments read_arguments(const std::vector<std::string>& words) {
  arguments result;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto value = [&]() -> const std::string& {
      if (i + 1 == words.size()) throw wrong_usage(words[i] + " needs a value");
      return words[++i];
    };
    if (words[i] == "--help") {
      result.help = true;
    } else if (words[i] == "--namespace") {
      result.name_space = value();
    } else if (words[i] == "--structs") {
      result.structs = value();
    } else if (words[i] == "--accessors") {
      result.accessors = value();
    } else if (words[i] == "--validator") {
      result.validator = value();
    } else if (words[i] == "--reference") {
      result.reference = value();
    } else if (words[i] == "--root") {
      result.roots.push_back(value());
    } else if (words[i] == "--resource") {
      const std::string& given = value();
      const std::size_t end = given.rfind('=');
      if (end == std::string::npos) throw wrong_usage("--resource needs URI=PATH");
      result.reading.resources.push_back({given.substr(0, end), given.substr(end + 1)});
    } else if (words[i] == "--ignore") {
      result.reading.ignored_keywords.push_back(value());
    } else if (words[i] == "--check-formats") {
      result.reading.check_formats = true;
    } else if (words[i] == "--keep-untyped") {
      result.keeps_untyped = true;
    } else if (words[i] == "--depfile") {
      result.depfile = value();
    } else if (words[i] == "--extend") {
      if (result.schemas.empty()) throw wrong_usage("--extend comes behind the schema it extends");
      result.schemas.back().fragments.emplace_back(value());
    } else if (words[i].starts_with("-")) {
      throw wrong_usage("unknown option " + words[i]);
    } else {
      result.schemas.push_back({words[i], {}});
    }
  }
  if (result.roots.empty()) result.roots.emplace_back("#");
  if (!result.help && (result.schemas.empty() || result.name_space.empty())) {
    throw wrong_usage("a schema and --namespace are needed");
  }
  return result;
}

void write_file(const std::filesystem::path& file, const std::string& text) {
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path());
  std::ofstream stream(file, std::ios::binary);
  stream << text;
  stream.close();
  if (!stream) throw std::runtime_error(file.string() + ": cannot be written");
}

/// A rule for make: what was made, and the files that only the schemas name.
std::string dependencies(const arguments& given,
                         const std::list<tensormerge::codegen::schema_document>& documents) {
  const auto escaped = [](const std::string& name) {
    std::string result;
    for (const char c : name) {
      if (c == ' ' || c == '#') result += '\\';
      if (c == '$') result += '$';
      result += c;
    }
    return result;
  };
  std::string rule = escaped(given.structs.empty() ? given.validator : given.structs) + ':';
  for (const auto& document : documents) {
    for (const std::filesystem::path& other : document.other_files) {
      rule += ' ' + escaped(std::filesystem::absolute(other).lexically_normal().string());
    }
  }
  return rule + '\n';
}

void generate(const arguments& given) {
  using namespace tensormerge::codegen;
  declarations declared;
  std::string origin;
  std::vector<bool> used(given.roots.size());
  const bool wants_types =
      !given.structs.empty() || !given.accessors.empty() || !given.reference.empty();
  std::vector<validated_root> validated;
  std::list<schema_document> documents;  // stay in place: the roots refer to them
  for (const auto& [path, fragments] : given.schemas) {
    reading_options options = given.reading;
    options.fragments = fragments;
    const schema_document& document = documents.emplace_back(read_schema(path, options));
    origin += (origin.empty() ? "" : ", ") + path.filename().string();
    for (const std::filesystem::path& fragment : fragments) {
      origin += " + " + fragment.filename().string();
    }
    try {
      for (std::size_t i = 0; i < given.roots.size(); ++i) {
        for (const schema_index root : match_roots(document, given.roots[i])) {
          used[i] = true;
          if (wants_types) declare(document, root, given.keeps_untyped, declared);
          validated.push_back({&document, root, declared_name(document, root)});
        }
      }
    } catch (const schema_error& error) {
      throw std::runtime_error(path.string() + ": " + error.what());
    }
  }
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (!used[i]) throw std::runtime_error("no schema stands at `" + given.roots[i] + "`");
  }
  if (!given.depfile.empty()) {
    write_file(given.depfile, dependencies(given, documents));
  }
  if (!given.structs.empty()) {
    const auto place =
        given.accessors.empty() ? accessor_place::same_header : accessor_place::other_header;
    write_file(given.structs, emit_structs(declared, given.name_space, origin, place));
  }
  if (!given.accessors.empty()) {
    write_file(given.accessors, emit_accessors(declared, given.name_space, origin));
  }
  if (!given.validator.empty()) {
    write_file(given.validator, emit_validator(validated, given.name_space, origin));
  }
  if (!given.reference.empty()) write_file(given.reference, emit_reference(declared, origin));
}

}  // namespace

int main(int count, char** words) {
  try {
    const arguments given = read_arguments({words + 1, words + count});
    if (given.help) {
      std::cout << usage;
    } else {
      generate(given);
    }
    return 0;
  } catch (const wrong_usage& error) {
    std::cerr << "tensormerge-codegen: " << error.what() << "\n\n" << usage;
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "tensormerge-codegen: error: " << error.what() << '\n';
    return 1;
  }
}
