#include "loops.hpp"

#include <array>
#include <span>

#include <tensormerge/dtype/convert.hpp>

#include "arcee_fusion.hpp"
#include "one_pass.hpp"
#include "sparse.hpp"
#include "spherical.hpp"

namespace by_hand {

template <class Storage>
std::span<const loop<Storage>> loops() {
  static constexpr std::array all{
      loop<Storage>{"linear", linear<Storage>},
      loop<Storage>{"task_arithmetic", task_arithmetic<Storage>},
      loop<Storage>{"slerp", slerp<Storage>},
      loop<Storage>{"nuslerp", nuslerp<Storage>},
      loop<Storage>{"multislerp", multislerp<Storage>},
      loop<Storage>{"karcher", karcher<Storage>},
      loop<Storage>{"model_stock", model_stock<Storage>},
      loop<Storage>{"ties", ties<Storage>},
      loop<Storage>{"dare_linear", dare_linear<Storage>},
      loop<Storage>{"dare_ties", dare_ties<Storage>},
      loop<Storage>{"breadcrumbs", breadcrumbs<Storage>},
      loop<Storage>{"della", della<Storage>},
      loop<Storage>{"sce", sce<Storage>},
      loop<Storage>{"ram", ram<Storage>},
      loop<Storage>{"arcee_fusion", arcee_fusion<Storage>},
      loop<Storage>{"nearswap", nearswap<Storage>},
      loop<Storage>{"passthrough", passthrough<Storage>},
  };
  return all;
}

template std::span<const loop<tensormerge::bfloat16>> loops();
template std::span<const loop<tensormerge::float16>> loops();
template std::span<const loop<float>> loops();

}  // namespace by_hand
