#pragma once

#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>

#include <tensormerge/method/method_list.hpp>

namespace tensormerge {

/// The methods that mergekit 0.1.5 has, whose arithmetic can thus be followed.
inline constexpr auto mergekit_method_list = boost::hana::tuple_t<
    linear, slerp, nuslerp, multislerp, karcher, task_arithmetic, ties, dare_linear, dare_ties,
    breadcrumbs, breadcrumbs_ties, della, della_linear, sce, ram, ramplus_tl, model_stock,
    nearswap, arcee_fusion, passthrough>;

}  // namespace tensormerge
