#include <tensormerge/merge.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <engine/llama.hpp>
#include <tensormerge/dtype/bfloat16.hpp>
#include <tensormerge/dtype/float16.hpp>
#include <tensormerge/method/ties.hpp>

#include "../checkpoint/temporary_folder.hpp"
#include "example_models.hpp"
#include "llama_cpp.hpp"

namespace tensormerge {
namespace {

constexpr ties_parameters shared{.lambda = 0.5};
constexpr ties_input_parameters inputs[] = {{.weight = 1, .density = 0.8},
                                            {.weight = 0.7, .density = 0.8}};
/// The same for the program.
constexpr const char* configuration = R"(merge_method: ties
base_model: prose-base.gguf
models:
  - {model: python-ft.gguf, parameters: {weight: 1, density: 0.8}}
  - {model: c-ft.gguf, parameters: {weight: 0.7, density: 0.8}}
parameters: {lambda: 0.5}
)";

template <class Storage>
std::span<const Storage> elements(const ggml_tensor& tensor) {
  return {static_cast<const Storage*>(tensor.data),
          static_cast<std::size_t>(ggml_nelements(&tensor))};
}

template <class Storage>
const char* merge_elements(ggml_tensor& out, const ggml_tensor& base, const ggml_tensor& first,
                           const ggml_tensor& second) {
  const std::span<const Storage> models[] = {elements<Storage>(first), elements<Storage>(second)};
  const tensor_facts facts = matrix_facts(static_cast<std::uint64_t>(ggml_nrows(&out)),
                                          static_cast<std::uint64_t>(out.ne[0]));
  std::vector<std::byte> memory(merge_scratch_bytes<ties, Storage>(shared, 2, facts));
  return merge<ties, Storage>({static_cast<Storage*>(out.data), elements<Storage>(out).size()},
                              elements<Storage>(base), models, shared, inputs, facts, memory);
}

/// A base and two fine-tunes, as ggml has read them.
struct merge_sources {
  test::ggml_file base, first, second;
  const char* problem = nullptr;  // the last, where there was one
};

/// Fills a tensor of a model that llama.cpp makes.
void set_tensor(ggml_tensor* tensor, void* from) {
  auto& sources = *static_cast<merge_sources*>(from);
  const ggml_tensor* base = sources.base.find(tensor->name);
  if (base == nullptr) {
    // llama.cpp also makes what such models may have beside: biases, and factors.
    const bool is_bias = std::string_view(tensor->name).ends_with(".bias");
    auto* values = static_cast<float*>(tensor->data);
    std::fill(values, values + ggml_nelements(tensor), is_bias ? 0.0f : 1.0f);
    return;
  }
  const ggml_tensor& first = *sources.first.find(tensor->name);
  const ggml_tensor& second = *sources.second.find(tensor->name);
  const char* problem = "another type";
  if (tensor->type == GGML_TYPE_F32) {
    problem = merge_elements<float>(*tensor, *base, first, second);
  } else if (tensor->type == GGML_TYPE_F16) {
    problem = merge_elements<float16>(*tensor, *base, first, second);
  } else if (tensor->type == GGML_TYPE_BF16) {
    problem = merge_elements<bfloat16>(*tensor, *base, first, second);
  }
  if (problem != nullptr) sources.problem = problem;
}

class merge_in_llama_cpp : public ::testing::Test {
 protected:
  /// Makes a GGUF file of each model, with matrices of this type.
  void convert_models(const std::string& type) const {
    for (const char* name : {"prose-base", "python-ft", "c-ft"}) {
      test::convert(test::example_models() / name, file(name), type);
    }
  }

  std::filesystem::path file(const std::string& name) const { return folder_ / (name + ".gguf"); }

  /// Merges the files with the program into another.
  std::filesystem::path merge_files() const {
    test::write_file(folder_ / "merge.yml", configuration);
    test::run_program("merge", folder_ / "merge.yml", file("merged"),
                      "--models-dir '" + folder_.path().string() + "'");
    return file("merged");
  }

  /// A model of llama.cpp whose tensors our core merges while it loads.
  test::llama_cpp_pointer<llama_model> merge_tensors() const {
    merge_sources sources{test::ggml_file(file("prose-base")), test::ggml_file(file("python-ft")),
                          test::ggml_file(file("c-ft"))};
    test::report_problems_only();
    test::llama_cpp_pointer<llama_model> model(
        llama_model_init_from_user(sources.base.metadata.get(), set_tensor, &sources,
                                   llama_model_default_params()));
    if (sources.problem != nullptr) throw std::runtime_error(sources.problem);
    if (!model) throw std::runtime_error("llama.cpp cannot make the model");
    return model;
  }

  test::temporary_folder folder_;
};

TEST_F(merge_in_llama_cpp, while_it_loads_gives_the_logits_of_the_merged_file) {
  for (const char* type : {"float32", "float16", "bfloat16"}) {
    convert_models(type);
    const auto in_memory = merge_tensors();
    const auto from_file = test::load(merge_files());
    for (const engine::text& text : test::heldout_texts()) {
      const std::span ids = test::beginning(text);
      EXPECT_TRUE(test::logits(*in_memory, ids) == test::logits(*from_file, ids))
          << type << ", " << text.domain;
    }
  }
}

TEST_F(merge_in_llama_cpp, while_it_loads_gives_our_logits_of_the_merged_file) {
  convert_models("float32");
  const auto theirs = merge_tensors();
  const engine::llama ours =
      engine::llama::load(test::convert(merge_files(), folder_ / "merged", "float32"));
  EXPECT_LT(test::greatest_difference(*theirs, ours), 1e-4f);
}

}  // namespace
}  // namespace tensormerge
