#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <tensormerge/check/check_text.hpp>
#include <tensormerge/config/merge_config.hpp>
#include <tensormerge/config/mlx_config.hpp>
#include <tensormerge/config/read_struct.hpp>
#include <tensormerge/config/read_values.hpp>

namespace tensormerge {

/// A configuration that has passed every check, and the warnings about it.
template <class Config>
struct checked_config {
  Config config;
  diagnostics warnings;
};

namespace detail {

/// Takes out keys that are unknown, so that only what is known is read.
inline void remove_unknown_keys(node& value, const diagnostics& findings) {
  std::erase_if(value.entries, [&findings](const node_entry& entry) {
    for (const diagnostic& each : findings) {
      if (each.rule == "unknown-key" && each.at == entry.key_at) return true;
    }
    return false;
  });
  for (node& item : value.items) remove_unknown_keys(item, findings);
  for (node_entry& entry : value.entries) remove_unknown_keys(entry.value, findings);
}

}  // namespace detail

/// Checks a text that is to be merged as check_text does, but for errors that comments ignore: what
/// is read has none. Keys that are unknown and may be are taken out. Throws failure with all that
/// is wrong with it, warnings included, where there is an error among it.
inline checked_text check_for_merge(std::string_view text, const std::string& file,
                                    check_options options) {
  options.ignores_errors = false;
  checked_text checked = check_text(text, file, options);
  if (has_errors(checked.findings)) throw failure(std::move(checked.findings));
  if (options.lenient) {
    for (node& each : checked.documents) detail::remove_unknown_keys(each, checked.findings);
  }
  return checked;
}

/// Reads a configuration of one document that is to be merged. Throws as check_for_merge does.
template <class Config>
checked_config<Config> read_checked(std::string_view text, const std::string& file,
                                    check_options options) {
  checked_text checked = check_for_merge(text, file, std::move(options));
  return {read_struct<Config>(checked.documents.front()), std::move(checked.findings)};
}

}  // namespace tensormerge
