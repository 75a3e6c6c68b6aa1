#include "perplexity.hpp"

#include <cmath>
#include <string>

#include <tensormerge/error/failure.hpp>

namespace engine {

double perplexity(const llama& model, std::span<const std::int64_t> ids, std::size_t window) {
  const std::size_t windows = window < 2 ? 0 : ids.size() / window;
  if (windows == 0) {
    throw tensormerge::failure(
        tensormerge::diagnostic{.what = "the text is too short for a perplexity",
                                .expected = "a window of " + std::to_string(window) + " tokens",
                                .found = std::to_string(ids.size()) + " tokens"});
  }
  double surprise = 0;
  for (std::size_t i = 0; i < windows; ++i) {
    const std::span<const std::int64_t> text = ids.subspan(i * window, window);
    const matrix logits = model.logits(text);
    for (std::size_t token = 1; token < window; ++token) {
      const auto scores = logits.row(static_cast<Eigen::Index>(token - 1)).array();
      const float greatest = scores.maxCoeff();
      const double log_sum = static_cast<double>(greatest) +
                             std::log(static_cast<double>((scores - greatest).exp().sum()));
      surprise += log_sum - static_cast<double>(scores(text[token]));
    }
  }
  return std::exp(surprise / static_cast<double>(windows * (window - 1)));
}

}  // namespace engine
