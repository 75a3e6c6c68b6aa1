#include <cstdio>
#include <vector>

#include <tensormerge/merge.hpp>
#include <tensormerge/method/ties.hpp>

int main() {
  using namespace tensormerge;
  std::vector<bfloat16> base(4096), first(4096, to_bfloat16(1)), second(4096, to_bfloat16(3)), out(4096);
  const std::span<const bfloat16> inputs[] = {first, second};
  const ties_input_parameters weights[] = {{.weight = 0.5}, {.weight = 0.5, .density = 0.8}};
  const tensor_facts facts = matrix_facts(64, 64);
  std::vector<std::byte> memory(merge_scratch_bytes<ties, bfloat16>({}, 2, facts));
  const char* problem =
      merge<ties, bfloat16>(out, base, inputs, {.lambda = 0.9}, weights, facts, memory);
  std::printf("%s\n%g\n", problem == nullptr ? "merged" : problem, to_float(out[0]));
}
