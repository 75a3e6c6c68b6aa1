// Merges with every method of both dialects, and counts what is allocated meanwhile: nothing, but
// by the methods on singular vectors where a tensor is a matrix. Built without exceptions and
// without run-time type information, which the numeric core must do without.

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
#include <tensormerge/method/method_list.hpp>
#include <tensormerge/method/spectral_merge.hpp>

#include "decomposition/compiled_once.hpp"

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
int failures = 0;

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
  return chosen;
}

template <class Update, class Parameters, class InputParameters>
constexpr bool is_spectral(const spectral_merge<Update, Parameters, InputParameters>*) {
  return true;
}
constexpr bool is_spectral(const void*) { return false; }

template <class Storage>
std::vector<Storage> numbers(unsigned seed) {
  std::vector<Storage> list(size);
  for (Storage& each : list) {
    seed = seed * 1664525u + 1013904223u;
    each = nearest_even::store<Storage>(static_cast<float>(seed >> 8) / 16777216.0f - 0.5f);
  }
  return list;
}

template <class Method, class Storage>
void check_merge_of(const tensor_facts& facts) {
  constexpr std::size_t count = Method::facts.most_inputs < 2 ? 1 : 2;
  const std::vector<Storage> base = numbers<Storage>(1), first = numbers<Storage>(2),
                             second = numbers<Storage>(3);
  std::vector<Storage> out(size);
  const std::span<const Storage> both[] = {first, second};
  const auto inputs = std::span(both).first(count);
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
  const bool may_allocate = is_spectral(static_cast<const Method*>(nullptr)) && facts.axes == 2;
  if (problem != nullptr || (made != 0) != may_allocate) {
    ++failures;
    std::printf("%.*s of %zu axes: %zu allocations; %s\n",
                static_cast<int>(Method::facts.name.size()), Method::facts.name.data(),
                facts.axes, made, problem == nullptr ? "merged" : problem);
  }
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
  check_all(method_list);
  check_all(mlx_method_list);
  const bool found = with_method_and_storage(
      boost::hana::tuple_t<linear, slerp>, "slerp", dtype::float16,
      []<class Method, class Storage>(std::type_identity<Method>, std::type_identity<Storage>) {
        check_merge_of<Method, Storage>(vector_facts(size));
      });
  return failures == 0 && found ? 0 : 1;
}
