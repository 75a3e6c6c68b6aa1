// Compiles where the schema gives linear a parameter of this name.
#include <tensormerge/method/parameters.hpp>

bool new_parameter(const tensormerge::linear_parameters& parameters) {
  return parameters.parameter_of_the_test;
}
