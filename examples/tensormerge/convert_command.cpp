#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include <tensormerge/checkpoint/find_model.hpp>
#include <tensormerge/checkpoint/mlx_quantisation.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/dtype/block/block_format.hpp>
#include <tensormerge/plan/plan_conversion.hpp>

#include "commands.hpp"
#include "merge_options.hpp"
#include "method_tables.hpp"

namespace {

struct convert_options : merge_options {
  std::string layout;
  std::string type;
  bool is_quantised = false;
  tensormerge::mlx_settings quantisation{.bits = 4, .group = 64};

  tensormerge::conversion_request request() const {
    tensormerge::conversion_request asked{.layout = asked_layout()};
    if (is_quantised) asked.quantisation = quantisation;
    if (type.empty()) return asked;
    const bool to_gguf = asked.layout == tensormerge::weights_layout::gguf;
    asked.packing = tensormerge::block_format_named(type);
    asked.type = tensormerge::dtype_named(type);
    if (!asked.type) asked.type = tensormerge::dtype_from_safetensors(type);
    const bool is_known = asked.packing || (asked.type && tensormerge::is_float(*asked.type));
    if (is_known && (to_gguf || !asked.packing)) return asked;
    const bool to_torch = asked.layout == tensormerge::weights_layout::torch;
    throw tensormerge::failure(tensormerge::diagnostic{
        .path = "--type",
        .what = std::string("is no type of ") +
                (to_gguf ? "GGUF" : to_torch ? "torch" : "safetensors") + " files",
        .expected = to_gguf ? tensormerge::supported_gguf_types()
                            : "float16, bfloat16, float32, float64, float8_e4m3fn or float8_e5m2",
        .found = tensormerge::quoted_name(type)});
  }

 private:
  tensormerge::weights_layout asked_layout() const {
    using tensormerge::weights_layout;
    weights_layout asked = weights_layout::safetensors;
    if (layout.empty() && output.extension() == ".gguf") asked = weights_layout::gguf;
    else if (layout.empty() && is_quantised) asked = weights_layout::mlx;
    else if (layout == "mlx") asked = weights_layout::mlx;
    else if (layout == "torch") asked = weights_layout::torch;
    else if (layout == "gguf") asked = weights_layout::gguf;
    if (!is_quantised || asked == weights_layout::mlx) return asked;
    throw tensormerge::failure(tensormerge::diagnostic{
        .path = "--quantize",
        .what = "is for the layout of MLX",
        .expected = "--to mlx",
        .found = asked == weights_layout::gguf ? "gguf" : layout,
        .hint = asked == weights_layout::gguf ? "blocks of GGUF are types, --type Q8_0 perhaps"
                                              : "leave one of them out"});
  }
};

void convert(convert_options& options) {
  const tensormerge::model_search search{options.models_dir, {}, {}};
  const std::string name = options.config.string();
  const auto place = tensormerge::find_model(name, "", search);
  if (!place) throw tensormerge::failure(tensormerge::model_not_found(name, "", search));
  carry_out(tensormerge::plan_conversion(tensormerge::model_folder::open(*place),
                                         options.request()),
            merge_methods(), options);
}

}  // namespace

void add_convert_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("convert", "Convert a model between safetensors, torch, GGUF and MLX");
  const auto options = std::make_shared<convert_options>();
  command->add_option("IN", options->config, "The model: a folder or a file of weights")
      ->required();
  command
      ->add_option("OUT", options->output,
                   "Folder to write the model to, or a file that ends in .gguf")
      ->required();
  command
      ->add_option("--to", options->layout,
                   "The layout to write: safetensors (the default), torch (pytorch_model.bin), mlx "
                   "or gguf (the default where OUT ends in .gguf)")
      ->check(CLI::IsMember({"safetensors", "torch", "mlx", "gguf"}));
  command->add_option("--type", options->type,
                      "The type to write: float16, bfloat16, ..., in GGUF files also Q8_0, Q4_K, "
                      "...; each tensor's own where it is not given");
  CLI::Option* quantize = command->add_flag("-q,--quantize", options->is_quantised,
                                            "Quantise linear layers and embeddings as MLX does");
  command
      ->add_option("--q-bits", options->quantisation.bits,
                   "Bits of each quantised number: 4 (the default) or 8")
      ->needs(quantize);
  command
      ->add_option("--q-group-size", options->quantisation.group,
                   "Elements that share a scale and a bias: 32, 64 (the default) or 128")
      ->needs(quantize);
  options->add_to(*command);
  options->add_shard_size_to(*command);
  command->callback([options] { convert(*options); });
}
