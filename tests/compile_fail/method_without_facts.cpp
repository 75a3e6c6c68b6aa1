// A merge method without facts is refused with a sentence that says so.
// expected: a merge method needs `static constexpr method_facts facts`
#include <tensormerge/method/linear.hpp>

struct nameless {
#ifndef MUST_FAIL
  static constexpr tensormerge::method_facts facts{.name = "nameless"};
#endif
  using parameters = tensormerge::linear::parameters;
  using input_parameters = tensormerge::linear::input_parameters;
  template <class Real>
  using kernel = tensormerge::linear::kernel<Real>;
};

static_assert(tensormerge::check_merge_method<nameless>());
