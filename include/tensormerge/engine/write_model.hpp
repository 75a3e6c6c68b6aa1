#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/gguf/lay_out_gguf.hpp>
#include <tensormerge/checkpoint/model_writer.hpp>
#include <tensormerge/checkpoint/output_config.hpp>
#include <tensormerge/checkpoint/shard_layout.hpp>
#include <tensormerge/checkpoint/side_files.hpp>
#include <tensormerge/checkpoint/torch/lay_out_torch.hpp>
#include <tensormerge/checkpoint/write_journal.hpp>
#include <tensormerge/document/node.hpp>
#include <tensormerge/document/write_json.hpp>
#include <tensormerge/engine/check_output.hpp>
#include <tensormerge/engine/method_table.hpp>
#include <tensormerge/engine/progress.hpp>
#include <tensormerge/engine/run_memory.hpp>
#include <tensormerge/engine/run_merge.hpp>
#include <tensormerge/engine/run_purpose.hpp>
#include <tensormerge/error/failure.hpp>
#include <tensormerge/plan/merge_plan.hpp>

namespace tensormerge {

/// How a merged model is written.
struct write_options {
  run_options run;
  std::uint64_t shard_bytes = default_shard_bytes;
  /// Whether nothing but weights is written, as a plain checkpoint.
  bool only_weights = false;
  /// Whether the donor's tokenizer files and generation settings are carried over.
  bool copy_tokenizer = true;
  /// Go on where a run that was killed at the same merge stopped, instead of beginning anew.
  bool resume = false;
  durability outlives = durability::program_end;
  /// Files of text that are put beside the weights, a model card perhaps, by name.
  std::vector<std::pair<std::string, std::string>> notes{};
};

namespace detail {

inline void add_side_files(const merge_plan& plan, bool copy_tokenizer, model_writer& writer) {
  const bool with_tokenizer = copy_tokenizer || plan.makes_tokenizer;
  const auto is_replaced = [&](const std::string& name) {
    if (!with_tokenizer) return false;
    return std::any_of(plan.made_files.begin(), plan.made_files.end(),
                       [&name](const made_file& file) { return file.name == name; }) ||
           std::find(plan.dropped_files.begin(), plan.dropped_files.end(), name) !=
               plan.dropped_files.end();
  };
  const auto copy = [&](const planned_model& model, auto&& wanted) {
    for (const side_file& file : side_files(model.folder.path, model.folder.config)) {
      if (wanted(file.kind) && !is_replaced(file.name)) writer.copy_file(file.from, file.name);
    }
  };
  copy(plan.models[plan.donor], [copy_tokenizer](side_file_kind kind) {
    return kind == side_file_kind::generation ? copy_tokenizer : kind != side_file_kind::tokenizer;
  });
  copy(plan.models[plan.tokenizer_donor], [with_tokenizer](side_file_kind kind) {
    return with_tokenizer && kind == side_file_kind::tokenizer;
  });
  if (!with_tokenizer) return;
  for (const made_file& file : plan.made_files) writer.add_file(file.name, file.text);
}

/// Throws where the output is a folder or file that is read, since inputs would be replaced.
inline void check_output_is_no_input(const merge_plan& plan, const std::filesystem::path& output) {
  for (const planned_model& model : plan.models) {
    const auto is_output = [&output](const std::filesystem::path& folder) {
      std::error_code error;
      return std::filesystem::equivalent(folder, output, error) && !error;
    };
    const std::vector<std::filesystem::path>& files = model.folder.weights.files();
    const bool holds_weights = std::any_of(files.begin(), files.end(), [&](const auto& file) {
      return is_output(file.parent_path()) || is_output(file);
    });
    if (!holds_weights && !is_output(model.folder.path)) continue;
    throw failure(diagnostic{.file = output.string(),
                             .what = "the output is the model " + model.name,
                             .expected = "a folder or file that the merge does not read",
                             .hint = "choose another output"});
  }
}

inline shard_layout lay_out(const merge_plan& plan, std::uint64_t shard_bytes) {
  const std::vector<output_tensor> tensors = outputs_of(plan);
  if (plan.gguf) return lay_out_gguf(tensors, *plan.gguf);
  if (plan.layout == weights_layout::torch) return lay_out_torch(tensors, shard_bytes);
  const char* format = plan.layout == weights_layout::mlx ? "mlx" : "pt";
  return lay_out_shards(tensors, {{"format", format}}, shard_bytes);
}

/// Writes the output as a folder, or as a single file with nothing beside it.
inline void write_output(const merge_plan& plan, const method_table& methods,
                         const std::filesystem::path& output, output_form form,
                         const write_options& options, progress& state) {
  model_writer writer(output, lay_out(plan, options.shard_bytes),
                      options.resume ? leftover_weights::kept : leftover_weights::removed, form);
  const write_journal journal(writer.journal(),
                              run_purpose(plan, options.run.arithmetic, options.run.cast_to,
                                          options.run.random_seed));
  const node& donor_config = plan.models[plan.donor].folder.config;
  const bool is_alone = form == output_form::file || options.only_weights;
  if (donor_config.is_mapping() && !is_alone && !plan.gguf) {
    config_changes changes{.type = plan.config_dtype,
                           .vocabulary_size = plan.vocabulary_size,
                           .tied_embeddings = plan.tied_embeddings,
                           .drops_quantisation = plan.drops_quantisation,
                           .quantisation = plan.quantisation};
    for (const planned_stack& stack : plan.stacks) {
      auto& [prefix, layers] = changes.stacks.emplace_back();
      prefix = stack.prefix;
      for (const planned_layer& each : stack.layers) {
        layers.push_back({&plan.models[each.model].folder.config, each.layer});
      }
    }
    writer.add_file("config.json", write_json(output_config(donor_config, changes)));
  }
  if (!is_alone) add_side_files(plan, options.copy_tokenizer, writer);
  if (form == output_form::folder) {
    for (const auto& [name, text] : options.notes) writer.add_file(name, text);
  }
  run_options run = options.run;
  run.journal = &journal;
  give_back_freed_memory();  // of what planning and laying out took
  run_merge(plan, methods, writer, run, state);
  check_output(writer.partial_path(), outputs_of(plan));
  writer.commit(options.outlives);
}

/// The form that the output has: an `output` that ends in .gguf is the file itself. Throws where
/// there would be no GGUF file.
inline output_form form_of(const merge_plan& plan, const std::filesystem::path& output) {
  std::error_code error;
  if (output.extension() != ".gguf") return output_form::folder;
  if (!plan.gguf) {
    throw failure(diagnostic{.file = output.string(),
                             .what = "the output is no GGUF file",
                             .expected = "a folder, since the model whose configuration it gets is "
                                         "none",
                             .hint = "merge into a folder, then `tensormerge convert` it"});
  }
  return std::filesystem::is_directory(output, error) ? output_form::folder : output_form::file;
}

}  // namespace detail

/// Carries out a plan and writes the model folder: weights, config.json (not beside a GGUF file,
/// which says that itself) and the files that belong to them. What was written is checked; `output`
/// appears complete or not at all. An `output` that ends in .gguf is the file itself, which the plan
/// must make then; it replaces a file of that name, and goes into a folder of that name.
/// Throws failure.
inline void write_model(const merge_plan& plan, const method_table& methods,
                        const std::filesystem::path& output, const write_options& options,
                        progress& state) {
  detail::check_output_is_no_input(plan, output);
  detail::write_output(plan, methods, output, detail::form_of(plan, output), options, state);
}

}  // namespace tensormerge
