#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tensormerge/dtype/convert.hpp>
#include <tensormerge/dtype/dispatch.hpp>
#include <tensormerge/engine/tensor_source.hpp>

namespace tensormerge::test {

/// Tensors in memory as a source, which counts how often it is read.
class memory_source {
 public:
  template <class Storage>
  memory_source& add(const std::string& name, shape dims, const std::vector<double>& values) {
    std::vector<Storage> stored;
    for (const double value : values) stored.push_back(nearest_even::store<Storage>(value));
    const auto bytes = std::as_bytes(std::span(stored));
    tensors_[name] = {{dtype_of<Storage>, std::move(dims)}, {bytes.begin(), bytes.end()}};
    return *this;
  }
  memory_source& add_integer(const std::string& name, std::int64_t value) {
    const auto bytes = std::as_bytes(std::span(&value, 1));
    tensors_[name] = {{dtype::int64, {}}, {bytes.begin(), bytes.end()}};
    return *this;
  }

  std::vector<std::string> names() const {
    std::vector<std::string> list;
    for (const auto& [name, tensor] : tensors_) list.push_back(name);
    return list;
  }
  std::optional<tensor_description> describe(std::string_view name) const {
    const auto found = tensors_.find(name);
    if (found == tensors_.end()) return std::nullopt;
    return found->second.first;
  }
  void read(std::string_view name, std::span<std::byte> into) const {
    ++reads;
    std::ranges::copy(tensors_.find(name)->second.second, into.begin());
  }

  mutable std::atomic<int> reads = 0;

 private:
  std::map<std::string, std::pair<tensor_description, std::vector<std::byte>>, std::less<>>
      tensors_;
};

/// The elements of a tensor of any source.
inline std::vector<double> all_values_of(source_reference source, std::string_view name) {
  const tensor_description described = source.describe(name).value();
  std::vector<std::byte> bytes(described.bytes());
  source.read(name, bytes);
  return with_storage_type(described.type, [&]<class Storage>(std::type_identity<Storage>) {
    const std::span stored(reinterpret_cast<const Storage*>(bytes.data()),
                           bytes.size() / sizeof(Storage));
    std::vector<double> values;
    for (const Storage element : stored) values.push_back(load<double>(element));
    return values;
  });
}

}  // namespace tensormerge::test
