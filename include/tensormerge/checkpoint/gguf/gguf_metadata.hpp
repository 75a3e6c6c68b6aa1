#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/gguf/gguf_value.hpp>
#include <tensormerge/checkpoint/little_endian.hpp>

namespace tensormerge {

/// The keys and values of a GGUF file in their order.
class gguf_metadata {
 public:
  using entry = std::pair<std::string, gguf_value>;

  const std::vector<entry>& entries() const { return entries_; }

  /// The value of a key or nullptr.
  const gguf_value* find(std::string_view key) const {
    const auto place = std::find_if(entries_.begin(), entries_.end(),
                                    [key](const entry& each) { return each.first == key; });
    return place == entries_.end() ? nullptr : &place->second;
  }

  /// The text of a key; none where there is no such text.
  std::optional<std::string_view> text(std::string_view key) const {
    const gguf_value* value = find(key);
    if (value == nullptr || value->kind != gguf_kind::text) return std::nullopt;
    return value->bytes;
  }

  /// The whole number of a key, of any of the kinds of whole numbers, if it is not negative.
  std::optional<std::uint64_t> whole_number(std::string_view key) const {
    const gguf_value* value = find(key);
    if (value == nullptr) return std::nullopt;
    const auto number = little_endian(std::as_bytes(std::span(value->bytes)).first(
        std::min<std::size_t>(value->bytes.size(), bytes_of(value->kind))));
    switch (value->kind) {
      case gguf_kind::uint8:
      case gguf_kind::uint16:
      case gguf_kind::uint32:
      case gguf_kind::uint64: return number;
      case gguf_kind::int8:
      case gguf_kind::int16:
      case gguf_kind::int32:
      case gguf_kind::int64:
        if (number >> (8 * bytes_of(value->kind) - 1) != 0) return std::nullopt;
        return number;
      default: return std::nullopt;
    }
  }

  /// The number of a key that is of float32 or float64.
  std::optional<double> real_number(std::string_view key) const {
    const gguf_value* value = find(key);
    if (value == nullptr) return std::nullopt;
    const std::uint64_t bits = little_endian(std::as_bytes(std::span(value->bytes)).first(
        std::min<std::size_t>(value->bytes.size(), bytes_of(value->kind))));
    if (value->kind == gguf_kind::float32) {
      return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
    }
    if (value->kind == gguf_kind::float64) return std::bit_cast<double>(bits);
    return std::nullopt;
  }

  /// The boolean of a key; none where there is no such.
  std::optional<bool> boolean(std::string_view key) const {
    const gguf_value* value = find(key);
    if (value == nullptr || value->kind != gguf_kind::boolean) return std::nullopt;
    return value->bytes != std::string(1, '\0');
  }

  /// Sets the value of a key, which stays where it is if it is there.
  void set(std::string key, gguf_value value) {
    for (entry& each : entries_) {
      if (each.first == key) {
        each.second = std::move(value);
        return;
      }
    }
    entries_.emplace_back(std::move(key), std::move(value));
  }
  /// The same for a key that is known not to be there.
  void set_new(std::string key, gguf_value value) {
    entries_.emplace_back(std::move(key), std::move(value));
  }
  void erase(std::string_view key) {
    std::erase_if(entries_, [key](const entry& each) { return each.first == key; });
  }
  void set_text(std::string key, std::string text) {
    set(std::move(key), {.kind = gguf_kind::text, .bytes = std::move(text)});
  }
  void set_number(std::string key, std::uint32_t number) {
    gguf_value value{.kind = gguf_kind::uint32};
    detail::append_little_endian(value.bytes, number, sizeof(number));
    set(std::move(key), std::move(value));
  }
  void set_real(std::string key, float number) {
    gguf_value value{.kind = gguf_kind::float32};
    detail::append_little_endian(value.bytes, std::bit_cast<std::uint32_t>(number), sizeof(number));
    set(std::move(key), std::move(value));
  }
  void set_boolean(std::string key, bool is_set) {
    const char byte = is_set ? '\1' : '\0';
    set(std::move(key), {.kind = gguf_kind::boolean, .bytes = std::string(1, byte)});
  }
  void set_texts(std::string key, const std::vector<std::string>& texts) {
    gguf_value value{.kind = gguf_kind::list, .item_kind = gguf_kind::text, .items = texts.size()};
    for (const std::string& text : texts) {
      detail::append_little_endian(value.bytes, text.size(), sizeof(std::uint64_t));
      value.bytes += text;
    }
    set(std::move(key), std::move(value));
  }
  void set_numbers(std::string key, const std::vector<std::int32_t>& numbers) {
    gguf_value value{
        .kind = gguf_kind::list, .item_kind = gguf_kind::int32, .items = numbers.size()};
    for (const std::int32_t number : numbers) {
      detail::append_little_endian(value.bytes, static_cast<std::uint32_t>(number), sizeof(number));
    }
    set(std::move(key), std::move(value));
  }

 private:
  std::vector<entry> entries_;
};

}  // namespace tensormerge
