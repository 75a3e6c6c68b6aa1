#include "mergekit_options.hpp"

#include <cstdio>
#include <string>

#include <CLI/CLI.hpp>

#include <tensormerge/plan/weights_layout.hpp>

#include "method_tables.hpp"

void mergekit_options::add_to(CLI::App& command) {
  merge_options::add_to(command);
  command
      .add_option_function<std::string>(
          "--numerics",
          [this](const std::string& name) {
            write.run.arithmetic = name == "exact" ? tensormerge::numerics::exact
                                                   : tensormerge::numerics::mergekit;
          },
          "exact (the default): round once; mergekit: round as mergekit does, to reproduce its "
          "merges")
      ->check(CLI::IsMember({"exact", "mergekit"}));
  command.add_flag("-v", verbosity, "Say more: -vv shows the plan");
  command.add_flag("--allow-crimes,!--no-allow-crimes", allow_crimes,
                   "Merge models of different architectures");
  command.add_flag("--unsafe-truncate-embeddings,!--no-unsafe-truncate-embeddings",
                   truncate_embeddings,
                   "Cut vocabularies of different sizes to the smallest one");
  command.add_option("--transformers-cache", transformers_cache,
                     "Hugging Face cache to look for models in");
  add_shard_size_to(command);
  command.add_flag("--copy-tokenizer,!--no-copy-tokenizer", write.copy_tokenizer,
                   "Copy tokenizer and generation settings (the default)");
  command.add_flag("--write-model-card,!--no-write-model-card", write_model_card,
                   "Write README.md and mergekit_config.yml (the default)");
  command.add_flag("--safe-serialization,!--no-safe-serialization", safe_serialization,
                   "Write safetensors (the default) instead of files of torch");
  const std::string group = "Accepted without effect";
  const auto flag = [&](const std::string& name, const char* reason, bool always_said = false) {
    without_effect& option = without_effect_.emplace_back();
    option.name = name;
    option.reason = reason;
    option.always_said = always_said;
    command.add_flag(name + ",!--no-" + name.substr(2), option.given)->group(group);
  };
  const auto text = [&](const std::string& name, const char* reason) {
    without_effect& option = without_effect_.emplace_back();
    option.name = name;
    option.reason = reason;
    command.add_option(name, option.value)->group(group);
  };
  const char* cpu = "everything is computed on the CPU";
  flag("--cuda", cpu, true);
  text("--device", cpu);
  flag("--low-cpu-memory", cpu, true);
  flag("--read-to-gpu", cpu, true);
  flag("--multi-gpu", cpu, true);
  flag("--gpu-rich", cpu, true);
  flag("--cpu-only", "it is always so");
  const char* lazily = "adapters are applied while tensors are read, in the wider type";
  text("--lora-merge-cache", lazily);
  text("--lora-merge-dtype", lazily);
  flag("--lazy-unpickle", "tensors are always read one by one");
  flag("--async-write", "all threads write as they compute");
  text("--write-threads", "all threads write as they compute");
  flag("--clone-tensors", "a layer may always occur several times");
  flag("--trust-remote-code", "no code of a model is ever run");
}

void mergekit_options::finish() {
  for (const without_effect& option : without_effect_) {
    const bool other_device = option.name == "--device" && !option.value.empty() &&
                              option.value != "cpu" && option.value != "auto";
    const bool is_given = option.given || !option.value.empty();
    const bool is_said = option.always_said || other_device || verbosity > 0;
    if (!is_given || !is_said) continue;
    std::fprintf(stderr, "note: %s has no effect: %s\n", option.name.c_str(),
                 option.reason.c_str());
  }
}

tensormerge::plan_options mergekit_options::planning() const {
  return {.search = {models_dir, config.parent_path(), transformers_cache},
          .allow_crimes = allow_crimes,
          .truncate_embeddings = truncate_embeddings,
          .shapes = shapes,
          .layout = safe_serialization ? tensormerge::weights_layout::safetensors
                                       : tensormerge::weights_layout::torch,
          .config_file = config.string()};
}

tensormerge::method_table mergekit_options::methods() const {
  tensormerge::method_table table = merge_methods();
  if (write.run.arithmetic == tensormerge::numerics::mergekit) add_mergekit_numerics(table);
  return table;
}
