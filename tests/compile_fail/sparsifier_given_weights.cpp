// Weights are not task vectors: a sparsifier cannot be given them.
// expected: delta_block
#include <span>

#include <tensormerge/method/parameters.hpp>
#include <tensormerge/policy/sparsify/keep_largest.hpp>

void sparsify(const tensormerge::keep_largest::selector<float>& selector, std::span<float> weights,
              tensormerge::delta_block<float> task_vector) {
#ifdef MUST_FAIL
  selector.keep(weights, 0);
#else
  static_cast<void>(weights);
#endif
  selector.keep(task_vector, 0);
}
