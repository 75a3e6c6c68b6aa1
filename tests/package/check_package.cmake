# Installs what BUILD has made, and builds and runs programs of other projects with it, in every way that
# such a project may take:
#   cmake -D BUILD=... -D SOURCE=... -D TENSORMERGE=... -D CODEGEN=... -D SPANS=... -D STATION_SCHEMA=... -D MODEL=...
#         -D "FLAGS=..." -D WORK=... -P check_package.cmake
file(REMOVE_RECURSE ${WORK})

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE text)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${ARGN}: ${status}\n${text}")
  endif()
  set(output "${text}" PARENT_SCOPE)
endfunction()

function(expect text)
  string(FIND "${output}" "${text}" place)
  if(place EQUAL -1)
    message(FATAL_ERROR "expected: ${text}\nfound: ${output}")
  endif()
endfunction()

# Configures the consumer in a folder of its own and builds the targets.
function(build folder way components)
  message(STATUS "${folder}")
  run(${CMAKE_COMMAND} -G Ninja -S ${SOURCE} -B ${WORK}/${folder} -D WAY=${way} -D COMPONENTS=${components}
    -D CMAKE_PREFIX_PATH=${WORK}/prefix -D CMAKE_CXX_COMPILER=${COMPILER} -D SPANS=${SPANS}
    -D TENSORMERGE=${TENSORMERGE} -D TENSORMERGE_CODEGEN=${CODEGEN} -D STATION_SCHEMA=${STATION_SCHEMA})
  run(${CMAKE_COMMAND} --build ${WORK}/${folder} --target ${ARGN})
endfunction()

run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/prefix)
build(find_package find_package merge,checkpoint,config spans stations tensors)
run(${WORK}/find_package/spans)
expect("1.79688")
run(${WORK}/find_package/tensors ${MODEL})
expect("39 tensors")
run(${WORK}/find_package/stations)
expect("station.yml:2:8: error: class")
expect("Harbour, 2 m")

# The core alone needs nothing of what only the other components do.
build(core find_package merge spans)
file(STRINGS ${WORK}/core/CMakeCache.txt needless REGEX "^(nlohmann_json|yaml-cpp)_DIR")
if(needless)
  message(FATAL_ERROR "the component merge looks for ${needless}")
endif()

foreach(way IN ITEMS add_subdirectory FetchContent)
  build(${way} ${way} "" spans)
  run(${WORK}/${way}/spans)
  expect("1.79688")
endforeach()

message(STATUS "pkg-config")
find_program(PKG_CONFIG pkg-config)
if(PKG_CONFIG)
  file(GLOB folder ${WORK}/prefix/lib*/pkgconfig ${WORK}/prefix/lib*/*/pkgconfig)
  set(ENV{PKG_CONFIG_PATH} ${folder})
  run(${PKG_CONFIG} --cflags tensormerge)
  separate_arguments(flags UNIX_COMMAND "${output}")
  run(${COMPILER} -std=c++20 ${flags} ${SPANS} -o ${WORK}/spans)
  run(${WORK}/spans)
  expect("1.79688")
endif()

message(STATUS "the single header")
file(READ ${SPANS} source)
string(REGEX REPLACE "#include <tensormerge/[^>]*>\n" "" source "${source}")
file(WRITE ${WORK}/single.cpp "#include <tensormerge.hpp>\n${source}")
separate_arguments(flags UNIX_COMMAND "${FLAGS}")
run(${COMPILER} ${flags} -I${WORK}/prefix/share/tensormerge/single_header ${WORK}/single.cpp -o ${WORK}/single)
run(${WORK}/single)
expect("1.79688")
file(REMOVE_RECURSE ${WORK})
