#!/usr/bin/env python3
"""Times `tensormerge check`: a configuration of 200 lines, and three models of 70B with `--models`.

    check_times.py PROGRAM WORK [--at-most]

The models are sparse files: their headers are those of Llama 70B in bfloat16, 30 shards each, and
there is nothing behind. Prints a Markdown table. With --at-most the run fails where a check takes more than 20 ms, or with
models more than 1 s (the best of some runs, as a busy machine says nothing about the program).
"""

import json
import pathlib
import struct
import subprocess
import sys
import time

LAYERS, WIDTH, INNER, HEADS, KEYS, VOCABULARY = 80, 8192, 28672, 64, 8, 128256
SHARDS = 30


def tensors():
    yield "model.embed_tokens.weight", (VOCABULARY, WIDTH)
    for i in range(LAYERS):
        layer = f"model.layers.{i}."
        keys = WIDTH // HEADS * KEYS
        yield layer + "input_layernorm.weight", (WIDTH,)
        yield layer + "mlp.down_proj.weight", (WIDTH, INNER)
        yield layer + "mlp.gate_proj.weight", (INNER, WIDTH)
        yield layer + "mlp.up_proj.weight", (INNER, WIDTH)
        yield layer + "post_attention_layernorm.weight", (WIDTH,)
        yield layer + "self_attn.k_proj.weight", (keys, WIDTH)
        yield layer + "self_attn.o_proj.weight", (WIDTH, WIDTH)
        yield layer + "self_attn.q_proj.weight", (WIDTH, WIDTH)
        yield layer + "self_attn.v_proj.weight", (keys, WIDTH)
    yield "model.norm.weight", (WIDTH,)
    yield "lm_head.weight", (VOCABULARY, WIDTH)


def write_model(folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps({
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": WIDTH,
        "intermediate_size": INNER, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS,
        "num_key_value_heads": KEYS, "vocab_size": VOCABULARY, "torch_dtype": "bfloat16",
        "tie_word_embeddings": False}))
    everything = list(tensors())
    total = sum(2 * rows * (rest[0] if rest else 1) for _, (rows, *rest) in everything)
    index, shard, header, offset = {}, 1, {}, 0

    def close():
        name = f"model-{shard:05}-of-{SHARDS:05}.safetensors"
        text = json.dumps({"__metadata__": {"format": "pt"}, **header}).encode()
        with open(folder / name, "wb") as file:
            file.write(struct.pack("<Q", len(text)) + text)
            file.truncate(8 + len(text) + offset)
        for each in header:
            index[each] = name

    done = 0
    for name, shape in everything:
        size = 2 * shape[0] * (shape[1] if len(shape) > 1 else 1)
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [offset, offset + size]}
        offset += size
        done += size
        if done >= total * shard / SHARDS and shard < SHARDS:
            close()
            shard, header, offset = shard + 1, {}, 0
    close()
    (folder / "model.safetensors.index.json").write_text(
        json.dumps({"metadata": {"total_size": total}, "weight_map": index}, indent=1))
    return total


def long_config():
    lines = ["merge_method: ties", "base_model: org/base", "models:"]
    for i in range(24):
        lines += [f"  - model: org/model-{i}", "    parameters:", "      density:",
                  "        - filter: self_attn", f"          value: [0.{i % 9 + 1}, 0.5, 1]",
                  "        - value: 0.5", "      weight:", f"        - value: {i + 1}"]
    lines += ["parameters:", "  normalize: true", "  int8_mask: false", "dtype: bfloat16",
              "tokenizer:", "  source: union"]
    return "\n".join(lines[:200]) + "\n"


def best(command, runs):
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        times.append(time.perf_counter() - start)
        if run.returncode != 0:
            sys.exit(f"{command}: {run.stdout}{run.stderr}")
    return min(times)


def main():
    program, work = sys.argv[1], pathlib.Path(sys.argv[2])
    total = 0
    for name in ("base", "one", "two"):
        total += write_model(work / name)
    config = work / "long.yml"
    config.write_text(long_config())
    lines = len(long_config().splitlines())
    merge = work / "merge.yml"
    merge.write_text("merge_method: ties\nbase_model: base\nmodels:\n"
                     "  - {model: one, parameters: {weight: 1, density: 0.5}}\n"
                     "  - {model: two, parameters: {weight: 1, density: 0.5}}\n")
    text = best([program, "check", config], 30)
    models = best([program, "check", "--models", merge], 5)
    print("| what is checked | milliseconds |\n|---|---|")
    print(f"| a configuration of {lines} lines | {text * 1000:.1f} |")
    print(f"| `--models` of three models of 70B, {total / 1e9:.0f} GB together | {models * 1000:.0f} |")
    if "--at-most" in sys.argv and (text > 0.020 or models > 1):
        sys.exit("that is more than 20 ms, or 1 s")


if __name__ == "__main__":
    main()
