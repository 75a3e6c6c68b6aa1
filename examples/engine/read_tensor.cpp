#include "read_tensor.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include <tensormerge/dtype/convert.hpp>
#include <tensormerge/dtype/dispatch.hpp>
#include <tensormerge/error/failure.hpp>

namespace engine {

namespace {

using tensormerge::dtype;

tensormerge::failure refuse(std::string_view name, std::string what, std::string expected,
                            std::string found = {}) {
  return tensormerge::failure(tensormerge::diagnostic{.path = std::string(name),
                                                      .what = std::move(what),
                                                      .expected = std::move(expected),
                                                      .found = std::move(found)});
}

const tensormerge::tensor_entry& find(const tensormerge::checkpoint& weights,
                                      std::string_view name) {
  const tensormerge::tensor_entry* entry = weights.find(name);
  if (entry == nullptr) throw refuse(name, "the model has no such tensor", {});
  return *entry;
}

/// Every element of the tensor as it is stored.
template <class Storage>
std::vector<Storage> read_all(const tensormerge::tensor_reader& reader,
                              const tensormerge::tensor_entry& entry) {
  std::vector<Storage> elements(entry.bytes / sizeof(Storage));
  reader.read(entry, 0, std::as_writable_bytes(std::span(elements)));
  return elements;
}

/// Tensors of an opened checkpoint as a source.
struct opened_tensors {
  const tensormerge::checkpoint& weights;
  const tensormerge::tensor_reader& reader;

  std::vector<std::string> names() const { return {}; }
  std::optional<tensormerge::tensor_description> describe(std::string_view name) const {
    const tensormerge::tensor_entry* entry = weights.find(name);
    if (entry == nullptr) return std::nullopt;
    return tensormerge::tensor_description{entry->type, entry->dims};
  }
  void read(std::string_view name, std::span<std::byte> into) const {
    reader.read(find(weights, name), 0, into);
  }
};

}  // namespace

matrix read_matrix(const tensormerge::source_reference& weights, std::string_view name,
                   Eigen::Index rows, Eigen::Index columns) {
  const auto found = weights.describe(name);
  if (!found) throw refuse(name, "the model has no such tensor", {});
  tensormerge::shape wanted;
  wanted.extents.push_back(static_cast<std::uint64_t>(rows));
  if (columns != 1) wanted.extents.push_back(static_cast<std::uint64_t>(columns));
  if (found->dims != wanted) {
    throw refuse(name, "the shape differs from config.json", to_string(wanted),
                 to_string(found->dims));
  }
  if (!tensormerge::is_mergeable(found->type)) {
    throw refuse(name, "the dtype is not supported", "float16, bfloat16, float32 or float64",
                 std::string(to_string(found->type)));
  }
  matrix result(rows, columns);
  tensormerge::with_storage_type(found->type, [&]<class Storage>(std::type_identity<Storage>) {
    std::vector<Storage> stored(static_cast<std::size_t>(result.size()));
    weights.read(name, std::as_writable_bytes(std::span(stored)));
    tensormerge::load_tile(stored.data(), result.data(), stored.size());
  });
  return result;
}

matrix read_matrix(const tensormerge::checkpoint& weights, const tensormerge::tensor_reader& reader,
                   std::string_view name, Eigen::Index rows, Eigen::Index columns) {
  return read_matrix(opened_tensors{weights, reader}, name, rows, columns);
}

std::vector<std::int64_t> read_integers(const tensormerge::checkpoint& weights,
                                        const tensormerge::tensor_reader& reader,
                                        std::string_view name) {
  const tensormerge::tensor_entry& entry = find(weights, name);
  if (entry.type == dtype::int64) return read_all<std::int64_t>(reader, entry);
  if (entry.type != dtype::int32) {
    throw refuse(name, "the dtype is not supported", "int32 or int64",
                 std::string(to_string(entry.type)));
  }
  const std::vector<std::int32_t> stored = read_all<std::int32_t>(reader, entry);
  return std::vector<std::int64_t>(stored.begin(), stored.end());
}

}  // namespace engine
