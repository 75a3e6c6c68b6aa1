# Compiles a file twice, as it is and with MUST_FAIL defined: the first must succeed, the second
# must fail and say the sentence that stands in the file behind `// expected: `.
#   cmake -D COMPILER=... -D FLAGS=... -D SOURCE=... -P check.cmake
cmake_minimum_required(VERSION 3.25)
separate_arguments(flags UNIX_COMMAND "${FLAGS}")
file(STRINGS ${SOURCE} expected REGEX "^// expected: ")
string(REGEX REPLACE "^// expected: " "" expected "${expected}")
if(NOT expected)
  message(FATAL_ERROR "${SOURCE} does not say what is expected")
endif()
execute_process(COMMAND ${COMPILER} ${flags} -fsyntax-only ${SOURCE}
  RESULT_VARIABLE status ERROR_VARIABLE output)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "must compile as it is, but:\n${output}")
endif()
execute_process(COMMAND ${COMPILER} ${flags} -DMUST_FAIL -fsyntax-only ${SOURCE}
  RESULT_VARIABLE status ERROR_VARIABLE output)
if(status EQUAL 0)
  message(FATAL_ERROR "must not compile with MUST_FAIL")
endif()
string(FIND "${output}" "${expected}" place)
if(place EQUAL -1)
  message(FATAL_ERROR "must say `${expected}`, but said:\n${output}")
endif()
