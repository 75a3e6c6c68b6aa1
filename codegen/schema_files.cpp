#include "schema_files.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "extended_json.hpp"

namespace tensormerge::codegen {
namespace {

using json = schema_files::json;

/// A step of a JSON pointer without its escapes (RFC 6901).
std::string unescaped(const std::string& step) {
  std::string result;
  for (std::size_t i = 0; i < step.size(); ++i) {
    const bool escape = step[i] == '~' && i + 1 < step.size();
    result += !escape ? step[i] : step[++i] == '1' ? '/' : '~';
  }
  return result;
}

const json* child(const json& value, const std::string& step) {
  if (value.is_object()) {
    const auto found = value.find(step);
    return found == value.end() ? nullptr : &*found;
  }
  const bool is_index = value.is_array() && !step.empty() && step.size() < 10 &&
                        step.find_first_not_of("0123456789") == step.npos;
  if (!is_index) return nullptr;
  const std::size_t index = std::stoul(step);
  return index < value.size() ? &value[index] : nullptr;
}

uri file_uri(const std::filesystem::path& path) {
  uri result;
  result.scheme = "file";
  result.has_authority = true;
  result.path = std::filesystem::absolute(path).lexically_normal().generic_string();
  return result;
}

}  // namespace

schema_files::schema_files(const std::filesystem::path& path, json main,
                           std::vector<schema_resource> resources)
    : resources_(std::move(resources)) {
  add(path, file_uri(path), std::move(main));
}

std::vector<std::filesystem::path> schema_files::others() const {
  std::vector<std::filesystem::path> result;
  for (std::size_t i = 1; i < files_.size(); ++i) result.push_back(files_[i].path);
  return result;
}

std::size_t schema_files::add(const std::filesystem::path& path, const uri& base, json value) {
  std::string label;
  if (!files_.empty()) {
    const auto folder = std::filesystem::absolute(files_.front().path).parent_path();
    label = std::filesystem::absolute(path)
                .lexically_normal()
                .lexically_relative(folder.lexically_normal())
                .generic_string();
  }
  files_.push_back({path, std::move(label), base, std::move(value)});
  names_.try_emplace(base.resource(), schema_place{files_.size() - 1, "#"});
  return files_.size() - 1;
}

bool schema_files::name(const std::string& name, const schema_place& place) {
  return names_.try_emplace(name, place).first->second == place;
}

std::filesystem::path schema_files::path_of(const uri& target, const std::string& reference,
                                            std::size_t from) const {
  const std::string resource = target.resource();
  for (const auto& [known, path] : resources_) {
    if (known == resource) return path;
    if (known.ends_with('/') && resource.starts_with(known)) {
      return path / percent_decoded(resource.substr(known.size()));
    }
  }
  if (target.scheme == "file") return percent_decoded(target.path);
  // A file's own `$id` says where it is published; its neighbours there are its neighbours here.
  const uri relative = uri::parse(reference);
  if (relative.scheme.empty() && !relative.has_authority && !relative.path.starts_with('/')) {
    return files_[from].path.parent_path() / percent_decoded(relative.path);
  }
  throw std::invalid_argument("nothing is known about `" + resource +
                              "`; name its file with --resource " + resource + "=FILE");
}

schema_place schema_files::find_resource(const uri& target, const std::string& reference,
                                         std::size_t from) {
  const std::string resource = target.resource();
  if (!names_.contains(resource)) {
    const std::filesystem::path path = path_of(target, reference, from);
    if (!std::filesystem::is_regular_file(path)) {
      throw std::invalid_argument("there is no file " + path.lexically_normal().string());
    }
    uri base = target;
    base.fragment.clear();
    add(path, base, read_extended_json(path, {}));
  }
  return names_.at(resource);
}

schema_place schema_files::find_fragment(const uri& target, schema_place resource) const {
  const std::string fragment = percent_decoded(target.fragment);
  if (fragment.empty() || fragment.starts_with('/')) {
    resource.pointer += fragment;
    return resource;
  }
  const auto named = names_.find(target.resource() + '#' + fragment);
  if (named == names_.end()) {
    throw std::invalid_argument("there is no $id `#" + fragment + '`');
  }
  return named->second;
}

schema_files::value_at schema_files::look(const schema_place& place) const {
  value_at result{&files_[place.file].value, files_[place.file].base};
  std::size_t at = 1;
  while (at < place.pointer.size()) {
    const json& container = *result.value;
    if (container.is_object() && container.contains("$id") && container["$id"].is_string() &&
        !container.contains("$ref")) {
      const uri id = resolve(result.base, container["$id"].get<std::string>());
      result.base = id;
      result.base.fragment.clear();
    }
    const std::size_t end = std::min(place.pointer.find('/', at + 1), place.pointer.size());
    result.value = child(container, unescaped(place.pointer.substr(at + 1, end - at - 1)));
    if (result.value == nullptr) return result;
    at = end;
  }
  return result;
}

}  // namespace tensormerge::codegen
