# The library that C++ programs link, `cepheid::cepheid`, and what `cmake --install` puts where.
#
# It has the language and the matcher only: no files, no Kafka, no RocksDB. Components: `library` (headers, libraries,
# CMake package), `program` (the `cepheid` command).

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(library_parts cepheid_expr cepheid_nfa cepheid_syntax cepheid_patterns cepheid_fraud)
foreach(part IN LISTS library_parts)
  list(APPEND library_objects $<TARGET_OBJECTS:${part}>)
endforeach()

# Both are made of the same objects. Whoever links the static one links its dependencies too.
add_library(cepheid_shared SHARED ${library_objects})
add_library(cepheid_static STATIC ${library_objects})
target_link_libraries(cepheid_shared PRIVATE cepheid_settings fmt::fmt date::date-tz PkgConfig::RE2 PkgConfig::UTF8PROC)
target_link_libraries(
  cepheid_static INTERFACE $<INSTALL_INTERFACE:fmt::fmt> $<INSTALL_INTERFACE:date::date-tz> $<INSTALL_INTERFACE:re2>
                           $<INSTALL_INTERFACE:utf8proc>)

foreach(kind IN ITEMS shared static)
  set_target_properties(
    cepheid_${kind} PROPERTIES OUTPUT_NAME cepheid VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
  target_include_directories(
    cepheid_${kind} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_compile_features(cepheid_${kind} PUBLIC cxx_std_20)
  set_target_properties(cepheid_${kind} PROPERTIES LINKER_LANGUAGE CXX)
endforeach()
set_target_properties(cepheid_shared PROPERTIES EXPORT_NAME cepheid)
set_target_properties(cepheid_static PROPERTIES EXPORT_NAME static)

install(TARGETS cepheid_shared cepheid_static EXPORT cepheid
        LIBRARY COMPONENT library ARCHIVE COMPONENT library)
install(DIRECTORY include/cepheid DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT library FILES_MATCHING PATTERN *.hpp)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/cepheid)
install(EXPORT cepheid NAMESPACE cepheid:: FILE cepheid-targets.cmake DESTINATION ${package_dir} COMPONENT library)
configure_package_config_file(
  cmake/cepheid-config.cmake.in ${PROJECT_BINARY_DIR}/cepheid-config.cmake INSTALL_DESTINATION ${package_dir})
# While the major version is 0, a minor one may change what programs see.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/cepheid-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/cepheid-config.cmake ${PROJECT_BINARY_DIR}/cepheid-config-version.cmake
        DESTINATION ${package_dir} COMPONENT library)

install(DIRECTORY examples/embed DESTINATION ${CMAKE_INSTALL_DATADIR}/cepheid/examples COMPONENT library)

install(TARGETS cepheid COMPONENT program)
