#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include <tensormerge/config/text_pattern.hpp>

namespace tensormerge::schema {

/// `127.0.0.1` (RFC 2673, section 3.2), without leading zeros, which some read as octal.
inline bool is_ipv4(std::string_view text) {
  static const text_pattern form(
      "^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(?:\\.|$)){4}$");
  return form.search(text) && !text.ends_with('.');
}

/// `::1`, `fe80::a:b`, `::ffff:192.168.0.1` (RFC 4291, section 2.2).
inline bool is_ipv6(std::string_view text) {
  static const text_pattern group("^[0-9A-Fa-f]{1,4}$");
  std::size_t groups = 0;
  const auto count = [&](std::string_view part, bool last) {
    if (part.empty()) return true;
    while (true) {
      const std::size_t colon = std::min(part.find(':'), part.size());
      const std::string_view one = part.substr(0, colon);
      if (group.search(one)) {
        ++groups;
      } else if (last && colon == part.size() && is_ipv4(one)) {
        groups += 2;
      } else {
        return false;
      }
      if (colon == part.size()) return true;
      part.remove_prefix(colon + 1);
    }
  };
  const std::size_t gap = text.find("::");
  if (gap == text.npos) return !text.empty() && count(text, true) && groups == 8;
  return count(text.substr(0, gap), false) && count(text.substr(gap + 2), true) && groups <= 7;
}

/// `www.example.com` (RFC 1123, section 2.1).
inline bool is_hostname(std::string_view text) {
  static const text_pattern form(
      "^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
      "(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$");
  return text.size() <= 253 && form.search(text);
}

/// `joe.bloggs@example.com`, `"joe bloggs"@[127.0.0.1]` (RFC 5321, section 4.1.2).
inline bool is_email(std::string_view text) {
  static const text_pattern name(
      "^(?:[\\w!#$%&'*+/=?^`{|}~-]+(?:\\.[\\w!#$%&'*+/=?^`{|}~-]+)*"
      "|\"(?:[ !#-\\[\\]-~]|\\\\[ -~])*\")$");
  const std::size_t at = text.rfind('@');
  if (at == text.npos || !name.search(text.substr(0, at))) return false;
  std::string_view host = text.substr(at + 1);
  if (!host.starts_with('[')) return is_hostname(host);
  if (!host.ends_with(']')) return false;
  host = host.substr(1, host.size() - 2);
  constexpr std::string_view ipv6 = "IPv6:";
  return host.starts_with(ipv6) ? is_ipv6(host.substr(ipv6.size())) : is_ipv4(host);
}

}  // namespace tensormerge::schema
