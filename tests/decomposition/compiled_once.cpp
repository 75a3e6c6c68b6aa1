#include "compiled_once.hpp"

template class Eigen::BDCSVD<Eigen::MatrixXd>;
