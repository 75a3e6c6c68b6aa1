// An engine in the style of ONNX Runtime or MLX that merges its tensors through the numeric core:
// with its own element types, strides and threads, and without exceptions.

#include <cstddef>
#include <cstdio>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include <tensormerge/dtype/bfloat16.hpp>

#include "host.hpp"
#include "merge_tensors.hpp"

namespace {

using tensormerge::bfloat16;

constexpr std::size_t rows = 300, columns = 512;

float value(std::size_t row, std::size_t column, std::size_t model) {
  const std::size_t mixed = (row * 7919 + column * 104729 + model * 1299709) % 2003;
  return static_cast<float>(mixed) / 2003.0f - 0.5f;
}

/// A model's matrix in memory with these strides.
struct owned_tensor {
  owned_tensor(std::size_t model, std::size_t row_stride, std::size_t column_stride)
      : memory(row_stride * rows + column_stride * columns) {
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t c = 0; c < columns; ++c) {
        memory[r * row_stride + c * column_stride] = tensormerge::to_bfloat16(value(r, c, model));
      }
    }
    view = {.type = host::element_type::bfloat16,
            .data = reinterpret_cast<std::byte*>(memory.data()),
            .shape = {rows, columns},
            .strides = {row_stride, column_stride}};
  }

  std::vector<bfloat16> memory;
  host::tensor view;
};

bool merge_and_compare(host::thread_pool& pool, std::string_view method) {
  const owned_tensor base(0, columns, 1), plain(1, columns, 1);
  const owned_tensor padded(1, columns + 24, 1), transposed(1, 1, rows);
  std::vector<std::vector<bfloat16>> results;
  for (const owned_tensor* input : {&plain, &padded, &transposed}) {
    owned_tensor out(2, columns, 1);
    const host::tensor inputs[] = {input->view};
    const char* problem =
        host::merge_tensors(pool, method, out.view, base.view, inputs,
                            {.t = 0.4, .lambda = 0.9, .density = 0.5, .weights = {0.7}});
    if (problem != nullptr) {
      std::printf("%.*s: %s\n", static_cast<int>(method.size()), method.data(), problem);
      return false;
    }
    results.push_back(out.memory);
  }
  const auto same = [](const std::vector<bfloat16>& a, const std::vector<bfloat16>& b) {
    return std::memcmp(a.data(), b.data(), rows * columns * sizeof(bfloat16)) == 0;
  };
  const bool agree = same(results[0], results[1]) && same(results[0], results[2]);
  std::printf("%-16.*s first element %g, %s\n", static_cast<int>(method.size()), method.data(),
              static_cast<double>(tensormerge::to_float(results[0][0])),
              agree ? "the same bytes from every layout" : "but other bytes from other layouts");
  return agree;
}

}  // namespace

int main() {
  host::thread_pool pool(3);
  bool fine = true;
  for (const char* method : {"linear", "slerp", "task_arithmetic", "ties"}) {
    fine = merge_and_compare(pool, method) && fine;
  }
  return fine ? 0 : 1;
}
