#include "schema_roots.hpp"

#include "namer.hpp"

namespace tensormerge::codegen {
namespace {

bool matches(const std::string& text, std::size_t at, const std::string& glob, std::size_t from) {
  if (from == glob.size()) return at == text.size();
  if (glob[from] == '*') {
    for (std::size_t next = at; next <= text.size(); ++next) {
      if (matches(text, next, glob, from + 1)) return true;
      if (next < text.size() && text[next] == '/') break;  // `*` stays inside one step
    }
    return false;
  }
  return at < text.size() && text[at] == glob[from] && matches(text, at + 1, glob, from + 1);
}

}  // namespace

std::string declared_name(const schema_document& document, schema_index index) {
  const schema& each = document.schemas[index];
  if (!each.cpp_name.empty()) return identifier(each.cpp_name);
  if (each.pointer == "#") {
    if (!each.title.empty()) return type_name(each.title);
    const std::string file = each.file.substr(each.file.rfind('/') + 1);
    return type_name(file.empty() ? document.name : file.substr(0, file.find('.')));
  }
  return type_name(each.pointer.substr(each.pointer.rfind('/') + 1));
}

std::vector<schema_index> match_roots(const schema_document& document, const std::string& glob) {
  std::vector<schema_index> found;
  for (schema_index i = 0; i < document.schemas.size(); ++i) {
    if (document.schemas[i].file.empty() && matches(document.schemas[i].pointer, 0, glob, 0)) {
      found.push_back(i);
    }
  }
  return found;
}

}  // namespace tensormerge::codegen
