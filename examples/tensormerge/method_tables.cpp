// The only file in which the methods are instantiated, so that the others build beside it.

#include "method_tables.hpp"

#include <tensormerge/config/check_methods.hpp>
#include <tensormerge/method/method_list.hpp>

tensormerge::method_table merge_methods() {
  return tensormerge::make_method_table(tensormerge::method_list);
}

tensormerge::method_table mlx_methods() {
  return tensormerge::make_method_table(tensormerge::mlx_method_list);
}
