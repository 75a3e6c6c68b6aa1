# Makes one header of those that the numeric core consists of, for projects without CMake:
#   cmake -D FOLDERS=<include folder>,... -D HEADERS=tensormerge/merge.hpp,... -D VERSION=... -D LICENSE=<file>
#         -D OUTPUT=<header> -P single_header.cmake
# Each header's text takes the place of the first line that includes it; what is not our own is included
# once, at the top.
cmake_minimum_required(VERSION 3.25)
string(REPLACE "," ";" FOLDERS "${FOLDERS}")
string(REPLACE "," ";" HEADERS "${HEADERS}")
set(seen "")
set(others "")
set(body "")

# Appends the header's text, with the headers that it includes, to `body`.
function(append header)
  if(header IN_LIST seen)
    return()
  endif()
  list(APPEND seen ${header})
  set(file "")
  foreach(folder IN LISTS FOLDERS)
    if(EXISTS ${folder}/${header})
      set(file ${folder}/${header})
      break()
    endif()
  endforeach()
  if(NOT file)
    message(FATAL_ERROR "${header} is in none of ${FOLDERS}")
  endif()
  file(READ ${file} text)
  string(REGEX MATCHALL "#include <[^>]*>" includes "${text}")
  string(REGEX REPLACE "#include <[^>]*>\n" "" text "${text}")
  string(REPLACE "#pragma once\n" "" text "${text}")
  string(REGEX REPLACE "^\n+" "" text "${text}")
  string(REGEX REPLACE "\n\n\n+" "\n\n" text "${text}")
  foreach(include IN LISTS includes)
    string(REGEX REPLACE "#include <([^>]*)>" "\\1" path "${include}")
    if(path MATCHES "^tensormerge/")
      append(${path})
    else()
      list(APPEND others ${path})
    endif()
  endforeach()
  string(APPEND body "\n// ${header}\n\n${text}")
  set(seen "${seen}" PARENT_SCOPE)
  set(others "${others}" PARENT_SCOPE)
  set(body "${body}" PARENT_SCOPE)
endfunction()

foreach(header IN LISTS HEADERS)
  append(${header})
endforeach()
list(REMOVE_DUPLICATES others)
list(SORT others)
set(includes "")
foreach(other IN LISTS others)
  string(APPEND includes "#include <${other}>\n")
endforeach()
file(READ ${LICENSE} license)
string(REGEX REPLACE "\n+$" "" license "${license}")
string(REGEX REPLACE "\n" "\n// " license "\n${license}")
string(REGEX REPLACE "// (\n|$)" "//\\1" license "${license}")
file(WRITE ${OUTPUT} "// tensormerge ${VERSION}: the numeric core in one header, made of many. It needs C++20, Eigen 3.4 and
// Boost.Hana. Do not include it beside the headers of the folder tensormerge.
//${license}
#pragma once

${includes}${body}")
