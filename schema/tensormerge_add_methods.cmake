# tensormerge_add_methods(TARGET <target> FRAGMENT <file>...)
#
# Gives the sources of TARGET headers of their own for mergekit's dialect, made of
# merge.schema.json and the FRAGMENT files (see README.md): tensormerge/method/{parameters,parameter_accessors}.hpp
# and tensormerge/config/{merge_config,validate_merge_config}.hpp. They are found before those of the
# library, for this target alone: all parts of a program that share these types need the call.
function(tensormerge_add_methods)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "TARGET" "FRAGMENT")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_TARGET OR NOT arg_FRAGMENT)
    message(FATAL_ERROR "tensormerge_add_methods takes TARGET <target> FRAGMENT <file>...")
  endif()
  set(schemas ${CMAKE_CURRENT_FUNCTION_LIST_DIR})
  set(headers ${arg_TARGET}_methods)
  tensormerge_generate_config(TARGET ${headers}
    SCHEMA ${schemas}/mlx.schema.json ${schemas}/merge.schema.json
    EXTEND ${arg_FRAGMENT}
    ROOTS "#/definitions/*_parameters"
    NAMESPACE tensormerge
    HEADER tensormerge/method/parameters.hpp
    ACCESSORS tensormerge/method/parameter_accessors.hpp)
  tensormerge_generate_config(TARGET ${headers}
    SCHEMA ${schemas}/merge.schema.json
    EXTEND ${arg_FRAGMENT}
    ROOTS "#" "#/definitions/raw_merge"
    NAMESPACE tensormerge
    HEADER tensormerge/config/merge_config.hpp
    VALIDATOR tensormerge/config/validate_merge_config.hpp)
  target_link_libraries(${arg_TARGET} PRIVATE ${headers})
  target_include_directories(${arg_TARGET} BEFORE PRIVATE
    $<TARGET_PROPERTY:${headers},INTERFACE_INCLUDE_DIRECTORIES>)
endfunction()
