#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <tensormerge/document/load_yaml.hpp>
#include <tensormerge/config/load_config.hpp>
#include <tensormerge/dtype/dtype.hpp>
#include <tensormerge/error/failure.hpp>
#include <tensormerge/method/method_list.hpp>
#include <tensormerge/plan/plan_merge.hpp>
#include <tensormerge/plan/plan_mlx.hpp>
#include <tensormerge/tensor/shape.hpp>

#include "../checkpoint/temporary_folder.hpp"

namespace tensormerge::test {

struct tiny_tensor {
  std::string name;
  shape dims{2};
  dtype type = dtype::bfloat16;
};

/// A checkpoint file of such tensors, all zero.
inline std::string weights_file(const std::vector<tiny_tensor>& tensors) {
  std::string header = "{";
  std::uint64_t at = 0;
  for (const tiny_tensor& tensor : tensors) {
    const std::uint64_t end = at + tensor.dims.elements() * bytes_per_element(tensor.type);
    if (header.size() > 1) header += ',';
    header += '"' + tensor.name + "\":{\"dtype\":\"" +
              std::string(facts(tensor.type).safetensors_name) + "\",\"shape\":" +
              to_string(tensor.dims) + ",\"data_offsets\":[" + std::to_string(at) + ',' +
              std::to_string(end) + "]}";
    at = end;
  }
  return safetensors_file(header + '}', std::string(at, '\0'));
}

/// The tensors of a model with embedding, layers of one weight and a norm each, norm and head.
inline std::vector<tiny_tensor> tiny_tensors(std::uint64_t layers,
                                             dtype type = dtype::bfloat16) {
  std::vector<tiny_tensor> tensors{{"model.embed_tokens.weight", {5, 2}, type},
                                   {"model.norm.weight", {2}, type},
                                   {"lm_head.weight", {5, 2}, type}};
  for (std::uint64_t i = 0; i < layers; ++i) {
    const std::string prefix = "model.layers." + std::to_string(i);
    tensors.push_back({prefix + ".mlp.weight", {2, 2}, type});
    tensors.push_back({prefix + ".norm.weight", {2}, type});
  }
  return tensors;
}

/// Models in a folder of their own, and plans of configurations that name them.
class tiny_models {
 public:
  void add(const std::string& name, const std::vector<tiny_tensor>& tensors,
           const std::string& config = R"({"architectures": ["LlamaForCausalLM"]})") const {
    write_file(folder_ / name / "model.safetensors", weights_file(tensors));
    if (!config.empty()) write_file(folder_ / name / "config.json", config);
  }

  /// Models `base`, `a` and `b` of three layers each.
  void add_usual() const {
    for (const char* name : {"base", "a", "b"}) add(name, tiny_tensors(3));
  }

  std::filesystem::path operator/(const std::string& name) const { return folder_ / name; }

  merge_plan plan(const std::string& yaml, bool allow_crimes = false,
                  shape_policy shapes = shape_policy::error) const {
    const plan_options options{.search = {folder_.path(), {}, {}},
                               .allow_crimes = allow_crimes,
                               .truncate_embeddings = truncate_embeddings,
                               .shapes = shapes,
                               .config_file = "merge.yml"};
    const node document = load_yaml(yaml, "merge.yml");
    if (is_mlx_config(document)) {
      return plan_mlx(read_struct<mlx_config>(document), describe_methods(mlx_method_list),
                      options);
    }
    return plan_merge(read_struct<merge_config>(document), describe_methods(method_list), options);
  }

  /// The text of the failure that planning ends in, with the models' folder left out.
  std::string refusal(const std::string& yaml) const {
    try {
      plan(yaml);
    } catch (const failure& problem) {
      std::string text = problem.what();
      const std::string place = folder_.path().string() + '/';
      for (std::size_t at = text.find(place); at != std::string::npos; at = text.find(place)) {
        text.erase(at, place.size());
      }
      return text;
    }
    return "it was planned";
  }

  bool truncate_embeddings = false;

 private:
  temporary_folder folder_;
};

/// The planned tensor of that name; throws where there is none.
inline const planned_tensor& tensor_named(const merge_plan& plan, const std::string& name) {
  for (const planned_tensor& tensor : plan.tensors) {
    if (tensor.name == name) return tensor;
  }
  throw failure(diagnostic{.what = "no planned tensor " + name});
}

inline double value_of(const std::vector<parameter_value>& parameters, const std::string& name) {
  for (const parameter_value& parameter : parameters) {
    if (parameter.name == name) return parameter.value.value();
  }
  throw failure(diagnostic{.what = "no parameter " + name});
}

/// `base/model.norm.weight` for each source of a tensor, the base first.
inline std::vector<std::string> sources_of(const merge_plan& plan, const std::string& name) {
  const planned_tensor& tensor = tensor_named(plan, name);
  std::vector<std::string> list;
  const auto add = [&](const planned_source& source) {
    list.push_back(plan.models[source.model].name + '/' + source.tensor->name);
  };
  if (tensor.base) add(*tensor.base);
  for (const planned_source& input : tensor.inputs) add(input);
  return list;
}

}  // namespace tensormerge::test
