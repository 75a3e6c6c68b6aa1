#pragma once

#include <string_view>

#include <tensormerge/config/text_pattern.hpp>

namespace tensormerge::schema {

inline int two_digits(std::string_view text, std::size_t at) {
  return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

/// `2024-02-29` (RFC 3339, full-date).
inline bool is_date(std::string_view text) {
  static const text_pattern form("^[0-9]{4}-[0-9]{2}-[0-9]{2}$");
  if (!form.search(text)) return false;
  const int year = two_digits(text, 0) * 100 + two_digits(text, 2);
  const int month = two_digits(text, 5), day = two_digits(text, 8);
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  const int days = month == 2 ? (leap ? 29 : 28)
                   : month == 4 || month == 6 || month == 9 || month == 11 ? 30
                                                                           : 31;
  return month >= 1 && month <= 12 && day >= 1 && day <= days;
}

/// `23:20:50.5Z`, `15:59:60-08:00` (RFC 3339, full-time). A leap second is the last of a UTC day.
inline bool is_time(std::string_view text) {
  static const text_pattern form(
      "^[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]+)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})$");
  if (!form.search(text)) return false;
  const int hour = two_digits(text, 0), minute = two_digits(text, 3);
  const int second = two_digits(text, 6);
  int offset = 0;
  if (const std::size_t sign = text.find_first_of("+-"); sign != text.npos) {
    const int hours = two_digits(text, sign + 1), minutes = two_digits(text, sign + 4);
    if (hours > 23 || minutes > 59) return false;
    offset = (hours * 60 + minutes) * (text[sign] == '+' ? 1 : -1);
  }
  if (hour > 23 || minute > 59 || second > 60) return false;
  constexpr int day = 24 * 60;
  return second < 60 || (hour * 60 + minute - offset + day) % day == day - 1;
}

/// `1985-04-12T23:20:50.52Z` (RFC 3339, date-time).
inline bool is_date_time(std::string_view text) {
  return text.size() > 11 && (text[10] == 'T' || text[10] == 't') && is_date(text.substr(0, 10)) &&
         is_time(text.substr(11));
}

}  // namespace tensormerge::schema
