#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include <tensormerge/checkpoint/find_model.hpp>
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

  tensormerge::conversion_request request() const {
    using tensormerge::weights_layout;
    tensormerge::conversion_request asked;
    const bool to_gguf = layout.empty() ? output.extension() == ".gguf" : layout == "gguf";
    if (to_gguf) asked.layout = weights_layout::gguf;
    if (layout == "torch") asked.layout = weights_layout::torch;
    if (type.empty()) return asked;
    asked.packing = tensormerge::block_format_named(type);
    asked.type = tensormerge::dtype_named(type);
    if (!asked.type) asked.type = tensormerge::dtype_from_safetensors(type);
    const bool is_known = asked.packing || (asked.type && tensormerge::is_float(*asked.type));
    if (is_known && (to_gguf || !asked.packing)) return asked;
    throw tensormerge::failure(tensormerge::diagnostic{
        .path = "--type",
        .what = "is no type of " +
                std::string(to_gguf ? "GGUF" : layout.empty() ? "safetensors" : layout.c_str()) +
                " files",
        .expected = to_gguf ? tensormerge::supported_gguf_types()
                            : "float16, bfloat16, float32, float64, float8_e4m3fn or float8_e5m2",
        .found = tensormerge::quoted_name(type)});
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
      app.add_subcommand("convert", "Convert a model between safetensors, torch and GGUF files");
  const auto options = std::make_shared<convert_options>();
  command->add_option("IN", options->config, "The model: a folder or a file of weights")
      ->required();
  command
      ->add_option("OUT", options->output,
                   "Folder to write the model to, or a file that ends in .gguf")
      ->required();
  command
      ->add_option("--to", options->layout,
                   "The files to write: safetensors (the default), torch (pytorch_model.bin), or gguf "
                   "(where OUT ends in .gguf it is not needed)")
      ->check(CLI::IsMember({"safetensors", "torch", "gguf"}));
  command->add_option("--type", options->type,
                      "The type to write: float16, bfloat16, ..., in GGUF files also Q8_0, Q4_K, "
                      "...; each tensor's own where it is not given");
  options->add_to(*command);
  options->add_shard_size_to(*command);
  command->callback([options] { convert(*options); });
}
