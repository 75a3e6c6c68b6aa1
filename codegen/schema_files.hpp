#pragma once

#include <compare>
#include <cstddef>
#include <deque>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "uri.hpp"

namespace tensormerge::codegen {

/// Where schemas with a URI are on this machine: `uri` is that of one schema or, with `/` at its
/// end, of a folder.
struct schema_resource {
  std::string uri;
  std::filesystem::path path;
};

/// A value in one of the files.
struct schema_place {
  std::size_t file = 0;
  std::string pointer = "#";

  auto operator<=>(const schema_place&) const = default;
};

/// The files that schemas are in, and the URIs that they have. Nothing is read from a network.
class schema_files {
 public:
  using json = nlohmann::ordered_json;

  struct value_at {
    const json* value = nullptr;
    uri base;  // what references there are resolved against
  };

  /// `main` is what the file `path` holds.
  schema_files(const std::filesystem::path& path, json main,
               std::vector<schema_resource> resources);

  /// The path of a file from the folder of the main one; empty for that.
  const std::string& label(std::size_t file) const { return files_[file].label; }

  /// All files but the main one.
  std::vector<std::filesystem::path> others() const;

  /// Remembers that `name`, a URI of a resource or with a fragment that is no pointer, stands for
  /// a value. Returns whether it stood for nothing else until now.
  bool name(const std::string& name, const schema_place& place);

  /// The value that `target` names, which a reference in the file `from` resolves to, without its
  /// fragment. Reads the file if need be. Throws std::invalid_argument with the reason where
  /// nothing is known under that URI, std::runtime_error where its file cannot be read.
  schema_place find_resource(const uri& target, const std::string& reference, std::size_t from);

  /// The value that the fragment of `target` names in `resource`, which is where find_resource
  /// found the rest. Throws std::invalid_argument where no `$id` gave it that name.
  schema_place find_fragment(const uri& target, schema_place resource) const;

  /// The value at a place, or nullptr in its place where there is none.
  value_at look(const schema_place& place) const;

 private:
  struct loaded_file {
    std::filesystem::path path;
    std::string label;
    uri base;
    json value;
  };

  std::size_t add(const std::filesystem::path& path, const uri& base, json value);
  std::filesystem::path path_of(const uri& target, const std::string& reference,
                                std::size_t from) const;

  std::deque<loaded_file> files_;
  std::map<std::string, schema_place> names_;
  std::vector<schema_resource> resources_;
};

}  // namespace tensormerge::codegen
