# Builds llama.cpp's libraries of its source, and the target tensormerge_llama_cpp to link with: only
# what is needed, for the processor, and optimised so little that it takes minutes.
set(llama_source ${TENSORMERGE_LLAMA_CPP})
if(EXISTS ${TENSORMERGE_LLAMA_CPP}/vendor/llama.cpp)
  set(llama_source ${TENSORMERGE_LLAMA_CPP}/vendor/llama.cpp)
endif()
if(NOT EXISTS ${llama_source}/include/llama.h)
  message(FATAL_ERROR "TENSORMERGE_LLAMA_CPP has no include/llama.h: ${TENSORMERGE_LLAMA_CPP}")
endif()

function(tensormerge_add_llama_cpp)
  set(BUILD_SHARED_LIBS ON)  # which the Python package loads
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
  foreach(config RELEASE DEBUG)
    set(CMAKE_C_FLAGS_${config} "-O1 -DNDEBUG")
    set(CMAKE_CXX_FLAGS_${config} "-O1 -DNDEBUG")
  endforeach()
  foreach(option GGML_NATIVE GGML_OPENMP GGML_CCACHE GGML_ALL_WARNINGS LLAMA_ALL_WARNINGS)
    set(${option} OFF)
  endforeach()
  add_subdirectory(${llama_source} llama_cpp/build EXCLUDE_FROM_ALL SYSTEM)
endfunction()
tensormerge_add_llama_cpp()

add_library(tensormerge_llama_cpp INTERFACE)
target_link_libraries(tensormerge_llama_cpp INTERFACE tensormerge_example_engine llama)
