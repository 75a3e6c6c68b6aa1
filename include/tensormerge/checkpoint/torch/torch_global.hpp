#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include <tensormerge/dtype/dtype.hpp>

namespace tensormerge {

/// The names that a pickle may mention: what tensors are rebuilt with, and nothing else.
struct torch_global {
  enum class kind : std::uint8_t {
    ordered_dict,
    size,
    rebuild_tensor,
    rebuild_tensor_v2,
    rebuild_tensor_v3,
    rebuild_parameter,
    storage,  // of elements of `type`
    dtype,
  };

  kind what = kind::ordered_dict;
  tensormerge::dtype type = tensormerge::dtype::uint8;
};

/// The classes of storages that have a type.
inline constexpr std::array<std::pair<std::string_view, dtype>, 10> torch_storages{{
    {"DoubleStorage", dtype::float64},
    {"FloatStorage", dtype::float32},
    {"HalfStorage", dtype::float16},
    {"BFloat16Storage", dtype::bfloat16},
    {"LongStorage", dtype::int64},
    {"IntStorage", dtype::int32},
    {"ShortStorage", dtype::int16},
    {"CharStorage", dtype::int8},
    {"ByteStorage", dtype::uint8},
    {"BoolStorage", dtype::boolean},
}};

/// The name of the class of storages of that type, none where torch has no such class.
constexpr std::optional<std::string_view> torch_storage_of(dtype type) {
  for (const auto& [storage, its] : torch_storages) {
    if (its == type) return storage;
  }
  return std::nullopt;
}

/// The global of that name, none where it is not allowed.
constexpr std::optional<torch_global> torch_global_named(std::string_view module,
                                                         std::string_view name) {
  using kind = torch_global::kind;
  if (module == "collections" && name == "OrderedDict") return torch_global{kind::ordered_dict};
  if (module == "torch._utils") {
    if (name == "_rebuild_tensor") return torch_global{kind::rebuild_tensor};
    if (name == "_rebuild_tensor_v2") return torch_global{kind::rebuild_tensor_v2};
    if (name == "_rebuild_tensor_v3") return torch_global{kind::rebuild_tensor_v3};
    if (name == "_rebuild_parameter") return torch_global{kind::rebuild_parameter};
    if (name == "_rebuild_parameter_with_state") return torch_global{kind::rebuild_parameter};
    return std::nullopt;
  }
  if (module == "torch.storage") {
    const bool is_known = name == "UntypedStorage" || name == "_UntypedStorage" ||
                          name == "TypedStorage" || name == "_TypedStorage";
    return is_known ? std::optional(torch_global{kind::storage}) : std::nullopt;
  }
  if (module != "torch" && module != "torch.cuda") return std::nullopt;
  if (name == "Size") return torch_global{kind::size};
  for (const auto& [storage, type] : torch_storages) {
    if (name == storage) return torch_global{kind::storage, type};
  }
  if (const std::optional<dtype> type = dtype_named(name)) return torch_global{kind::dtype, *type};
  return std::nullopt;
}

}  // namespace tensormerge
