#pragma once

#include <cstdint>
#include <string_view>

namespace tensormerge {

/// The key of a tensor's random numbers: a hash of the seed and the tensor's name, so that every
/// tensor draws its own numbers whatever else is merged and in which order.
/// FNV-1a over the name, then the finaliser of SplitMix64 (Steele, Lea and Flood 2014).
constexpr std::uint64_t random_key(std::uint64_t seed, std::string_view tensor_name) {
  std::uint64_t hash = 0xcbf29ce484222325u ^ seed;
  for (const char c : tensor_name) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  }
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9u;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebu;
  return hash ^ (hash >> 31);
}

}  // namespace tensormerge
