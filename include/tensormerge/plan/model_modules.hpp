#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tensormerge/plan/tensor_role.hpp>

namespace tensormerge {

/// Tells of each tensor to which of the modules that a configuration names it belongs, by the
/// segments of its name. Known are the names that mergekit gives to modules (vision_tower,
/// vision_model, multi_modal_projector, encoder, decoder, shared, text_decoder, default); any other
/// name is the beginning of the names of its tensors. `text_decoder` and `default`, and with an
/// encoder `decoder`, have all that no other module has.
class model_modules {
 public:
  explicit model_modules(std::vector<std::string> names) : names_(std::move(names)) {}

  /// The module by its place among the names; none where no module has the tensor.
  std::optional<std::size_t> module_of(std::string_view tensor) const {
    for (const auto& [name, segments] : known) {
      if (!detail::has_segment(tensor, segments)) continue;
      if (const auto module = module_named(name)) return module;
      // Part of a projector is not of the tower that it stands in, whatever modules there are.
      if (name == "multi_modal_projector") break;
    }
    std::optional<std::size_t> longest;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const bool is_within = tensor.starts_with(names_[i]) && tensor.size() > names_[i].size() &&
                             (tensor[names_[i].size()] == '.' || names_[i].ends_with('.'));
      if (is_within && (!longest || names_[i].size() > names_[*longest].size())) longest = i;
    }
    if (longest) return longest;
    for (const std::string_view rest : {"text_decoder", "default", "", "decoder"}) {
      if (const auto module = module_named(rest)) return module;
    }
    return std::nullopt;
  }

 private:
  using segment_list = std::span<const std::string_view>;

  std::optional<std::size_t> module_named(std::string_view name) const {
    const auto found = std::find(names_.begin(), names_.end(), name);
    if (found == names_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - names_.begin());
  }

  static constexpr std::array<std::string_view, 6> projectors{
      "multi_modal_projector", "mm_projector",          "merger",
      "connector",             "deepstack_merger_list", "embed_vision"};
  static constexpr std::array<std::string_view, 4> vision{"vision_tower", "vision_model", "visual",
                                                          "vision_encoder"};
  static constexpr std::array<std::string_view, 1> encoders{"encoder"};
  static constexpr std::array<std::string_view, 1> decoders{"decoder"};
  static constexpr std::array<std::string_view, 1> shared{"shared"};
  static constexpr std::array<std::pair<std::string_view, segment_list>, 6> known{
      {{"multi_modal_projector", projectors},
       {"vision_tower", vision},
       {"vision_model", vision},
       {"encoder", encoders},
       {"decoder", decoders},
       {"shared", shared}}};

  std::vector<std::string> names_;
};

}  // namespace tensormerge
