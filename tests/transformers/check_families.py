#!/usr/bin/env python3
"""Merges tiny models of many families and compares their outputs with merges made by torch.

    check_families.py PROGRAM WORK_FOLDER [FAMILY...]

For each family two models are made at random. Their weighted mean, by modules too where the family
has several, and where it has one stack of layers a stack of layers of both, must load in transformers with no missing, unexpected or
mismatched key, and give the outputs of the same merge of the models in memory, in float32 within
1e-4. Exit status: 0 where all do, 77 where transformers is not installed, else 1.
"""
import copy
import json
import pathlib
import re
import shutil
import subprocess
import sys

try:
    import torch
    import transformers as tf
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

SMALL = dict(vocab_size=48, hidden_size=32, intermediate_size=40, num_hidden_layers=3,
             num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=64,
             pad_token_id=0, bos_token_id=1, eos_token_id=2)
WEIGHTS = 0.3, 0.7
LIMIT = 1e-4


def llama_like(name, **changes):
    config = getattr(tf, name + "Config")(**{**SMALL, **changes})
    return getattr(tf, name + "ForCausalLM"), config, "model.layers."


def whisper():
    return tf.WhisperForConditionalGeneration, tf.WhisperConfig(
        vocab_size=48, d_model=32, encoder_layers=2, decoder_layers=3, encoder_attention_heads=4,
        decoder_attention_heads=4, encoder_ffn_dim=40, decoder_ffn_dim=40, num_mel_bins=8,
        max_source_positions=10, max_target_positions=16, pad_token_id=0, bos_token_id=1,
        eos_token_id=2, decoder_start_token_id=1), None


def t5():
    return tf.T5ForConditionalGeneration, tf.T5Config(
        vocab_size=48, d_model=32, d_kv=8, d_ff=40, num_layers=2, num_decoder_layers=3, num_heads=4,
        decoder_start_token_id=0), None


def llava():
    text = tf.LlamaConfig(**SMALL, tie_word_embeddings=False)
    vision = tf.CLIPVisionConfig(hidden_size=32, intermediate_size=40, num_attention_heads=4,
                                 num_hidden_layers=2, image_size=28, patch_size=14, projection_dim=32)
    return tf.LlavaForConditionalGeneration, tf.LlavaConfig(
        vision_config=vision, text_config=text, image_token_index=47), None


FAMILIES = {
    "llama": lambda: llama_like("Llama"),
    "llama-tied": lambda: llama_like("Llama", tie_word_embeddings=True),
    "llama-bias": lambda: llama_like("Llama", attention_bias=True, mlp_bias=True),
    "mistral": lambda: llama_like("Mistral"),
    "qwen2": lambda: llama_like("Qwen2"),
    "qwen3": lambda: llama_like("Qwen3", head_dim=8),
    "gemma2": lambda: llama_like("Gemma2", head_dim=8),
    "gemma3": lambda: (
        tf.Gemma3ForCausalLM, tf.Gemma3TextConfig(**SMALL, head_dim=8), "model.layers."),
    "phi3": lambda: llama_like("Phi3"),
    "granite": lambda: llama_like("Granite"),
    "olmo2": lambda: llama_like("Olmo2"),
    "gpt2": lambda: (tf.GPT2LMHeadModel, tf.GPT2Config(
        vocab_size=48, n_positions=64, n_embd=32, n_layer=3, n_head=4), "transformer.h."),
    "gpt-neox": lambda: (tf.GPTNeoXForCausalLM, tf.GPTNeoXConfig(
        **{k: v for k, v in SMALL.items() if k != "num_key_value_heads"}), "gpt_neox.layers."),
    "falcon": lambda: (tf.FalconForCausalLM, tf.FalconConfig(
        vocab_size=48, hidden_size=32, num_hidden_layers=3, num_attention_heads=4), "transformer.h."),
    "mixtral": lambda: llama_like("Mixtral", num_local_experts=4),
    "qwen2-moe": lambda: llama_like("Qwen2Moe", num_experts=4, moe_intermediate_size=16,
                                    shared_expert_intermediate_size=16),
    "qwen3-moe": lambda: llama_like("Qwen3Moe", num_experts=4, num_experts_per_tok=2,
                                    moe_intermediate_size=16, head_dim=8),
    "bert": lambda: (tf.BertForMaskedLM, tf.BertConfig(
        **{k: v for k, v in SMALL.items() if k != "num_key_value_heads"}), "bert.encoder.layer."),
    "t5": t5,
    "whisper": whisper,
    "llava": llava,
}

# What mergekit calls the parts of those that have several.
MODULES = {
    "llava": ("text_decoder", "vision_tower", "multi_modal_projector"),
    "t5": ("shared", "encoder", "decoder"),
    "whisper": ("encoder", "decoder"),
}


def make(model_class, config, seed):
    torch.manual_seed(seed)
    model = model_class(copy.deepcopy(config)).float().eval()
    with torch.no_grad():  # biases and norms that are no constants
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.05)
    return model


