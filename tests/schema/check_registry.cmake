# Schema and registry of methods must name the same methods, and what the schema says becomes code:
# generates headers from a changed copy of the schema and compiles against them.
#   cmake -D GENERATOR=... -D SCHEMAS=... -D COMPILER=... -D FLAGS=... -D CASES=... -D WORK=... -P ...
cmake_minimum_required(VERSION 3.25)
separate_arguments(flags UNIX_COMMAND "${FLAGS}")
set(generated ${WORK}/generated)

# Generates the typed configurations and the methods' parameters from the schemas in WORK.
function(generate)
  execute_process(
    COMMAND ${GENERATOR} --namespace tensormerge
      --structs ${generated}/tensormerge/config/merge_config.hpp ${WORK}/merge.schema.json
    COMMAND_ERROR_IS_FATAL ANY)
  execute_process(
    COMMAND ${GENERATOR} --namespace tensormerge
      --structs ${generated}/tensormerge/config/mlx_config.hpp ${WORK}/mlx.schema.json
    COMMAND_ERROR_IS_FATAL ANY)
  execute_process(
    COMMAND ${GENERATOR} --namespace tensormerge --root "#/definitions/*_parameters"
      --structs ${generated}/tensormerge/method/parameters.hpp
      --accessors ${generated}/tensormerge/method/parameter_accessors.hpp
      ${WORK}/merge.schema.json ${WORK}/mlx.schema.json
    COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# Replaces the first occurrence of `from` in the copy of a schema.
function(change schema from to)
  file(READ ${SCHEMAS}/${schema} text)
  string(FIND "${text}" "${from}" place)
  if(place EQUAL -1)
    message(FATAL_ERROR "${schema} does not hold: ${from}")
  endif()
  string(LENGTH "${from}" length)
  math(EXPR rest "${place} + ${length}")
  string(SUBSTRING "${text}" 0 ${place} head)
  string(SUBSTRING "${text}" ${rest} -1 tail)
  file(WRITE ${WORK}/${schema} "${head}${to}${tail}")
endfunction()

function(restore)
  file(COPY ${SCHEMAS}/merge.schema.json ${SCHEMAS}/mlx.schema.json DESTINATION ${WORK})
endfunction()

# Compiles a case against the generated headers; `sentence` empty: it must compile.
function(compile case sentence)
  execute_process(COMMAND ${COMPILER} -I${generated} ${flags} ${ARGN} -fsyntax-only ${CASES}/${case}
    RESULT_VARIABLE status ERROR_VARIABLE output)
  if(sentence STREQUAL "")
    if(NOT status EQUAL 0)
      message(FATAL_ERROR "${case} must compile, but:\n${output}")
    endif()
  else()
    string(FIND "${output}" "${sentence}" place)
    if(status EQUAL 0 OR place EQUAL -1)
      message(FATAL_ERROR "${case} must fail and say `${sentence}`, but (${status}):\n${output}")
    endif()
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})

message(STATUS "as they are: compiles")
restore()
generate()
compile(registry.cpp "")
compile(new_key.cpp "parameter_of_the_test")

message(STATUS "a method that only the schema has: does not compile")
change(merge.schema.json "\"linear\"," "\"linear\", \"method_of_the_test\",")
generate()
compile(registry.cpp "names a merge_method that method_list lacks")

message(STATUS "a method that only the registry has: does not compile")
restore()
generate()
compile(registry.cpp "method_list has a method that merge_method" -DEXTRA_METHOD)

message(STATUS "a new key of the schema: is a member of the struct")
file(READ ${WORK}/merge.schema.json text)
string(JSON text SET "${text}" definitions linear_parameters properties parameter_of_the_test
  "{\"description\": \"Of the test.\", \"type\": \"boolean\", \"default\": true}")
file(WRITE ${WORK}/merge.schema.json "${text}")
generate()
compile(new_key.cpp "")
