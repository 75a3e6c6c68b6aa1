#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <boost/hana/tuple.hpp>
#include <gtest/gtest.h>

#include <tensormerge/config/load_config.hpp>
#include <tensormerge/document/load_yaml.hpp>
#include <tensormerge/engine/write_model.hpp>
#include <tensormerge/method/linear.hpp>
#include <tensormerge/method/passthrough.hpp>
#include <tensormerge/plan/plan_merge.hpp>
#include <tensormerge/plan/print_plan.hpp>

#include "../checkpoint/gguf/gguf_bytes.hpp"

namespace tensormerge {
namespace {

/// Two models of two layers, of which every kind of element is stored in another format.
class merge_gguf : public ::testing::Test {
 protected:
  merge_gguf() {
    for (const char* name : {"a", "b"}) {
      std::vector<test::filled_tensor> tensors;
      const float scale = name[0] == 'a' ? 1 : -0.5f;
      for (const char* layer : {"blk.0.", "blk.1."}) {
        for (const block_format format : gguf_block_formats) {
          const std::string tensor = layer + std::string(to_string(format));
          tensors.push_back(filled(tensor, {3, 512}, format, scale));
        }
        tensors.push_back(filled(std::string(layer) + "norm.weight", {8}, {}, scale));
      }
      tensors.push_back(filled("token_embd.weight", {5, 32}, block_format::q8_0, scale));
      test::write_file(folder_.path() / (std::string(name) + ".gguf"),
                       test::gguf_bytes(test::llama_metadata(2), tensors));
    }
  }

  static test::filled_tensor filled(std::string name, shape dims,
                                    std::optional<block_format> format, float scale) {
    std::vector<float> values(dims.elements());
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = scale * std::sin(static_cast<float>(i * i % 1009));
    }
    return {{std::move(name), dtype::float32, std::move(dims), format}, std::move(values)};
  }

  /// Merges as the text says, into `out` anew. Returns the plan's print.
  std::string merge(const std::string& text, const run_options& run = {}) {
    return merge(text, out(), run);
  }

  std::string merge(const std::string& text, const std::filesystem::path& output,
                    const run_options& run = {}) {
    const method_table methods = make_method_table(boost::hana::tuple_t<linear, passthrough>);
    const plan_options options{.search = {.models_dir = folder_.path()}};
    const merge_plan plan = plan_merge(read_merge_config(load_yaml(text, "c")),
                                       describe_methods(methods), options);
    progress state;
    write_model(plan, methods, output, {.run = run, .outlives = durability::power_loss}, state);
    return print_plan(plan);
  }

  std::filesystem::path out() const { return folder_.path() / "out"; }

  static std::vector<float> values_of(const checkpoint& weights, const std::string& name) {
    const tensor_entry& tensor = *weights.find(name);
    std::vector<float> values(tensor.dims.elements());
    tensor_reader(weights).read(tensor, 0, std::as_writable_bytes(std::span(values)));
    return values;
  }

