// The only file in which the methods are instantiated with mergekit's arithmetic.

#include <tensormerge/engine/mergekit_numerics.hpp>

#include <tensormerge/method/mergekit_method_list.hpp>

#include "method_tables.hpp"

void add_mergekit_numerics(tensormerge::method_table& methods) {
  tensormerge::add_mergekit_numerics(methods, tensormerge::mergekit_method_list);
}
