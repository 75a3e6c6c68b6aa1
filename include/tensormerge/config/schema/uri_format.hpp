#pragma once

#include <string>
#include <string_view>

#include <tensormerge/config/schema/address_format.hpp>
#include <tensormerge/config/text_pattern.hpp>

namespace tensormerge::schema {

/// The grammar of RFC 3986, with the letters of RFC 3987 where `international` is set.
class uri_grammar {
 public:
  explicit uri_grammar(bool international)
      : letters_(std::string("-A-Za-z0-9._~!$&'()*+,;=") +
                 (international ? "\\u00A0-\\uD7FF\\uF900-\xF4\x8F\xBF\xBD" : "")),
        form_("^(?://" + authority() + "(?:/" + step() + "*)*|/?(?:" +
              step() + "+(?:/" + step() + "*)*)?)(?:\\?" + tail() + ")?(?:#" + tail() + ")?$") {}

  bool is_reference(std::string_view text) const {
    const std::size_t colon = text.find(':');
    if (has_scheme(text)) {
      text.remove_prefix(colon + 1);
    } else if (colon < text.find_first_of("/?#")) {
      return false;
    }
    if (!form_.search(text)) return false;
    const std::size_t open = text.find('[');
    if (!text.starts_with("//") || open == text.npos) return true;
    const std::string_view host = text.substr(open + 1, text.find(']') - open - 1);
    return host.starts_with('v') || host.starts_with('V') || is_ipv6(host);
  }

  bool is_absolute(std::string_view text) const { return has_scheme(text) && is_reference(text); }

 private:
  std::string step() const { return "(?:[" + letters_ + ":@]|%[0-9A-Fa-f]{2})"; }
  std::string tail() const { return "(?:[" + letters_ + ":@/?]|%[0-9A-Fa-f]{2})*"; }
  std::string authority() const {
    const std::string name = "(?:[" + letters_ + "]|%[0-9A-Fa-f]{2})*";
    const std::string user = "(?:(?:[" + letters_ + ":]|%[0-9A-Fa-f]{2})*@)?";
    return user + "(?:\\[[0-9A-Za-z:._~!$&'()*+,;=-]+\\]|" + name + ")(?::[0-9]*)?";
  }
  static bool has_scheme(std::string_view text) {
    static const text_pattern start("^[A-Za-z][A-Za-z0-9+.-]*:");
    return start.search(text);
  }

  std::string letters_;
  text_pattern form_;
};

inline bool is_uri(std::string_view text, bool relative, bool international) {
  static const uri_grammar ascii(false), all(true);
  const uri_grammar& grammar = international ? all : ascii;
  return relative ? grammar.is_reference(text) : grammar.is_absolute(text);
}

/// `http://example.com/~{name}{?first,second*}` (RFC 6570).
inline bool is_uri_template(std::string_view text) {
  static const text_pattern form(
      "^(?:[^\\x00-\\x20\"'%<>\\\\^`{|}]|%[0-9A-Fa-f]{2}|\\{[+#./;?&=,!@|]?"
      "(?:\\w|%[0-9A-Fa-f]{2})(?:[\\w.]|%[0-9A-Fa-f]{2})*(?::[1-9][0-9]{0,3}|\\*)?"
      "(?:,(?:\\w|%[0-9A-Fa-f]{2})(?:[\\w.]|%[0-9A-Fa-f]{2})*(?::[1-9][0-9]{0,3}|\\*)?)*\\})*$");
  return form.search(text);
}

/// `/foo/0/a~1b` (RFC 6901).
inline bool is_json_pointer(std::string_view text) {
  static const text_pattern form("^(?:/(?:[^~/]|~[01])*)*$");
  return form.search(text);
}

/// `0#`, `1/nested` (draft-handrews-relative-json-pointer-01).
inline bool is_relative_json_pointer(std::string_view text) {
  static const text_pattern form("^(?:0|[1-9][0-9]*)(?:#|(?:/(?:[^~/]|~[01])*)*)$");
  return form.search(text);
}

}  // namespace tensormerge::schema
