// Time per element of every method and dtype on one thread, beside memcpy and loops written by hand.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <benchmark/benchmark.h>
#include <boost/hana/for_each.hpp>

#include <tensormerge/merge.hpp>
#include <tensormerge/method/method_list.hpp>

namespace {

using namespace tensormerge;

constexpr std::size_t rows = 512, columns = 2048, elements = rows * columns;

/// A base and two fine-tunes of it.
template <class Storage>
struct weights {
  std::vector<Storage> base, first, second, out;

  weights() : base(elements), first(elements), second(elements), out(elements) {
    std::mt19937 random(7);
    std::normal_distribution<float> weight(0, 0.02f), change(0, 0.002f);
    for (std::size_t i = 0; i < elements; ++i) {
      const float origin = weight(random);
      base[i] = nearest_even::store<Storage>(origin);
      first[i] = nearest_even::store<Storage>(origin + change(random));
      second[i] = nearest_even::store<Storage>(origin + change(random));
    }
  }
};

template <class Storage>
weights<Storage>& sample() {
  static weights<Storage> made;
  return made;
}

/// Elements and bytes read and written once, the least that a merge of `inputs` tensors can do.
template <class Storage>
void report(benchmark::State& state, std::size_t tensors_read) {
  const auto rounds = static_cast<std::int64_t>(state.iterations());
  const auto bytes = static_cast<std::int64_t>((tensors_read + 1) * elements * sizeof(Storage));
  state.SetBytesProcessed(rounds * bytes);
  state.counters["ns/element"] = benchmark::Counter(
      static_cast<double>(rounds) * static_cast<double>(elements) * 1e-9,
      benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

template <class Parameters>
Parameters typical() {
  Parameters chosen{};
  if constexpr (requires { chosen.weight = 0.5; }) chosen.weight = 0.5;
  if constexpr (requires { chosen.density = 0.5; }) chosen.density = 0.5;
  if constexpr (requires { chosen.epsilon = 0.1; chosen.density = 0.5; }) chosen.epsilon = 0.1;
  if constexpr (requires { chosen.t = 0.4; }) chosen.t = 0.4;
  return chosen;
}

template <class Method, class Storage>
void merge_with(benchmark::State& state) {
  weights<Storage>& data = sample<Storage>();
  constexpr std::size_t count = Method::facts.most_inputs < 2 ? 1 : 2;
  const Storage* inputs[] = {data.first.data(), data.second.data()};
  const auto shared = typical<typename Method::parameters>();
  const std::vector<typename Method::input_parameters> own(
      count, typical<typename Method::input_parameters>());
  const tensor_facts facts{.elements = elements, .row_length = columns, .random_key = 1,
                           .column_length = rows, .axes = 2};
  std::vector<std::byte> memory(merge_scratch_bytes<Method, Storage>(shared, count, facts));
  const bool has_base = Method::facts.base != base_use::ignored;
  for (auto _ : state) {
    const char* problem = merge<Method, Storage>(
        {data.out.data(), has_base ? data.base.data() : nullptr, {inputs, count}, facts}, shared,
        own, memory);
    if (problem != nullptr) state.SkipWithError(problem);
    benchmark::ClobberMemory();
  }
  report<Storage>(state, count + (has_base ? 1 : 0));
}

template <class Storage>
void copy(benchmark::State& state) {
  weights<Storage>& data = sample<Storage>();
  for (auto _ : state) {
    std::memcpy(data.out.data(), data.first.data(), elements * sizeof(Storage));
    benchmark::ClobberMemory();
  }
  report<Storage>(state, 1);
}

template <class Storage>
void linear_by_hand(benchmark::State& state) {
  using real = compute_type<Storage>;
  weights<Storage>& data = sample<Storage>();
  const Storage *a = data.first.data(), *b = data.second.data();
  Storage* out = data.out.data();
  for (auto _ : state) {
    for (std::size_t i = 0; i < elements; ++i) {
      const real sum = real(0.5) * load<real>(a[i]) + real(0.5) * load<real>(b[i]);
      out[i] = nearest_even::store<Storage>(sum);
    }
    benchmark::ClobberMemory();
  }
  report<Storage>(state, 2);
}

template <class Storage>
void task_arithmetic_by_hand(benchmark::State& state) {
  using real = compute_type<Storage>;
  weights<Storage>& data = sample<Storage>();
  const Storage *base = data.base.data(), *a = data.first.data(), *b = data.second.data();
  Storage* out = data.out.data();
  for (auto _ : state) {
    for (std::size_t i = 0; i < elements; ++i) {
      const real origin = load<real>(base[i]);
      const real sum = real(0.5) * (load<real>(a[i]) - origin) +
                       real(0.5) * (load<real>(b[i]) - origin);
      out[i] = nearest_even::store<Storage>(origin + sum);
    }
    benchmark::ClobberMemory();
  }
  report<Storage>(state, 3);
}

template <class Storage>
void add_benchmarks(const std::string& dtype) {
  benchmark::RegisterBenchmark(("memcpy/" + dtype).c_str(), copy<Storage>);
  benchmark::RegisterBenchmark(("linear by hand/" + dtype).c_str(), linear_by_hand<Storage>);
  benchmark::RegisterBenchmark(("task_arithmetic by hand/" + dtype).c_str(),
                               task_arithmetic_by_hand<Storage>);
  boost::hana::for_each(method_list, [&](auto method) {
    using type = typename decltype(method)::type;
    // Singular vectors take seconds, and are no matter of bytes.
    if constexpr (!std::is_same_v<type, tsv_m> && !std::is_same_v<type, iso_c> &&
                  !std::is_same_v<type, svc>) {
      benchmark::RegisterBenchmark((std::string(type::facts.name) + '/' + dtype).c_str(),
                                   merge_with<type, Storage>);
    }
  });
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  add_benchmarks<bfloat16>("bfloat16");
  add_benchmarks<float16>("float16");
  add_benchmarks<float>("float32");
  benchmark::RunSpecifiedBenchmarks();
}
