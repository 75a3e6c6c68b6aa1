#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <tensormerge/policy/interpolate/gram.hpp>
#include <tensormerge/policy/interpolate/gram_solver.hpp>
#include <tensormerge/tensor/scratch.hpp>

namespace tensormerge {

struct solution {
  std::string problem;  // empty where there is none
  std::vector<double> coefficients;
};

/// What a gram_solver finds for these vectors.
template <class Solver, class Parameters, class InputParameters>
solution solve(const Parameters& shared, const std::vector<InputParameters>& inputs,
               const std::vector<std::vector<double>>& vectors) {
  static_assert(gram_solver<Solver, Parameters, InputParameters>);
  const std::size_t n = vectors.size();
  std::vector<std::byte> lent(Solver::scratch_bytes(n) + gram_matrix::scratch_bytes(n));
  scratch memory(lent);
  Solver solver(shared, std::span<const InputParameters>(inputs), memory);
  gram_matrix products(n, memory);
  std::vector<const double*> pointers;
  for (const std::vector<double>& vector : vectors) pointers.push_back(vector.data());
  products.add<double>(pointers, 0, vectors.front().size());
  solution found{{}, std::vector<double>(n)};
  const char* problem = solver.solve(products, found.coefficients);
  if (problem != nullptr) found.problem = problem;
  return found;
}

}  // namespace tensormerge
