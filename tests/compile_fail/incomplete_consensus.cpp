// A task vector merge names the policy that is incomplete.
// expected: a consensus needs `template <class Real> class mixer`
#include <cstddef>

#include <tensormerge/method/parameters.hpp>
#include <tensormerge/method/task_vector_merge.hpp>
#include <tensormerge/policy/sparsify/keep_all.hpp>

struct first_model {
  template <class Real>
  struct mixer {
    mixer(std::size_t, bool) {}
    void add(double, tensormerge::delta_block<const Real>) {}
    Real mixed(std::size_t) const { return 0; }
#ifndef MUST_FAIL
    Real divisor(std::size_t) const { return 1; }
#endif
  };
};

template class tensormerge::task_vector_merge<
    tensormerge::keep_all, first_model, tensormerge::ties_parameters,
    tensormerge::ties_input_parameters>::kernel<float>;
