#include <cstdio>
#include <vector>

#include <tensormerge/merge.hpp>

int main() {
  using namespace tensormerge;
  std::vector<bfloat16> base(4096), first(4096, to_bfloat16(1)), second(4096, to_bfloat16(3)), out(4096);
  const bfloat16* inputs[] = {first.data(), second.data()};
  const ties_input_parameters weights[] = {{.weight = 0.5}, {.weight = 0.5, .density = 0.8}};
  const tensor_facts facts{.elements = out.size(), .row_length = 64};
  std::vector<std::byte> memory(merge_scratch_bytes<ties, bfloat16>({}, 2, facts));
  merge<ties, bfloat16>({out.data(), base.data(), inputs, facts}, {.lambda = 0.9}, weights, memory);
  std::printf("%g\n", to_float(out[0]));
}
