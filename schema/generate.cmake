# Turns the schemas of this folder into headers: the structs that methods take, and the typed
# configurations of all dialects.
tensormerge_generate_config(TARGET tensormerge_method_parameters
  SCHEMA ${CMAKE_CURRENT_LIST_DIR}/merge.schema.json ${CMAKE_CURRENT_LIST_DIR}/mlx.schema.json
  ROOTS "#/definitions/*_parameters"
  NAMESPACE tensormerge
  HEADER tensormerge/method/parameters.hpp
  ACCESSORS tensormerge/method/parameter_accessors.hpp)
target_link_libraries(tensormerge_method_parameters INTERFACE Boost::headers)
target_link_libraries(tensormerge_merge INTERFACE tensormerge_method_parameters)

tensormerge_generate_config(TARGET tensormerge_config_types
  SCHEMA ${CMAKE_CURRENT_LIST_DIR}/merge.schema.json
  ROOTS "#" "#/definitions/raw_merge"
  NAMESPACE tensormerge
  HEADER tensormerge/config/merge_config.hpp
  VALIDATOR tensormerge/config/validate_merge_config.hpp)
foreach(kind mlx mlx_lm moe evolve bakllama)
  tensormerge_generate_config(TARGET tensormerge_config_types
    SCHEMA ${CMAKE_CURRENT_LIST_DIR}/${kind}.schema.json
    NAMESPACE tensormerge
    HEADER tensormerge/config/${kind}_config.hpp
    VALIDATOR tensormerge/config/validate_${kind}_config.hpp)
endforeach()
target_link_libraries(tensormerge_config INTERFACE tensormerge_config_types)

# The schemas themselves, for programs that show them to people.
set(texts ${CMAKE_CURRENT_BINARY_DIR}/generated/tensormerge_config_types/include/tensormerge/config/schema_texts.hpp)
set(header "// Made of the schemas by schema/generate.cmake.\n#pragma once\n\n#include <string_view>\n\nnamespace tensormerge {\n")
foreach(kind merge mlx mlx_lm moe evolve bakllama)
  file(READ ${CMAKE_CURRENT_LIST_DIR}/${kind}.schema.json text)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/${kind}.schema.json)
  string(APPEND header "\ninline constexpr std::string_view ${kind}_schema_text = R\"schema(${text})schema\";\n")
endforeach()
file(GENERATE OUTPUT ${texts} CONTENT "${header}\n}  // namespace tensormerge\n")

include(${CMAKE_CURRENT_LIST_DIR}/tensormerge_add_methods.cmake)
