#!/usr/bin/env python3
"""Makes model folders of any size to measure with: a base and fine-tunes of it, in the layout of Llama.

    make_models.py FOLDER [--models N] [--layers N] [--hidden N] [--intermediate N] [--key-value N]
                   [--vocabulary N] [--dtype bfloat16|float16|float32] [--shards N] [--seed N]

Writes FOLDER/m0 (the base), FOLDER/m1, ... with random weights. A fine-tune differs from the base by
noise of a tenth of its size. The defaults make 1.7 GB a model in bfloat16. Needs numpy.
"""
import argparse
import json
import pathlib
import struct

import numpy as np

NAMES = {"bfloat16": ("BF16", 2), "float16": ("F16", 2), "float32": ("F32", 4)}


def shapes(args):
    hidden, inner, key_value = args.hidden, args.intermediate, args.key_value
    yield "model.embed_tokens.weight", (args.vocabulary, hidden)
    for layer in range(args.layers):
        prefix = f"model.layers.{layer}."
        yield prefix + "input_layernorm.weight", (hidden,)
        yield prefix + "self_attn.q_proj.weight", (hidden, hidden)
        yield prefix + "self_attn.k_proj.weight", (key_value, hidden)
        yield prefix + "self_attn.v_proj.weight", (key_value, hidden)
        yield prefix + "self_attn.o_proj.weight", (hidden, hidden)
        yield prefix + "post_attention_layernorm.weight", (hidden,)
        yield prefix + "mlp.gate_proj.weight", (inner, hidden)
        yield prefix + "mlp.up_proj.weight", (inner, hidden)
        yield prefix + "mlp.down_proj.weight", (hidden, inner)
    yield "model.norm.weight", (hidden,)
    yield "lm_head.weight", (args.vocabulary, hidden)


def stored(values, dtype):
    if dtype == "float32":
        return values.astype("<f4").tobytes()
    if dtype == "float16":
        return values.astype("<f2").tobytes()
    bits = values.view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype("<u2").tobytes()


def values_of(number, dims, model, seed):
    count = int(np.prod(dims))
    values = np.random.Generator(np.random.SFC64([seed, number])).standard_normal(count, np.float32)
    values *= np.float32(0.02)
    if model > 0:
        noise = np.random.Generator(np.random.SFC64([seed, number, model]))
        values += noise.standard_normal(count, np.float32) * np.float32(0.002)
    return values


def write_file(path, tensors, model, args):
    name, width = NAMES[args.dtype]
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for _, tensor, dims in tensors:
        size = int(np.prod(dims)) * width
        header[tensor] = {"dtype": name, "shape": dims, "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for number, _, dims in tensors:
            file.write(stored(values_of(number, dims, model, args.seed), args.dtype))
    return offset


def write_model(folder, model, args):
    folder.mkdir(parents=True, exist_ok=True)
    tensors = [(number, name, dims) for number, (name, dims) in enumerate(shapes(args))]
    (folder / "config.json").write_text(json.dumps({
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": args.hidden,
        "intermediate_size": args.intermediate, "num_hidden_layers": args.layers,
        "num_attention_heads": args.hidden // 64, "num_key_value_heads": max(1, args.key_value // 64),
        "vocab_size": args.vocabulary, "torch_dtype": args.dtype, "tie_word_embeddings": False,
        "hidden_act": "silu", "rms_norm_eps": 1e-5, "max_position_embeddings": 2048}, indent=2))
    if args.shards == 1:
        return write_file(folder / "model.safetensors", tensors, model, args)
    total, weight_map = 0, {}
    for shard in range(args.shards):
        file = f"model-{shard + 1:05d}-of-{args.shards:05d}.safetensors"
        part = tensors[shard * len(tensors) // args.shards:(shard + 1) * len(tensors) // args.shards]
        total += write_file(folder / file, part, model, args)
        weight_map.update({name: file for _, name, _ in part})
    index = {"metadata": {"total_size": total}, "weight_map": weight_map}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    return total


def main():
    parser = argparse.ArgumentParser(description="Makes models to measure with.")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--models", type=int, default=3)
    parser.add_argument("--layers", type=int, default=16)
    parser.add_argument("--hidden", type=int, default=2048)
    parser.add_argument("--intermediate", type=int, default=5504)
    parser.add_argument("--key-value", type=int, default=512)
    parser.add_argument("--vocabulary", type=int, default=32000)
    parser.add_argument("--dtype", choices=NAMES, default="bfloat16")
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    for model in range(args.models):
        size = write_model(args.folder / f"m{model}", model, args)
        print(f"{args.folder}/m{model}: {size / 1e9:.2f} GB")


if __name__ == "__main__":
    main()
