#include "endless_schema.hpp"

#include <cstdint>
#include <utility>
#include <vector>

namespace tensormerge::codegen {
namespace {

/// The schemas that check the very value that `each` checks.
std::vector<schema_index> applied_to_same_value(const schema& each) {
  if (each.ref) return {*each.ref};
  std::vector<schema_index> result;
  for (const auto* list : {&each.all_of, &each.any_of, &each.one_of}) {
    result.insert(result.end(), list->begin(), list->end());
  }
  for (const auto& one : {each.not_, each.if_, each.then_, each.else_}) {
    if (one) result.push_back(*one);
  }
  for (const dependency& one : each.dependencies) {
    if (one.schema) result.push_back(*one.schema);
  }
  return result;
}

}  // namespace

void refuse_endless(const schema_document& document) {
  enum class state : std::uint8_t { unseen, open, done };
  std::vector<state> states(document.schemas.size(), state::unseen);
  struct step {
    schema_index index;
    std::vector<schema_index> rest;
  };
  for (schema_index start = 0; start < document.schemas.size(); ++start) {
    if (states[start] != state::unseen) continue;
    std::vector<step> path{{start, applied_to_same_value(document.schemas[start])}};
    states[start] = state::open;
    while (!path.empty()) {
      if (path.back().rest.empty()) {
        states[path.back().index] = state::done;
        path.pop_back();
        continue;
      }
      const schema_index next = path.back().rest.back();
      path.back().rest.pop_back();
      if (states[next] == state::open) {
        const bool only_refers = document.schemas[next].ref.has_value();
        throw schema_error(document.schemas[next].place() + (only_refers ? "/$ref" : ""),
                           "leads back to itself, for the same value");
      }
      if (states[next] != state::unseen) continue;
      states[next] = state::open;
      path.push_back({next, applied_to_same_value(document.schemas[next])});
    }
  }
}

}  // namespace tensormerge::codegen
