# How everything is compiled: language, warnings, sanitizers, cache, precompiled headers.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
# The libraries go into a shared one too, which shows only what include/cepheid marks.
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)

set(CEPHEID_SANITIZE "" CACHE STRING "Sanitizers, as in -fsanitize=…")
set(CEPHEID_ARCH "x86-64-v2" CACHE STRING "-march of the build; `native` for this machine only")
option(CEPHEID_WERROR "Warnings are errors" OFF)

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()

add_library(cepheid_settings INTERFACE)
target_compile_options(cepheid_settings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                                                  -Wno-missing-field-initializers -fno-strict-aliasing)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # g++ 12 reports these of its own std::string and of fixed-size buffers where nothing is wrong.
  target_compile_options(cepheid_settings INTERFACE -Wno-stringop-overflow -Wno-array-bounds -Wno-restrict)
endif()
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  target_compile_options(cepheid_settings INTERFACE -march=${CEPHEID_ARCH})
endif()
if(CEPHEID_WERROR)
  target_compile_options(cepheid_settings INTERFACE -Werror)
endif()
if(CEPHEID_SANITIZE)
  target_compile_options(cepheid_settings INTERFACE -fsanitize=${CEPHEID_SANITIZE} -fno-sanitize-recover=all
                                                    -fno-omit-frame-pointer)
  target_link_options(cepheid_settings INTERFACE -fsanitize=${CEPHEID_SANITIZE})
endif()

find_package(Boost 1.81 REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)

# A library of one folder: all its sources, found anew when a file comes or goes.
function(cepheid_library name)
  set(sources "")
  foreach(folder IN LISTS ARGN)
    file(GLOB found CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.hpp)
    list(APPEND sources ${found})
  endforeach()
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include)
  target_include_directories(${name} SYSTEM PUBLIC ${Boost_INCLUDE_DIRS})
  target_link_libraries(${name} PUBLIC cepheid_settings fmt::fmt)
  target_precompile_headers(${name} PRIVATE <algorithm> <cstdint> <functional> <map> <memory> <optional> <string>
                                            <string_view> <utility> <variant> <vector>)
endfunction()
