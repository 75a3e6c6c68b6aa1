# Fails where a file's code does not stand in the README, word for word.
#   cmake -D README=... -D SOURCE=... -P check_code.cmake
cmake_minimum_required(VERSION 3.25)
file(READ ${README} readme)
file(READ ${SOURCE} source)
string(FIND "${readme}" "${source}" place)
if(place EQUAL -1)
  message(FATAL_ERROR "${README} does not show the code of ${SOURCE}")
endif()
