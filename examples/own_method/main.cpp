// A merge method that tensormerge does not have, and a program that merges with it.

#include <algorithm>
#include <compare>
#include <cstdio>
#include <numeric>

#include <tensormerge/config/load_config.hpp>
#include <tensormerge/engine/write_model.hpp>
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/plan/plan_merge.hpp>

using namespace tensormerge;

/// For each element, the mean of the inputs without the lowest and highest `trim` of them; NaNs
/// count as extremes. Ref: Yin et al. 2018 (arXiv 1803.01498), definition 2.
struct trimmed_mean {
  static constexpr method_facts facts{.name = "trimmed_mean"};
  using parameters = trimmed_mean_parameters;
  using input_parameters = trimmed_mean_input_parameters;

  template <class Real>
  struct kernel : needs_no_observation<Real> {
    struct statistic : needs_no_observation<Real>::statistic {
      std::span<Real> values;  // of one element, from each input
    };
    static std::size_t scratch_bytes(std::size_t) { return 0; }
    static std::size_t statistic_bytes(std::size_t n) { return scratch::bytes_for<Real>(n); }
    kernel(const parameters& shared, std::span<const input_parameters> inputs, const tensor_facts&,
           scratch&)
        : count(inputs.size()),
          trimmed(std::min(static_cast<std::size_t>(shared.trim * static_cast<double>(count)),
                           (count - 1) / 2)) {}
    statistic make_statistic(scratch& memory) const { return {{}, memory.take<Real>(count)}; }

    void apply(const tile<Real>& piece, Real* out, statistic& seen) const {
      const auto middle = seen.values.subspan(trimmed, count - 2 * trimmed);
      for (std::size_t i = 0; i < piece.size; ++i) {
        for (std::size_t n = 0; n < count; ++n) seen.values[n] = piece.inputs[n][i];
        std::ranges::sort(seen.values,
                          [](Real a, Real b) { return std::weak_order(a, b) < 0; });
        const double sum = std::accumulate(middle.begin(), middle.end(), 0.0);
        out[i] = static_cast<Real>(sum / static_cast<double>(middle.size()));
      }
    }
    std::size_t count, trimmed;
  };
};

int main(int count, char** words) try {
  if (count != 4) return std::fputs("Usage: own_method CONFIG OUT MODELS_DIR\n", stderr), 2;
  const method_table methods = make_method_table(boost::hana::tuple_t<trimmed_mean>);
  const merge_plan plan = plan_merge(load_merge_config(words[1]), describe_methods(methods),
                                     {.search = {words[3]}, .config_file = words[1]});
  progress state;
  write_model(plan, methods, words[2], {}, state);
} catch (const failure& problem) {
  return std::fprintf(stderr, "%s\n", problem.what()), 1;
}
