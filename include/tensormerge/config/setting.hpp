#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tensormerge/config/scalar_value.hpp>

namespace tensormerge {

/// One value or a gradient, and the tensors it is for.
struct setting_branch {
  std::optional<std::string> filter{};  // part of a tensor's name; none stands for all tensors
  std::vector<scalar_value> values{};   // one, or a gradient along the layers of a slice
  bool is_gradient = false;
  text_position at{};

  bool matches(std::string_view tensor_name) const {
    return !filter || *filter == "*" || tensor_name.find(*filter) != std::string_view::npos;
  }
};

/// The value of a parameter as it is written: a scalar, a gradient, or one of them per filter.
class setting {
 public:
  setting() = default;
  setting(std::vector<setting_branch> branches, bool is_conditional, std::string path)
      : branches_(std::move(branches)), path_(std::move(path)), is_conditional_(is_conditional) {}

  /// In the order of the file. A scalar or a gradient is one branch without a filter.
  const std::vector<setting_branch>& branches() const { return branches_; }

  /// Whether it is written with filters.
  bool is_conditional() const { return is_conditional_; }

  /// Its place in the document, as in `models[1].parameters.weight`.
  const std::string& path() const { return path_; }

  /// The first branch whose filter matches, or nullptr.
  const setting_branch* find(std::string_view tensor_name) const {
    const auto found = std::find_if(branches_.begin(), branches_.end(),
                                    [&](const auto& each) { return each.matches(tensor_name); });
    return found == branches_.end() ? nullptr : &*found;
  }

  /// The value for a tensor at place `t` (0 for the first layer of its slice, 1 for the last), with
  /// the position of the text it comes from. Missing where no filter matches or a list is empty.
  /// Gradients are linear in between; those of booleans take the item at or before `t`.
  /// Throws failure as convert() does, with the path.
  std::optional<scalar_value> evaluate(std::string_view tensor_name, double t,
                                       parameter_kind kind) const {
    const setting_branch* branch = find(tensor_name);
    if (branch == nullptr || branch->values.empty()) return std::nullopt;
    try {
      return evaluate(branch->values, t, kind);
    } catch (const failure& error) {
      diagnostics findings = error.findings();
      for (diagnostic& each : findings) each.path = path_;
      throw failure(std::move(findings));
    }
  }

 private:
  static scalar_value evaluate(const std::vector<scalar_value>& values, double t,
                               parameter_kind kind) {
    const double last = static_cast<double>(values.size() - 1);
    const double place = std::clamp(t, 0.0, 1.0) * last;
    const auto before = static_cast<std::size_t>(place);
    if (kind == parameter_kind::boolean) return convert(values[before], kind);
    const std::size_t after = std::min(before + 1, values.size() - 1);
    const double share = place - static_cast<double>(before);
    if (share == 0) return convert(values[before], kind);
    scalar_value result = convert(values[before], parameter_kind::number);
    const scalar_value next = convert(values[after], parameter_kind::number);
    result.number = (1 - share) * result.number + share * next.number;
    if (kind == parameter_kind::integer) {
      result.text = std::to_string(result.number);
      return convert(result, kind);
    }
    return result;
  }

  std::vector<setting_branch> branches_;
  std::string path_;
  bool is_conditional_ = false;
};

}  // namespace tensormerge
