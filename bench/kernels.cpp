// Time per element of every method and dtype on one thread, beside memcpy and loops written by hand
// (by_hand/), whose results are compared first.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <random>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <benchmark/benchmark.h>
#include <boost/hana/for_each.hpp>

#include <tensormerge/merge.hpp>
#include <tensormerge/method/method_list.hpp>

#include "by_hand/loops.hpp"

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
  if constexpr (requires { chosen.select_topk = 0.5; }) chosen.select_topk = 0.5;
  if constexpr (requires { chosen.scale = 0.5; }) chosen.scale = 0.5;
  if constexpr (requires { chosen.t = 0.4; }) chosen.t = 0.4;
  if constexpr (std::is_same_v<Parameters, nearswap_parameters>) chosen.t = 0.001;
  return chosen;
}

/// A method, its parameters and its memory, ready to merge the sample.
template <class Method, class Storage>
class sample_merge {
 public:
  static constexpr std::size_t inputs = Method::facts.most_inputs < 2 ? 1 : 2;
  static constexpr bool has_base = Method::facts.base != base_use::ignored;

  /// Returns nullptr, or what is wrong.
  const char* operator()() {
    weights<Storage>& data = sample<Storage>();
    const Storage* from[] = {data.first.data(), data.second.data()};
    return merge<Method, Storage>(
        {data.out.data(), has_base ? data.base.data() : nullptr, {from, inputs}, facts_}, shared_,
        own_, memory_);
  }

 private:
  typename Method::parameters shared_ = typical<typename Method::parameters>();
  std::vector<typename Method::input_parameters> own_{
      inputs, typical<typename Method::input_parameters>()};
  tensor_facts facts_ = matrix_facts(rows, columns, 1);
  std::vector<std::byte> memory_ =
      std::vector<std::byte>(merge_scratch_bytes<Method, Storage>(shared_, inputs, facts_));
};

template <class Method, class Storage>
void merge_with(benchmark::State& state) {
  sample_merge<Method, Storage> merge_once;
  for (auto _ : state) {
    if (const char* problem = merge_once()) state.SkipWithError(problem);
    benchmark::ClobberMemory();
  }
  report<Storage>(state, merge_once.inputs + (merge_once.has_base ? 1 : 0));
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

/// The same merge for a loop by hand.
template <class Storage>
by_hand::problem<Storage> same_merge() {
  weights<Storage>& data = sample<Storage>();
  return {.out = data.out.data(),
          .base = data.base.data(),
          .first = data.first.data(),
          .second = data.second.data(),
          .rows = rows,
          .columns = columns,
          .random_key = 1,
          .weight = 0.5,
          .density = 0.5,
          .della_epsilon = 0.1,
          .gamma = breadcrumbs_input_parameters{}.gamma,
          .t = 0.4,
          .nearswap_t = 0.001,
          .ram_epsilon = ram_parameters{}.epsilon,
          .scale = 0.5,
          .select_topk = 0.5};
}

template <class Method, class Storage>
void merge_by_hand(benchmark::State& state, by_hand::loop<Storage> loop) {
  for (auto _ : state) {
    loop.merge(same_merge<Storage>());
    benchmark::ClobberMemory();
  }
  using merged = sample_merge<Method, Storage>;
  report<Storage>(state, merged::inputs + (merged::has_base ? 1 : 0));
}

/// Whether a loop makes what the method makes, but for one rounding to the dtype: at most a unit in
/// the last place of the result or, where that is small, of the base.
template <class Method, class Storage>
bool makes_the_same(by_hand::loop<Storage> loop) {
  constexpr bool is_bfloat16 = std::is_same_v<Storage, bfloat16>;
  constexpr double unit = sizeof(Storage) == 4 ? 0x1p-23 : is_bfloat16 ? 0x1p-7 : 0x1p-10;
  constexpr double least = std::is_same_v<Storage, float16> ? 0x1p-24 : 0x1p-133;
  weights<Storage>& data = sample<Storage>();
  if (sample_merge<Method, Storage>()() != nullptr) return false;
  const std::vector<Storage> expected = data.out;
  std::fill(data.out.begin(), data.out.end(), Storage{});
  loop.merge(same_merge<Storage>());
  for (std::size_t i = 0; i < elements; ++i) {
    const double a = load<double>(expected[i]), b = load<double>(data.out[i]);
    const double size = std::max(std::abs(a), std::abs(load<double>(data.base[i])));
    if (!(std::abs(a - b) <= std::max(unit * size, least))) {
      std::fprintf(stderr, "element %zu is %.9g by the library and %.9g by hand\n", i, a, b);
      return false;
    }
  }
  return true;
}

/// Returns whether every loop by hand makes what its method makes.
template <class Storage>
bool add_benchmarks(const std::string& dtype) {
  benchmark::RegisterBenchmark(("memcpy/" + dtype).c_str(), copy<Storage>);
  bool all_same = true;
  boost::hana::for_each(method_list, [&](auto method) {
    using type = typename decltype(method)::type;
    // Singular vectors take seconds, and are no matter of bytes.
    if constexpr (!std::is_same_v<type, tsv_m> && !std::is_same_v<type, iso_c> &&
                  !std::is_same_v<type, svc>) {
      const std::string name(type::facts.name);
      benchmark::RegisterBenchmark((name + '/' + dtype).c_str(), merge_with<type, Storage>);
      for (const by_hand::loop<Storage>& loop : by_hand::loops<Storage>()) {
        if (loop.method != name) continue;
        benchmark::RegisterBenchmark((name + " by hand/" + dtype).c_str(),
                                     merge_by_hand<type, Storage>, loop);
        if (makes_the_same<type, Storage>(loop)) continue;
        std::fprintf(stderr, "%s of %s by hand is another merge\n", loop.method, dtype.c_str());
        all_same = false;
      }
    }
  });
  return all_same;
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  const bool same[] = {add_benchmarks<bfloat16>("bfloat16"), add_benchmarks<float16>("float16"),
                       add_benchmarks<float>("float32")};
  if (!std::all_of(std::begin(same), std::end(same), [](bool each) { return each; })) return 1;
  benchmark::RunSpecifiedBenchmarks();
}
