// Merges fine-tunes of one model by TIES in bfloat16, and can do nothing else: method, type and
// parameters are known when it is compiled.

#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <tensormerge/checkpoint/checkpoint.hpp>
#include <tensormerge/checkpoint/model_writer.hpp>
#include <tensormerge/checkpoint/side_files.hpp>
#include <tensormerge/checkpoint/tensor_reader.hpp>
#include <tensormerge/dtype/dispatch.hpp>
#include <tensormerge/merge.hpp>
#include <tensormerge/method/ties.hpp>

using namespace tensormerge;

using method = ties;
using storage = bfloat16;
constexpr method::parameters for_the_merge{.lambda = 0.5};
constexpr method::input_parameters for_each_model{.weight = 1, .density = 0.8};

struct model {
  explicit model(const std::filesystem::path& folder)
      : weights(checkpoint::open(folder)), reader(weights) {}

  /// The elements of the tensor that is called and shaped like `wanted`.
  std::vector<storage> read(const tensor_entry& wanted) const {
    const tensor_entry* found = weights.find(wanted.name);
    if (found == nullptr || found->type != dtype_of<storage> || found->dims != wanted.dims) {
      throw failure(diagnostic{.file = weights.files().front().string(),
                               .path = wanted.name,
                               .what = "no such tensor of bfloat16, shaped as in the base"});
    }
    std::vector<storage> elements(static_cast<std::size_t>(found->dims.elements()));
    reader.read(*found, 0, std::as_writable_bytes(std::span(elements)));
    return elements;
  }

  checkpoint weights;
  tensor_reader reader;
};

void merge_models(const std::filesystem::path& output, std::span<char* const> folders) {
  const std::filesystem::path base_folder = folders.front();
  const std::vector<model> models(folders.begin(), folders.end());
  const std::vector<tensor_entry>& tensors = models.front().weights.tensors();
  const std::vector<method::input_parameters> inputs(models.size() - 1, for_each_model);

  std::vector<output_tensor> outputs;
  for (const tensor_entry& tensor : tensors) {
    outputs.push_back({tensor.name, dtype_of<storage>, tensor.dims});
  }
  model_writer writer(output, outputs);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    std::vector<std::vector<storage>> loaded;
    std::vector<const storage*> pointers;
    for (const model& each : models) {
      loaded.push_back(each.read(tensors[i]));
      pointers.push_back(loaded.back().data());
    }
    std::vector<storage> out(loaded.front().size());
    const shape& dims = tensors[i].dims;
    const merge_tensors<storage> task{.out = out.data(),
                                      .base = pointers.front(),
                                      .inputs = std::span(pointers).subspan(1),
                                      .facts = {.elements = dims.elements(),
                                                .row_length = dims.row_length(),
                                                .column_length = dims.column_length(),
                                                .axes = dims.extents.size()}};
    std::vector<std::byte> memory(
        merge_scratch_bytes<method, storage>(for_the_merge, inputs.size(), task.facts));
    if (const char* problem = merge<method>(task, for_the_merge, inputs, memory)) {
      throw failure(diagnostic{.path = tensors[i].name, .what = problem});
    }
    writer.write(i, 0, std::as_bytes(std::span(out)));
  }
  writer.copy_file(base_folder / "config.json", "config.json");
  for (const side_file& file : side_files(base_folder, {})) writer.copy_file(file.from, file.name);
  writer.commit();
}

int main(int count, char** words) try {
  if (count < 4) {
    std::fputs("Usage: ties_bfloat16 OUT BASE MODEL...\n", stderr);
    return 2;
  }
  merge_models(words[1], std::span(words + 2, words + count));
} catch (const failure& problem) {
  std::fprintf(stderr, "%s\n", problem.what());
  return 1;
}
