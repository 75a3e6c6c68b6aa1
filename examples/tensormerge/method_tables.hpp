#pragma once

#include <tensormerge/engine/method_table.hpp>

/// The methods of each dialect.
tensormerge::method_table merge_methods();
tensormerge::method_table mlx_methods();
