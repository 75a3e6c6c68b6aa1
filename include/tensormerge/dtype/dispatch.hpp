#pragma once

#include <cstdlib>
#include <type_traits>
#include <utility>

#include <tensormerge/dtype/bfloat16.hpp>
#include <tensormerge/dtype/dtype.hpp>
#include <tensormerge/dtype/float16.hpp>
#include <tensormerge/dtype/float8.hpp>

namespace tensormerge {

/// The run-time dtype of a storage type.
template <class Storage>
inline constexpr dtype dtype_of = [] {
  if constexpr (std::is_same_v<Storage, float8_e4m3>) return dtype::float8_e4m3;
  else if constexpr (std::is_same_v<Storage, float8_e5m2>) return dtype::float8_e5m2;
  else if constexpr (std::is_same_v<Storage, float16>) return dtype::float16;
  else if constexpr (std::is_same_v<Storage, bfloat16>) return dtype::bfloat16;
  else if constexpr (std::is_same_v<Storage, float>) return dtype::float32;
  else {
    static_assert(std::is_same_v<Storage, double>,
                  "tensormerge: a storage type is float8_e4m3, float8_e5m2, float16, bfloat16, float "
                  "or double");
    return dtype::float64;
  }
}();

/// Whether elements of this dtype can be merged, which asks for arithmetic on them.
constexpr bool is_mergeable(dtype type) { return is_float(type); }

/// Calls `visitor(std::type_identity<Storage>{})` with the storage type of a mergeable dtype; ends
/// the program for any other.
template <class Visitor>
constexpr decltype(auto) with_storage_type(dtype type, Visitor&& visitor) {
  switch (type) {
    case dtype::float8_e4m3:
      return std::forward<Visitor>(visitor)(std::type_identity<float8_e4m3>{});
    case dtype::float8_e5m2:
      return std::forward<Visitor>(visitor)(std::type_identity<float8_e5m2>{});
    case dtype::float16: return std::forward<Visitor>(visitor)(std::type_identity<float16>{});
    case dtype::bfloat16: return std::forward<Visitor>(visitor)(std::type_identity<bfloat16>{});
    case dtype::float32: return std::forward<Visitor>(visitor)(std::type_identity<float>{});
    case dtype::float64: return std::forward<Visitor>(visitor)(std::type_identity<double>{});
    default: std::abort();  // is_mergeable was not asked
  }
}

}  // namespace tensormerge
