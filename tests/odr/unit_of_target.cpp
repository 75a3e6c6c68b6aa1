#include <cstddef>

#include <tensormerge/policy/accumulate/dot.hpp>

double TENSORMERGE_NAME_OF_DOT(const float* a, const float* b, std::size_t count) {
  return tensormerge::dot(a, b, count) + tensormerge::sum_of_magnitudes(a, count);
}
