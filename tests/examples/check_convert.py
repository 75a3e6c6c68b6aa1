#!/usr/bin/env python3
"""check_convert.py TENSORMERGE EXAMPLES WORK

Converts an example model to GGUF and back: every tensor has the bytes that it had, the tokenizer the
same tokens, and the configuration says the same. Then with blocks: the elements are near. To files of
torch and back, whole and in shards: the bytes are the same."""

import json
import pathlib
import shutil
import struct
import subprocess
import sys
import zipfile

program, examples, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
shutil.rmtree(work, ignore_errors=True)
work.mkdir(parents=True)
source = examples / "models" / "prose-base"


def run(*arguments):
    subprocess.run([program, "convert", "--quiet", *map(str, arguments)], check=True)


def tensors(folder):
    data = (folder / "model.safetensors").read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    header.pop("__metadata__", None)
    return {name: (its["dtype"], its["shape"], data[8 + size:][slice(*its["data_offsets"])])
            for name, its in header.items()}


def elements(tensor):
    """Of bfloat16."""
    return [struct.unpack("<f", b"\0\0" + tensor[2][i:i + 2])[0] for i in range(0, len(tensor[2]), 2)]


run(source, work / "plain.gguf")
run(work / "plain.gguf", work / "back", "--type", "bfloat16")
before, after = tensors(source), tensors(work / "back")
assert before == after, [name for name in before if before[name] != after.get(name)]

for key in ["model_type", "hidden_size", "num_hidden_layers", "num_attention_heads",
            "num_key_value_heads", "vocab_size", "rms_norm_eps", "bos_token_id", "eos_token_id",
            "tie_word_embeddings", "max_position_embeddings", "intermediate_size"]:
    a = json.loads((source / "config.json").read_text())[key]
    b = json.loads((work / "back" / "config.json").read_text())[key]
    assert a == b, (key, a, b)

a = json.loads((source / "tokenizer.json").read_text())["model"]
b = json.loads((work / "back" / "tokenizer.json").read_text())["model"]
assert set(a["vocab"].items()) <= set(b["vocab"].items())
pairs = [tuple(m.split(" ")) if isinstance(m, str) else tuple(m) for m in a["merges"]]
assert pairs == [tuple(m) for m in b["merges"]]

run(source, work / "packed.gguf", "--type", "Q8_0")
run(work / "packed.gguf", work / "near", "--type", "bfloat16")
for name, tensor in tensors(work / "near").items():
    x, y = elements(before[name]), elements(tensor)
    error = sum((i - j) ** 2 for i, j in zip(x, y)) / max(sum(i * i for i in x), 1e-30)
    assert error < 0.01 ** 2, (name, error)

for name, options in ("torch", []), ("shards", ["--out-shard-size", "200k"]):
    run(source, work / name, "--to", "torch", *options)
    files = sorted((work / name).glob("*.bin"))
    assert len(files) == (1 if name == "torch" else 3), files
    assert all(zipfile.ZipFile(file).testzip() is None for file in files)
    run(work / name, work / (name + "-back"))
    assert tensors(work / (name + "-back")) == before
    assert (work / name / "tokenizer.json").read_bytes() == (source / "tokenizer.json").read_bytes()


def refusal(*options):
    refused = subprocess.run([program, "convert", str(source), str(work / "x"), *options],
                             capture_output=True, text=True)
    assert refused.returncode == 1 and not (work / "x").exists(), refused
    return refused.stderr


assert "is no type of safetensors files" in refusal("--type", "Q8_0")
assert "is no type of torch files" in refusal("--type", "Q8_0", "--to", "torch")
