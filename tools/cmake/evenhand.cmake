# The few words that every CMakeLists here speaks.

# What others' headers say is parsed once, where nothing is compiled in another way than everything else.
function(evenhand_precompile name)
  target_precompile_headers(${name} REUSE_FROM evenhand_precompiled)
endfunction()

# evenhand_library(name SOURCES a.cc b.cc LINKS other libs): one layer, one target.
function(evenhand_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  list(FILTER ARG_SOURCES EXCLUDE REGEX "_(pg)?test\\.cc$")  # so that a layer can be a glob
  if(ARG_SOURCES)
    add_library(${name} STATIC ${ARG_SOURCES})
    target_link_libraries(${name} PUBLIC evenhand_options ${ARG_LINKS})
    evenhand_precompile(${name})
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE evenhand_options ${ARG_LINKS})
  endif()
endfunction()

# evenhand_program(name SOURCES main.cc LINKS libraries): what is shipped, and a second link of it in bin/unprotected/ whose protections the
# tests can take away one by one (services/platform/base/protection.h); that one is built on demand: target unprotected.
function(evenhand_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES} ${CMAKE_SOURCE_DIR}/services/platform/base/protections_on.cc)
  target_link_libraries(${name} PRIVATE evenhand_options ${ARG_LINKS})
  add_executable(${name}-unprotected EXCLUDE_FROM_ALL ${ARG_SOURCES} ${CMAKE_SOURCE_DIR}/services/platform/base/protections_switch.cc)
  target_link_libraries(${name}-unprotected PRIVATE evenhand_options ${ARG_LINKS})
  set_target_properties(${name}-unprotected PROPERTIES OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin/unprotected)
  if(NOT TARGET unprotected)
    add_custom_target(unprotected)
  endif()
  add_dependencies(unprotected ${name}-unprotected)
endfunction()

# evenhand_test(name SOURCES a_test.cc LINKS layer [TIER unit|pg|functional]): one test program a layer; the tier is its ctest label.
function(evenhand_test name)
  cmake_parse_arguments(ARG "" "TIER" "SOURCES;LINKS" ${ARGN})
  if(NOT ARG_TIER)
    set(ARG_TIER unit)
  endif()
  add_executable(${name} ${ARG_SOURCES} ${CMAKE_SOURCE_DIR}/services/platform/base/protections_switch.cc)
  target_link_libraries(${name} PRIVATE ${ARG_LINKS} platform_base evenhand_options GTest::gmock GTest::gtest_main)
  if(NOT ARG_TIER STREQUAL functional)
    evenhand_precompile(${name})
  endif()
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS ${ARG_TIER} TIMEOUT 600)
endfunction()

# evenhand_embed_text(target namespace function file): the file's text becomes std::string_view namespace::function().
function(evenhand_embed_text target namespace function file)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${target}_${function}.cc)
  add_custom_command(
    OUTPUT ${output}
    COMMAND python3 ${CMAKE_SOURCE_DIR}/tools/cmake/embed_text.py ${namespace} ${function} ${file} ${output}
    DEPENDS ${file} ${CMAKE_SOURCE_DIR}/tools/cmake/embed_text.py)
  target_sources(${target} PRIVATE ${output})
endfunction()

# evenhand_embed_migrations(target namespace dir): dir/0001_name.sql … become std::span<const evenhand::Migration> namespace::Migrations().
function(evenhand_embed_migrations target namespace dir)
  file(GLOB files CONFIGURE_DEPENDS ${dir}/*.sql)
  list(SORT files)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${target}_migrations.cc)
  add_custom_command(
    OUTPUT ${output}
    COMMAND python3 ${CMAKE_SOURCE_DIR}/tools/cmake/embed_migrations.py ${namespace} ${output} ${files}
    DEPENDS ${files} ${CMAKE_SOURCE_DIR}/tools/cmake/embed_migrations.py)
  target_sources(${target} PRIVATE ${output})
endfunction()
