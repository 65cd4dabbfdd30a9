# Debian's rapidjson 1.1.0 has an assignment operator that cannot compile; g++ never looks at it, clang 19 does. Upstream mended it by
# leaving it out; for clang alone a copy of the headers without that line goes first.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND NOT EXISTS ${CMAKE_BINARY_DIR}/rapidjson-for-clang/rapidjson/document.h)
  file(COPY /usr/include/rapidjson DESTINATION ${CMAKE_BINARY_DIR}/rapidjson-for-clang)
  file(READ /usr/include/rapidjson/document.h header)
  string(REGEX REPLACE "GenericStringRef& operator=\\(const GenericStringRef& rhs\\)[^\n]*" "" header "${header}")
  file(WRITE ${CMAKE_BINARY_DIR}/rapidjson-for-clang/rapidjson/document.h "${header}")
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  include_directories(BEFORE SYSTEM ${CMAKE_BINARY_DIR}/rapidjson-for-clang)
endif()
