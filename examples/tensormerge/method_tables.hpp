#pragma once

#include <tensormerge/engine/method_table.hpp>

/// The methods of each dialect.
tensormerge::method_table merge_methods();
tensormerge::method_table mlx_methods();

/// Lets methods be run with tensormerge::numerics::mergekit.
void add_mergekit_numerics(tensormerge::method_table& methods);
