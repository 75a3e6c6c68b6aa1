#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <unistd.h>

#include <tensormerge/checkpoint/model_writer.hpp>
#include <tensormerge/dtype/convert.hpp>
#include <tensormerge/dtype/dispatch.hpp>
#include <tensormerge/plan/merge_plan.hpp>

namespace tensormerge::testing {

/// A folder of its own that is removed with the object.
class temporary_folder {
 public:
  temporary_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "tensormerge-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~temporary_folder() { std::filesystem::remove_all(path_); }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// Values with few significant bits, so that equal magnitudes are common, as in bfloat16 models.
inline std::vector<float> coarse_values(std::size_t count, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(static_cast<int>(random() % 129) - 64) / 32;
  return values;
}

template <class Storage>
std::vector<std::byte> stored(const std::vector<float>& values) {
  std::vector<Storage> elements(values.size());
  store_tile(values.data(), elements.data(), values.size());
  const auto bytes = std::as_bytes(std::span(elements));
  return {bytes.begin(), bytes.end()};
}

/// Writes a model of these tensors and opens it; every tensor has the dtype of Storage.
template <class Storage>
planned_model make_model(const std::filesystem::path& folder,
                         const std::vector<std::pair<output_tensor, std::vector<float>>>& tensors) {
  std::vector<output_tensor> outputs;
  for (const auto& [tensor, values] : tensors) outputs.push_back(tensor);
  model_writer writer(folder, outputs);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    writer.write(i, 0, stored<Storage>(tensors[i].second));
  }
  writer.add_file("config.json", R"({"model_type": "test", "num_hidden_layers": 1})");
  writer.commit(durability::program_end);
  return {folder.filename().string(), model_folder::open(folder)};
}

inline planned_source source_of(const merge_plan& plan, std::size_t model, const std::string& name,
                                std::vector<parameter_value> parameters = {}) {
  const checkpoint& weights = plan.models[model].folder.weights;
  return {model, weights.share(*weights.find(name)), std::move(parameters)};
}

inline std::string file_content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace tensormerge::testing
