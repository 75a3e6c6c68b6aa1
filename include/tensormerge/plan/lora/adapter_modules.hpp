#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/checkpoint.hpp>
#include <tensormerge/checkpoint/tensor_entry.hpp>

namespace tensormerge {

/// The tensors that an adapter has for one module of the base.
struct adapter_module {
  const tensor_entry* a = nullptr;
  const tensor_entry* b = nullptr;
  const tensor_entry* magnitude = nullptr;
  const tensor_entry* bias = nullptr;  // of B
  bool is_embedding = false;
};

/// The tensors of an adapter, by what they do.
struct adapter_modules {
  std::map<std::string, adapter_module> changed;  // by the module's name in the base
  std::vector<std::pair<std::string, const tensor_entry*>> replaced;  // by the tensor's name there
  std::vector<const tensor_entry*> unknown;
};

namespace detail {

/// Cuts `part` out of `name` where it is; whether it was there.
inline bool cut(std::string& name, std::string_view part) {
  const std::size_t place = name.find(part);
  if (place == std::string::npos) return false;
  name.replace(place, part.size(), ".");
  return true;
}

}  // namespace detail

/// Sorts an adapter's tensors: `MODULE.lora_A.weight` and its like belong to a module, others are
/// whole tensors of the base that were trained. The name of an adapter (`default`) may follow.
inline adapter_modules sort_adapter_tensors(const checkpoint& adapter) {
  constexpr std::string_view prefix = "base_model.model.";
  adapter_modules result;
  for (const tensor_entry& tensor : adapter.tensors()) {
    std::string name = tensor.name;
    if (name.starts_with(prefix)) name.erase(0, prefix.size());
    const std::size_t place = name.find(".lora_");
    if (place == std::string::npos) {
      if (!detail::cut(name, ".modules_to_save.default.")) detail::cut(name, ".modules_to_save.");
      detail::cut(name, ".base_layer.");
      result.replaced.emplace_back(std::move(name), &tensor);
      continue;
    }
    const std::string_view rest = std::string_view(name).substr(place + 1);
    const std::string_view what = rest.substr(0, rest.find('.'));
    const bool is_bias = rest.ends_with(".bias");
    adapter_module& module = result.changed[name.substr(0, place)];
    const tensor_entry** into = what == "lora_A" || what == "lora_embedding_A"   ? &module.a
                                : what == "lora_B" || what == "lora_embedding_B" ? &module.b
                                : what == "lora_magnitude_vector"                ? &module.magnitude
                                                                                 : nullptr;
    if (is_bias) into = what == "lora_B" ? &module.bias : nullptr;
    if (into == nullptr || *into != nullptr) {
      result.unknown.push_back(&tensor);
    } else {
      *into = &tensor;
      if (what.starts_with("lora_embedding")) module.is_embedding = true;
    }
  }
  return result;
}

}  // namespace tensormerge
