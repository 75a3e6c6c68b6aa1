# What `cmake --install` gives to other projects: headers, generated ones among them, the generator
# with its CMake functions and the schemas, and the files that find_package and pkg-config read.
include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/tensormerge)
set(data_folder ${CMAKE_INSTALL_DATADIR}/tensormerge)
set(generated ${PROJECT_BINARY_DIR}/generated)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "*.hpp")
install(DIRECTORY ${generated}/tensormerge_method_parameters/include/
  ${generated}/tensormerge_config_types/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${PROJECT_SOURCE_DIR}/schema/merge.schema.json ${PROJECT_SOURCE_DIR}/schema/mlx.schema.json
  ${PROJECT_SOURCE_DIR}/schema/tensormerge_add_methods.cmake
  ${PROJECT_SOURCE_DIR}/codegen/tensormerge_generate_config.cmake DESTINATION ${data_folder})

# The core as one header, for projects without CMake.
set(single_header ${PROJECT_BINARY_DIR}/generated/single_header/tensormerge.hpp)
file(GLOB core_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/tensormerge/*.hpp
  ${PROJECT_SOURCE_DIR}/include/tensormerge/dtype/*.hpp ${PROJECT_SOURCE_DIR}/include/tensormerge/tensor/*.hpp
  ${PROJECT_SOURCE_DIR}/include/tensormerge/policy/*/*.hpp ${PROJECT_SOURCE_DIR}/include/tensormerge/method/*.hpp)
add_custom_command(
  OUTPUT ${single_header}
  COMMAND ${CMAKE_COMMAND}
    -D "FOLDERS=${PROJECT_SOURCE_DIR}/include,${generated}/tensormerge_method_parameters/include"
    -D "HEADERS=tensormerge/merge.hpp,tensormerge/method/method_list.hpp,tensormerge/method/dispatch_method.hpp,tensormerge/method/parameter_info.hpp,tensormerge/dtype/stochastic_rounding.hpp"
    -D VERSION=${PROJECT_VERSION} -D LICENSE=${PROJECT_SOURCE_DIR}/LICENSE -D OUTPUT=${single_header}
    -P ${CMAKE_CURRENT_LIST_DIR}/single_header.cmake
  DEPENDS ${core_headers} ${CMAKE_CURRENT_LIST_DIR}/single_header.cmake ${PROJECT_SOURCE_DIR}/LICENSE
    ${generated}/tensormerge_method_parameters/include/tensormerge/method/parameters.hpp
  COMMENT "Making one header of the numeric core"
  VERBATIM)
# All that is installed is made, also where nothing that is built includes it.
add_custom_target(tensormerge_installed_headers ALL DEPENDS ${single_header})
add_dependencies(tensormerge_installed_headers tensormerge_method_parameters tensormerge_config_types)
install(FILES ${single_header} DESTINATION ${data_folder}/single_header)

set_target_properties(tensormerge_merge PROPERTIES EXPORT_NAME merge)
set_target_properties(tensormerge_checkpoint PROPERTIES EXPORT_NAME checkpoint)
set_target_properties(tensormerge_config PROPERTIES EXPORT_NAME config)
set(exported tensormerge_merge tensormerge_method_parameters tensormerge_checkpoint tensormerge_config
  tensormerge_config_types)
if(TENSORMERGE_CODEGEN)
  install(PROGRAMS ${TENSORMERGE_CODEGEN} DESTINATION ${CMAKE_INSTALL_BINDIR} RENAME tensormerge-codegen)
else()
  list(APPEND exported tensormerge-codegen)
endif()
install(TARGETS ${exported} EXPORT tensormerge)
install(EXPORT tensormerge FILE tensormergeTargets.cmake NAMESPACE tensormerge::
  DESTINATION ${package_folder})

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/tensormergeConfig.cmake.in
  ${PROJECT_BINARY_DIR}/tensormergeConfig.cmake
  INSTALL_DESTINATION ${package_folder} PATH_VARS data_folder CMAKE_INSTALL_BINDIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/tensormergeConfigVersion.cmake
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES ${PROJECT_BINARY_DIR}/tensormergeConfig.cmake
  ${PROJECT_BINARY_DIR}/tensormergeConfigVersion.cmake DESTINATION ${package_folder})

cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX
  BASE_DIRECTORY ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig OUTPUT_VARIABLE prefix_from_pkgconfig)
configure_file(${CMAKE_CURRENT_LIST_DIR}/tensormerge.pc.in ${PROJECT_BINARY_DIR}/tensormerge.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/tensormerge.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
