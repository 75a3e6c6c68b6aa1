#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tensormerge/dtype/dtype.hpp>
#include <tensormerge/tensor/shape.hpp>

namespace tensormerge {

/// What a source says of a tensor before it is read.
struct tensor_description {
  dtype type = dtype::float32;
  shape dims{};

  std::size_t bytes() const {
    return static_cast<std::size_t>(dims.elements()) * bytes_per_element(type);
  }
  friend bool operator==(const tensor_description&, const tensor_description&) = default;
};

/// Where a program gets tensors from by name: files of any format, memory, or other sources.
/// `names()` lists them; `describe(name)` is nothing where there is no such tensor; `read(name,
/// into)` fills the memory, which has exactly the tensor's bytes, with its elements, row-major and
/// in the machine's byte order. Several threads may read at once. What goes wrong is thrown.
template <class Source>
concept tensor_source =
    requires(const Source& source, std::string_view name, std::span<std::byte> into) {
      { source.names() } -> std::convertible_to<std::vector<std::string>>;
      { source.describe(name) } -> std::same_as<std::optional<tensor_description>>;
      source.read(name, into);
    };

/// Refers to a source of any type, which must outlive it; a source itself.
class source_reference {
 public:
  template <tensor_source Source>
  source_reference(const Source& source)
      : source_(&source),
        names_([](const void* s) -> std::vector<std::string> { return as<Source>(s).names(); }),
        describe_([](const void* s, std::string_view name) {
          return as<Source>(s).describe(name);
        }),
        read_([](const void* s, std::string_view name, std::span<std::byte> into) {
          as<Source>(s).read(name, into);
        }) {}

  std::vector<std::string> names() const { return names_(source_); }
  std::optional<tensor_description> describe(std::string_view name) const {
    return describe_(source_, name);
  }
  void read(std::string_view name, std::span<std::byte> into) const {
    read_(source_, name, into);
  }

 private:
  template <class Source>
  static const Source& as(const void* source) {
    return *static_cast<const Source*>(source);
  }

  const void* source_;
  std::vector<std::string> (*names_)(const void*);
  std::optional<tensor_description> (*describe_)(const void*, std::string_view);
  void (*read_)(const void*, std::string_view, std::span<std::byte>);
};

}  // namespace tensormerge
