# Turns the schemas of this folder into headers: the structs that methods take, and the typed
# configurations of both dialects.
tensormerge_generate_config(TARGET tensormerge_method_parameters
  SCHEMA ${CMAKE_CURRENT_LIST_DIR}/merge.schema.json ${CMAKE_CURRENT_LIST_DIR}/mlx.schema.json
  ROOTS "#/definitions/*_parameters"
  NAMESPACE tensormerge
  HEADER tensormerge/method/parameters.hpp)
