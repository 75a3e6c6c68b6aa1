#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "keyword_values.hpp"
#include "literal.hpp"

namespace tensormerge::codegen {

inline literal read_literal(const json& value) {
  literal result;
  switch (value.type()) {
    case json::value_t::boolean:
      result.type = literal::kind::boolean;
      result.truth = value.get<bool>();
      break;
    case json::value_t::number_integer:
    case json::value_t::number_unsigned:
      result.type = literal::kind::integer;
      result.number = value.get<double>();
      result.text = value.dump();
      break;
    case json::value_t::number_float:
      result.type = literal::kind::number;
      result.number = value.get<double>();
      result.text = value.dump();
      break;
    case json::value_t::string:
      result.type = literal::kind::text;
      result.text = value.get<std::string>();
      break;
    case json::value_t::array:
      result.type = literal::kind::list;
      for (const json& item : value) result.items.push_back(read_literal(item));
      break;
    case json::value_t::object:
      result.type = literal::kind::mapping;
      for (const auto& [key, entry] : value.items()) {
        result.entries.push_back({key, read_literal(entry)});
      }
      break;
    default: break;
  }
  return result;
}

}  // namespace tensormerge::codegen
