#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <tensormerge/config/model_reference.hpp>
#include <tensormerge/config/schema/check_value.hpp>
#include <tensormerge/document/node.hpp>

namespace tensormerge {

/// The model that a value names, as people write it; empty where it names none.
inline std::string reference_text(const node* value) {
  if (value == nullptr) return {};
  if (value->is_string() || schema::is_text_in_yaml_1_1(*value)) return value->text;
  const auto part = [](const node* half, std::string_view key) {
    const node* given = half == nullptr ? nullptr : half->find(key);
    return given == nullptr || !given->is_scalar() ? std::string() : given->text;
  };
  const node *model = value->find("model"), *lora = value->find("lora");
  return model_reference{.path = part(model, "path"),
                         .revision = part(model, "revision"),
                         .lora_path = part(lora, "path"),
                         .lora_revision = part(lora, "revision")}
      .text();
}

/// A model of a slice, as far as it can be read.
struct input_view {
  std::string name{};                // empty where it cannot be read
  const node* entry = nullptr;       // of `models` or `sources`; none for a base that is not listed
  const node* parameters = nullptr;  // its own
  const node* range = nullptr;
  text_position at{};
  std::string path{};
};

/// A run of output layers: one of `slices`, or all of `models`.
struct slice_view {
  std::vector<input_view> inputs{};
  std::string base{};
  text_position base_at{};
  std::vector<std::pair<const node*, std::string>> scopes{};  // parameters from the inside outwards
  text_position at{};  // of `models`, or of the slice's first key
  std::string path{};
  bool of_models = false;
};

/// What a merge in mergekit's dialect says: made of any document, right or wrong, so that what is
/// right can be checked beside what is wrong. Refers to the document.
struct merge_view {
  const node* root = nullptr;
  std::string method{};
  text_position method_at{};
  std::vector<slice_view> slices{};
  std::unordered_map<std::string_view, const node*> by_model{};  // input_model_parameters
};

namespace detail {

inline const node* mapping_at(const node& value, std::string_view key) {
  const node* found = value.find(key);
  return found != nullptr && found->is_mapping() ? found : nullptr;
}

inline text_position start_of(const node& value) {
  return value.entries.empty() ? value.at : value.entries.front().key_at;
}

inline text_position key_position(const node& mapping, std::string_view key) {
  for (const node_entry& entry : mapping.entries) {
    if (entry.key == key) return entry.key_at;
  }
  return start_of(mapping);
}

class merge_viewer {
 public:
  explicit merge_viewer(const node& root) : root_(root) {}

  merge_view view() {
    merge_view result{.root = &root_};
    if (const node* method = root_.find("merge_method"); method != nullptr) {
      result.method = method->text;
      result.method_at = method->at;
    }
    if (const node* old = mapping_at(root_, "input_model_parameters"); old != nullptr) {
      for (const node_entry& each : old->entries) result.by_model.emplace(each.key, &each.value);
    }
    add(root_, nullptr, {}, result.slices);
    if (const node* modules = mapping_at(root_, "modules"); modules != nullptr) {
      for (const node_entry& each : modules->entries) {
        if (!each.value.is_mapping()) continue;
        add(each.value, mapping_at(each.value, "parameters"), "modules." + each.key + '.',
            result.slices);
      }
    }
    return result;
  }

 private:
  void add(const node& owner, const node* module, const std::string& path,
           std::vector<slice_view>& slices) const {
    const node* models = owner.find("models");
    if (models != nullptr && models->is_sequence() && !models->items.empty()) {
      slice_view& slice = slices.emplace_back();
      slice.of_models = true;
      set_base(slice, root_.find("base_model"));
      slice.at = key_position(owner, "models");
      slice.path = path + "models";
      add_scopes(slice, nullptr, {}, module, path);
      add_inputs(*models, slice.path, slice);
      append_base(slice);
    }
    const node* list = owner.find("slices");
    if (list == nullptr || !list->is_sequence()) return;
    for (std::size_t i = 0; i < list->items.size(); ++i) {
      const node& each = list->items[i];
      const node* sources = each.find("sources");
      if (sources == nullptr || !sources->is_sequence()) continue;
      slice_view& slice = slices.emplace_back();
      const node* own_base = each.find("base_model");
      const bool has_own = own_base != nullptr && !own_base->is_null();
      set_base(slice, has_own ? own_base : root_.find("base_model"));
      slice.at = start_of(each);
      slice.path = path + "slices[" + std::to_string(i) + ']';
      add_scopes(slice, mapping_at(each, "parameters"), slice.path + '.', module, path);
      add_inputs(*sources, slice.path + ".sources", slice);
    }
  }

  static void set_base(slice_view& slice, const node* base) {
    slice.base = reference_text(base);
    if (base != nullptr) slice.base_at = base->at;
  }

  void add_scopes(slice_view& slice, const node* own, const std::string& own_path,
                  const node* module, const std::string& module_path) const {
    if (own != nullptr) slice.scopes.emplace_back(own, own_path + "parameters");
    if (module != nullptr) slice.scopes.emplace_back(module, module_path + "parameters");
    if (const node* top = mapping_at(root_, "parameters"); top != nullptr) {
      slice.scopes.emplace_back(top, "parameters");
    }
  }

  static void add_inputs(const node& list, const std::string& path, slice_view& slice) {
    for (std::size_t i = 0; i < list.items.size(); ++i) {
      const node& item = list.items[i];
      const node* model = item.find("model");
      slice.inputs.push_back({.name = reference_text(model),
                              .entry = &item,
                              .parameters = mapping_at(item, "parameters"),
                              .range = item.find("layer_range"),
                              .at = start_of(item),
                              .path = path + '[' + std::to_string(i) + ']'});
    }
  }

  /// With `models`, a base that is not listed is one more model.
  void append_base(slice_view& slice) const {
    if (slice.base.empty()) return;
    for (const input_view& each : slice.inputs) {
      if (each.name == slice.base || each.name.empty()) return;
    }
    slice.inputs.push_back({.name = slice.base,
                            .at = key_position(root_, "base_model"),
                            .path = "base_model"});
  }

  const node& root_;
};

}  // namespace detail

inline merge_view view_merge(const node& document) {
  return detail::merge_viewer(document).view();
}

}  // namespace tensormerge
