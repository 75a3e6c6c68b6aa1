#include <cstddef>
#include <vector>

double dot_for_any(const float* a, const float* b, std::size_t count);
double dot_for_this(const float* a, const float* b, std::size_t count);

int main() {
  const std::vector<float> a(1000, 3), b(1000, -5);
  const double expected = 1000 * (-15 + 3);
  return dot_for_any(a.data(), b.data(), a.size()) == expected &&
                 dot_for_this(a.data(), b.data(), a.size()) == expected
             ? 0
             : 1;
}
