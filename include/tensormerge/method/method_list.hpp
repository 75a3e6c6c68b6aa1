#pragma once

#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>

#include <tensormerge/method/arcee_fusion.hpp>
#include <tensormerge/method/breadcrumbs.hpp>
#include <tensormerge/method/breadcrumbs_ties.hpp>
#include <tensormerge/method/cabs.hpp>
#include <tensormerge/method/consensus_ta.hpp>
#include <tensormerge/method/dare_linear.hpp>
#include <tensormerge/method/dare_ties.hpp>
#include <tensormerge/method/della.hpp>
#include <tensormerge/method/della_linear.hpp>
#include <tensormerge/method/iso_c.hpp>
#include <tensormerge/method/karcher.hpp>
#include <tensormerge/method/linear.hpp>
#include <tensormerge/method/magmax.hpp>
#include <tensormerge/method/mlx_dare.hpp>
#include <tensormerge/method/mlx_linear.hpp>
#include <tensormerge/method/mlx_passthrough.hpp>
#include <tensormerge/method/mlx_slerp.hpp>
#include <tensormerge/method/mlx_ties.hpp>
#include <tensormerge/method/model_stock.hpp>
#include <tensormerge/method/multislerp.hpp>
#include <tensormerge/method/nearswap.hpp>
#include <tensormerge/method/nuslerp.hpp>
#include <tensormerge/method/passthrough.hpp>
#include <tensormerge/method/pcb.hpp>
#include <tensormerge/method/ram.hpp>
#include <tensormerge/method/ramplus_tl.hpp>
#include <tensormerge/method/sce.hpp>
#include <tensormerge/method/slerp.hpp>
#include <tensormerge/method/svc.hpp>
#include <tensormerge/method/task_arithmetic.hpp>
#include <tensormerge/method/ties.hpp>
#include <tensormerge/method/tsv_m.hpp>

namespace tensormerge {

/// Every method of mergekit's dialect. This list and the schema's `merge_method` name the same
/// methods, or config/check_methods.hpp does not compile.
inline constexpr auto method_list = boost::hana::tuple_t<
    linear, slerp, nuslerp, multislerp, karcher, task_arithmetic, ties, dare_linear, dare_ties,
    breadcrumbs, breadcrumbs_ties, della, della_linear, sce, ram, ramplus_tl, model_stock,
    nearswap, arcee_fusion, tsv_m, iso_c, svc, magmax, consensus_ta, cabs, pcb, passthrough>;

/// Every method of the MLX dialect.
inline constexpr auto mlx_method_list =
    boost::hana::tuple_t<mlx_linear, mlx_slerp, mlx_ties, mlx_passthrough, mlx_dare>;

}  // namespace tensormerge
