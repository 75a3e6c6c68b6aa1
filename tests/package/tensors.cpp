#include <cstdio>

#include <tensormerge/checkpoint/checkpoint.hpp>

int main(int count, char** words) {
  const auto model = tensormerge::checkpoint::open(words[count - 1]);
  std::printf("%zu tensors\n", model.tensors().size());
}
