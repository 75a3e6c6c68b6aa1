# tensormerge_generate_config(TARGET <library> SCHEMA <file>... NAMESPACE <name> HEADER <path>
#                             [EXTEND <file>...] [ACCESSORS <path>] [VALIDATOR <path>]
#                             [ROOTS <pointer>...] [RESOURCES <URI>=<path>...]
#                             [IGNORE <keyword>...] [CHECK_FORMATS]
#                             [KEEP_UNTYPED] [REFERENCE <file>])
#
# Makes the INTERFACE library TARGET, or extends it, so that whoever links it can include
# <HEADER>: the C++ types of the SCHEMA files, generated while the project is built and again when
# a schema or the generator changes.
#   EXTEND     fragments that add to the last of the SCHEMA files (see README.md)
#   NAMESPACE  the namespace of the generated types
#   HEADER     include path of the header with the types, as in tensormerge/config/merge_config.hpp
#   ACCESSORS  include path of a header of their own for Hana's accessors of the types, which are
#              slow to compile; they are in HEADER where there is none
#   VALIDATOR  include path of the header with functions that check documents against the schemas
#   ROOTS      JSON pointers of the schemas to make types for, `*` for any name; `#` by default
#   RESOURCES  where the schemas are that references name by URI; with `/` behind the URI a folder
#   IGNORE     unknown keywords that say nothing about what is valid
#   CHECK_FORMATS  makes validators check `format`
#   REFERENCE  a page in Markdown about the types; a relative path is below the build folder
#   KEEP_UNTYPED   keeps values without one C++ type as tensormerge::node instead of refusing them
function(tensormerge_generate_config)
  cmake_parse_arguments(PARSE_ARGV 0 arg "CHECK_FORMATS;KEEP_UNTYPED"
    "TARGET;NAMESPACE;HEADER;ACCESSORS;VALIDATOR;REFERENCE"
    "SCHEMA;EXTEND;ROOTS;RESOURCES;IGNORE")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "tensormerge_generate_config: unknown arguments ${arg_UNPARSED_ARGUMENTS}")
  endif()
  foreach(name TARGET SCHEMA NAMESPACE HEADER)
    if(NOT arg_${name})
      message(FATAL_ERROR "tensormerge_generate_config: ${name} is missing")
    endif()
  endforeach()

  set(folder ${CMAKE_CURRENT_BINARY_DIR}/generated/${arg_TARGET}/include)
  set(options --namespace ${arg_NAMESPACE})
  foreach(root IN LISTS arg_ROOTS)
    list(APPEND options --root ${root})
  endforeach()
  foreach(resource IN LISTS arg_RESOURCES)
    string(REGEX MATCH "^(.*)=([^=]*)$" parts "${resource}")
    set(path ${CMAKE_MATCH_2})
    cmake_path(ABSOLUTE_PATH path)
    list(APPEND options --resource ${CMAKE_MATCH_1}=${path})
  endforeach()
  foreach(keyword IN LISTS arg_IGNORE)
    list(APPEND options --ignore ${keyword})
  endforeach()
  if(arg_CHECK_FORMATS)
    list(APPEND options --check-formats)
  endif()
  if(arg_KEEP_UNTYPED)
    list(APPEND options --keep-untyped)
  endif()
  set(schemas)
  foreach(schema IN LISTS arg_SCHEMA)
    cmake_path(ABSOLUTE_PATH schema)
    list(APPEND schemas ${schema})
  endforeach()

  set(inputs ${schemas})
  foreach(fragment IN LISTS arg_EXTEND)
    cmake_path(ABSOLUTE_PATH fragment)
    list(APPEND schemas --extend ${fragment})
    list(APPEND inputs ${fragment})
  endforeach()

  set(headers ${folder}/${arg_HEADER})
  list(APPEND options --structs ${folder}/${arg_HEADER})
  if(arg_ACCESSORS)
    list(APPEND headers ${folder}/${arg_ACCESSORS})
    list(APPEND options --accessors ${folder}/${arg_ACCESSORS})
  endif()
  if(arg_VALIDATOR)
    list(APPEND headers ${folder}/${arg_VALIDATOR})
    list(APPEND options --validator ${folder}/${arg_VALIDATOR})
  endif()
  if(arg_REFERENCE)
    cmake_path(ABSOLUTE_PATH arg_REFERENCE BASE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
    list(APPEND headers ${arg_REFERENCE})
    list(APPEND options --reference ${arg_REFERENCE})
  endif()
  set(depfile ${folder}/${arg_HEADER}.d)
  add_custom_command(
    OUTPUT ${headers}
    COMMAND tensormerge-codegen ${options} --depfile ${depfile} ${schemas}
    DEPENDS tensormerge-codegen ${inputs}
    DEPFILE ${depfile}
    COMMENT "Generating ${arg_HEADER} ${arg_VALIDATOR}"
    VERBATIM)

  if(NOT TARGET ${arg_TARGET})
    add_library(${arg_TARGET} INTERFACE)
  endif()
  target_compile_features(${arg_TARGET} INTERFACE cxx_std_20)
  string(MAKE_C_IDENTIFIER "${arg_TARGET}_${arg_HEADER}" step)
  add_custom_target(${step} DEPENDS ${headers})
  add_dependencies(${arg_TARGET} ${step})
  target_include_directories(${arg_TARGET} INTERFACE $<BUILD_INTERFACE:${folder}>)
endfunction()
