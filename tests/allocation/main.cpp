// Merges with every method of both dialects, and counts what is allocated meanwhile: nothing. Built
// without exceptions and without run-time type information, which the numeric core must do without.

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include <boost/hana/for_each.hpp>

#include <tensormerge/merge.hpp>
#include <tensormerge/method/dispatch_method.hpp>
#include <tensormerge/method/linear.hpp>
#include <tensormerge/method/method_list.hpp>

namespace {

std::size_t allocations = 0;

}  // namespace

// glibc calls these in place of its own for everything: operator new, Eigen, the C library.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);

void* malloc(std::size_t bytes) {
  ++allocations;
  return __libc_malloc(bytes);
}
void* calloc(std::size_t count, std::size_t bytes) {
  ++allocations;
  return __libc_calloc(count, bytes);
}
void* realloc(void* old, std::size_t bytes) {
  ++allocations;
  return __libc_realloc(old, bytes);
}
void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
  ++allocations;
  return __libc_memalign(alignment, bytes);
}
int posix_memalign(void** made, std::size_t alignment, std::size_t bytes) {
  ++allocations;
  *made = __libc_memalign(alignment, bytes);
  return *made == nullptr ? ENOMEM : 0;
}
void free(void* memory) { __libc_free(memory); }
}

namespace {

using namespace tensormerge;

constexpr std::size_t rows = 40, columns = 64, size = rows * columns;

template <class Parameters>
Parameters typical() {
  Parameters chosen{};
  if constexpr (requires { chosen.weight = 0.5; }) chosen.weight = 0.5;
  if constexpr (requires { chosen.density = 0.5; }) chosen.density = 0.5;
  if constexpr (requires { chosen.epsilon = 0.1; chosen.density = 0.5; }) chosen.epsilon = 0.1;
  if constexpr (requires { chosen.select_topk = 0.5; }) chosen.select_topk = 0.5;
  if constexpr (requires { chosen.scale = 0.5; }) chosen.scale = 0.5;
  if constexpr (requires { chosen.t = 0.4; }) chosen.t = 0.4;
  if constexpr (std::is_same_v<Parameters, nearswap_parameters>) chosen.t = 0.001;
  if constexpr (requires { chosen.calibration = 0.5; }) chosen.calibration = 0.5;
  return chosen;
}

template <class Storage>
std::vector<Storage> numbers(std::size_t count, unsigned seed) {
  std::vector<Storage> list(count);
  for (Storage& each : list) {
    seed = seed * 1664525u + 1013904223u;
    each = nearest_even::store<Storage>(static_cast<float>(seed >> 8) / 16777216.0f - 0.5f);
  }
  return list;
}

/// Whether a tensor is merged without a problem and nothing is allocated meanwhile.
template <class Method, class Storage>
bool merges_in_place(const tensor_facts& facts, std::size_t count) {
  const std::size_t elements = static_cast<std::size_t>(facts.elements);
  const std::vector<Storage> base = numbers<Storage>(elements, 1);
  std::vector<std::vector<Storage>> models;
  std::vector<std::span<const Storage>> inputs;
  for (std::size_t i = 0; i < count; ++i) {
    models.push_back(numbers<Storage>(elements, static_cast<unsigned>(i) + 2));
  }
  for (const std::vector<Storage>& model : models) inputs.emplace_back(model);
  std::vector<Storage> out(elements);
  const auto shared = typical<typename Method::parameters>();
  const std::vector<typename Method::input_parameters> own(
      count, typical<typename Method::input_parameters>());
  std::vector<std::byte> memory(merge_scratch_bytes<Method, Storage>(shared, count, facts));
  const bool has_base = Method::facts.base != base_use::ignored;
  const std::size_t before = allocations;
  const char* problem = merge<Method, Storage>(
      out, has_base ? std::span<const Storage>(base) : std::span<const Storage>(), inputs, shared,
      own, facts, memory);
  const std::size_t made = allocations - before;
  if (problem != nullptr || made != 0) {
    std::printf("%.*s of %zu inputs, %zu rows and %zu columns: %zu allocations; %s\n",
                static_cast<int>(Method::facts.name.size()), Method::facts.name.data(), count,
                static_cast<std::size_t>(facts.column_length),
                static_cast<std::size_t>(facts.row_length), made,
                problem == nullptr ? "merged" : problem);
  }
  return problem == nullptr && made == 0;
}

int failures = 0;

template <class Method, class Storage>
void check_merge_of(const tensor_facts& facts,
                    std::size_t count = Method::facts.most_inputs < 2 ? 1 : 2) {
  if (!merges_in_place<Method, Storage>(facts, count)) ++failures;
}

/// What these tests have to find.
struct allocating_linear : linear {
  static constexpr method_facts facts{.name = "allocating_linear, as it should be,"};
  template <class Real>
  class kernel : public linear::kernel<Real> {
   public:
    using linear::kernel<Real>::kernel;
    void apply(const tile<Real>& piece, Real* out) const {
      const std::vector<Real> needless(piece.size);
      linear::kernel<Real>::apply(piece, out);
    }
  };
};

/// A method on singular vectors, whose steps depend on the shape: wide, tall, square and tiny
/// matrices, and some with a side longer than what Eigen puts on the stack.
template <class Method>
void check_shapes_of() {
  constexpr std::size_t shapes[][2] = {{1, 1},     {1, 7},     {7, 1},     {2, 2},
                                       {33, 33},   {99, 99},   {150, 100}, {100, 150},
                                       {2, 20000}, {20000, 2}};
  for (const auto& [tall, wide] : shapes) {
    for (const std::size_t count : {std::size_t{1}, std::size_t{3}}) {
      check_merge_of<Method, bfloat16>(matrix_facts(tall, wide), count);
    }
  }
  check_merge_of<Method, float16>(matrix_facts(40, 70), 2);
  check_merge_of<Method, float>(matrix_facts(70, 40), 5);
  check_merge_of<Method, float>(matrix_facts(20, 20), 30);
}

template <class Methods>
void check_all(const Methods& methods) {
  boost::hana::for_each(methods, [](auto method) {
    using type = typename decltype(method)::type;
    check_merge_of<type, bfloat16>(vector_facts(size));
    check_merge_of<type, bfloat16>(matrix_facts(rows, columns));
  });
}

}  // namespace

int main() {
  const std::size_t before = allocations;
  std::free(std::malloc(1));
  delete new int(1);
  if (allocations < before + 2) {
    std::puts("allocations are not counted");
    return 1;
  }
  if (merges_in_place<allocating_linear, bfloat16>(vector_facts(size), 2)) {
    std::puts("a method that allocates is not found");
    return 1;
  }
  check_all(method_list);
  check_all(mlx_method_list);
  check_shapes_of<tsv_m>();
  check_shapes_of<iso_c>();
  check_shapes_of<svc>();
  const bool found = with_method_and_storage(
      boost::hana::tuple_t<linear, slerp>, "slerp", dtype::float16,
      []<class Method, class Storage>(std::type_identity<Method>, std::type_identity<Storage>) {
        check_merge_of<Method, Storage>(vector_facts(size));
      });
  return failures == 0 && found ? 0 : 1;
}