  test::temporary_folder folder_;
};

constexpr const char* mean_of_gguf =
    "merge_method: linear\n"
    "models:\n"
    "  - {model: a.gguf, parameters: {weight: 0.5}}\n"
    "  - {model: b.gguf, parameters: {weight: 0.5}}\n";

TEST_F(merge_gguf, computes_with_decoded_elements_and_keeps_types_and_metadata) {
  const std::string print = merge(mean_of_gguf);
  EXPECT_TRUE(test::contains(print, "`blk.0.Q4_K` Q4_K [3, 512], 864 bytes"));
  const model_folder merged = model_folder::open(out());
  gguf_metadata expected_keys = test::llama_metadata(2);
  expected_keys.set_number("general.quantization_version", 2);
  EXPECT_EQ(merged.gguf->entries(), expected_keys.entries());
  const checkpoint a = checkpoint::open(folder_.path() / "a.gguf");
  const checkpoint b = checkpoint::open(folder_.path() / "b.gguf");
  for (const tensor_entry& tensor : merged.weights.tensors()) {
    EXPECT_EQ(tensor.packing, a.find(tensor.name)->packing);
    const std::vector<float> of_a = values_of(a, tensor.name), of_b = values_of(b, tensor.name);
    std::vector<float> expected(of_a.size());
    for (std::size_t i = 0; i < of_a.size(); ++i) {
      expected[i] = static_cast<float>((static_cast<double>(of_a[i]) + of_b[i]) / 2);
    }
    if (tensor.packing) {
      std::vector<std::byte> packed(packed_bytes(*tensor.packing, expected.size()));
      encode_blocks(*tensor.packing, expected, packed);
      decode_blocks(*tensor.packing, packed, expected);
    }
    EXPECT_EQ(values_of(merged.weights, tensor.name), expected) << tensor.name;
  }
}

TEST_F(merge_gguf, gives_the_same_bytes_for_any_threads_and_ranges) {
  merge(mean_of_gguf);
  const std::string expected = test::read_file(out() / "model.gguf");
  for (const unsigned threads : {1u, 3u}) {
    for (const std::uint64_t range : {std::uint64_t{100}, std::uint64_t{5000}}) {
      merge(mean_of_gguf, {.threads = threads, .range_bytes = range});
      EXPECT_EQ(test::read_file(out() / "model.gguf"), expected);
    }
  }
}

TEST_F(merge_gguf, copies_the_blocks_of_layers_that_are_stacked_as_they_are) {
  merge("merge_method: passthrough\n"
        "slices:\n"
        "  - sources: [{model: a.gguf, layer_range: [0, 2]}]\n"
        "  - sources: [{model: b.gguf, layer_range: [1, 2]}]\n");
  const model_folder merged = model_folder::open(out());
  EXPECT_EQ(merged.gguf->whole_number("llama.block_count"), 3u);
  const auto bytes_of = [](const std::filesystem::path& file, const std::string& name) {
    for (const gguf_tensor& tensor : read_gguf_header(file).tensors) {
      if (tensor.name == name) return test::read_file(file).substr(tensor.offset, tensor.bytes);
    }
    return std::string();
  };
  for (const char* kind : {"Q4_K", "Q6_K", "Q4_0", "norm.weight"}) {
    EXPECT_EQ(bytes_of(out() / "model.gguf", std::string("blk.2.") + kind),
              bytes_of(folder_.path() / "b.gguf", std::string("blk.1.") + kind));
  }
}

TEST_F(merge_gguf, writes_a_type_of_floats_that_is_asked_for) {
  merge(std::string(mean_of_gguf) + "dtype: float16\n");
  const checkpoint merged = checkpoint::open(out());
  EXPECT_EQ(merged.find("blk.1.Q6_K")->type, dtype::float16);
  EXPECT_EQ(merged.find("blk.1.Q6_K")->packing, std::nullopt);
  EXPECT_EQ(merged.find("blk.1.norm.weight")->type, dtype::float32);
}

TEST_F(merge_gguf, fails_where_a_scale_overflows) {
  std::vector<test::filled_tensor> tensors{
      {{"blk.0.x", dtype::float32, {1, 32}, block_format::q8_0}, std::vector<float>(32, 8e6f)}};
  test::write_file(folder_.path() / "c.gguf",
                   test::gguf_bytes(test::llama_metadata(1), tensors));
  const std::string message = test::message_of([&] {
    merge("merge_method: linear\n"
          "parameters: {normalize: false}\n"
          "models: [{model: c.gguf, parameters: {weight: 2}}]\n",
          out().replace_extension(".gguf"));
  });
  EXPECT_TRUE(test::contains(message, "values that Q8_0 holds"));
  EXPECT_EQ(test::names_in(folder_.path()),
            (std::vector<std::string>{"a.gguf", "b.gguf", "c.gguf"}));
}

TEST_F(merge_gguf, writes_a_single_file_and_leaves_folders_of_others_alone) {
  merge(mean_of_gguf);
  const std::filesystem::path file = folder_.path() / "new" / "x.gguf";
  for (const char* folder : {"x.gguf.folder", "x.gguf.partial"}) {
    test::write_file(file.parent_path() / folder / "model.gguf", "mine");
  }
  test::write_file(file, "old");
  merge(mean_of_gguf, file);
  EXPECT_EQ(test::read_file(file), test::read_file(out() / "model.gguf"));
  EXPECT_EQ(test::names_in(file.parent_path()),
            (std::vector<std::string>{"x.gguf", "x.gguf.folder", "x.gguf.partial"}));
  EXPECT_EQ(test::read_file(file.parent_path() / "x.gguf.folder" / "model.gguf"), "mine");
  EXPECT_EQ(test::read_file(file.parent_path() / "x.gguf.partial" / "model.gguf"), "mine");
}

TEST_F(merge_gguf, does_not_replace_a_file_that_it_reads) {
  const std::string before = test::read_file(folder_.path() / "b.gguf");
  EXPECT_THROW(merge(mean_of_gguf, folder_.path() / "b.gguf"), failure);
  EXPECT_EQ(test::read_file(folder_.path() / "b.gguf"), before);
}

}  // namespace
}  // namespace tensormerge
