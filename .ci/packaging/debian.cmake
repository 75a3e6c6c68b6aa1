# `cpack -G DEB` in the build folder makes a Debian package of the program. For other machines than the one
# that builds it, configure with -D TENSORMERGE_NATIVE=OFF.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME tensormerge)
set(CPACK_PACKAGE_CONTACT "The developers of tensormerge")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "merges the weights of neural networks")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL tools)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/tensormerge
  RENAME copyright COMPONENT tools)
include(CPack)