def inputs_for(model):
    ids = torch.arange(3, 15).reshape(2, 6)
    name = type(model).__name__
    if name.startswith("Whisper"):
        return {"input_features": torch.linspace(-1, 1, 2 * 8 * 20).reshape(2, 8, 20),
                "decoder_input_ids": ids}
    if name.startswith("T5"):
        return {"input_ids": ids, "decoder_input_ids": ids}
    if name.startswith("Llava"):
        ids = torch.cat([torch.full((2, 4), 47), ids], dim=1)
        return {"input_ids": ids, "pixel_values": torch.linspace(-1, 1, 2 * 3 * 28 * 28).reshape(2, 3, 28, 28)}
    return {"input_ids": ids}


def outputs_of(model):
    with torch.no_grad():
        return model(**inputs_for(model)).logits


def mean_in_memory(models):
    merged = copy.deepcopy(models[0])
    states = [model.state_dict() for model in models]
    merged.load_state_dict({
        name: sum(w * s[name] for w, s in zip(WEIGHTS, states)) if tensor.is_floating_point() else tensor
        for name, tensor in states[0].items()})
    return merged


def set_layers(config, kept):
    """The configuration of a model of these layers, given by their numbers."""
    config = copy.deepcopy(config)
    count = config.num_hidden_layers
    for name, value in list(config.to_dict().items()):
        if isinstance(value, list) and len(value) == count and name != "architectures":
            setattr(config, name, [value[i] for i in kept])
    config.num_hidden_layers = len(kept)
    return config


def stack_in_memory(models, prefix, slices):
    """`slices`: (model, first, end) in the order of the output's layers."""
    layers = [(model, layer) for model, first, end in slices for layer in range(first, end)]
    stacked = type(models[0])(set_layers(models[0].config, [layer for _, layer in layers])).float().eval()
    states = [model.state_dict() for model in models]
    place = re.compile("^" + re.escape(prefix) + r"(\d+)\.")
    state = {}
    for name in stacked.state_dict():
        match = place.match(name)
        if match:
            model, layer = layers[int(match[1])]
            state[name] = states[model][place.sub(f"{prefix}{layer}.", name)]
        else:  # embeddings of the first slice, norm and head of the last
            late = re.search(r"norm|ln_f|lm_head|embed_out|cls", name) and "embeddings" not in name
            tied = states[0][name].data_ptr() == models[0].get_input_embeddings().weight.data_ptr()
            state[name] = states[slices[-1][0] if late and not tied else slices[0][0]][name]
    stacked.load_state_dict(state)
    return stacked


def problems_of(folder, expected):
    try:
        loaded, info = type(expected).from_pretrained(folder, output_loading_info=True, dtype=torch.float32)
    except Exception as error:  # whatever it is, the folder does not load
        return [f"does not load: {str(error).splitlines()[-1]}"]
    found = [f"{kind}: {sorted(info[kind])[:4]}"
             for kind in ("missing_keys", "unexpected_keys", "mismatched_keys") if info[kind]]
    distance = (outputs_of(loaded.eval()) - outputs_of(expected)).abs().max().item()
    if not distance <= LIMIT:
        found.append(f"outputs differ by {distance:.2g}")
    return found


def merge(program, work, name, config, expected):
    """The problems of a merge by the program."""
    file = work / f"{name}.yml"
    file.write_text(json.dumps(config))
    done = subprocess.run([program, "merge", file, work / name, "--quiet"], check=False,
                          capture_output=True, text=True)
    if done.returncode != 0:
        return done.stderr.strip().splitlines()[:3]
    return problems_of(work / name, expected)


def check(program, work, family):
    model_class, config, prefix = FAMILIES[family]()
    models = [make(model_class, config, seed) for seed in (1, 2)]
    folders = [work / "a", work / "b"]
    for model, folder in zip(models, folders):
        model.save_pretrained(folder)

    def entries(numbers):
        return [{"model": str(folders[m]), "parameters": {"weight": WEIGHTS[m]}} for m in numbers]

    results = {"mean": merge(program, work, "mean", {"merge_method": "linear", "models": entries((0, 1))},
                             mean_in_memory(models))}
    if prefix:
        slices = [(0, 0, 2), (1, 1, 3), (0, 2, 3)]
        results["stack"] = merge(program, work, "stack", {
            "merge_method": "passthrough",
            "slices": [{"sources": [{"model": str(folders[m]), "layer_range": [first, end]}]}
                       for m, first, end in slices]}, stack_in_memory(models, prefix, slices))
    if family in MODULES:
        modules = MODULES[family]
        results["modules"] = merge(program, work, "modules", {
            "merge_method": "linear",
            "modules": {name: {"models": entries((0, 1))} for name in modules}}, mean_in_memory(models))
    return results


def main():
    program, work = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    tf.logging.set_verbosity_error()
    tf.utils.logging.disable_progress_bar()
    torch.set_num_threads(1)
    failed = passed = 0
    for family in sys.argv[3:] or FAMILIES:
        folder = work / family
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for kind, problems in check(program, folder, family).items():
            failed += bool(problems)
            passed += not problems
            print(f"{'FAIL' if problems else 'ok':5} {family:12} {kind:6} {'; '.join(problems)}", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{passed} merges give the outputs of torch, {failed} do not")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
