#pragma once

#include <Eigen/Core>
#include <Eigen/SVD>

// Compiling a singular value decomposition takes longer than all else of a test: those that include
// this take the one in compiled_once.cpp.
extern template class Eigen::BDCSVD<Eigen::MatrixXd>;
