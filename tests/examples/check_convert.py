#!/usr/bin/env python3
"""check_convert.py TENSORMERGE EXAMPLES WORK

Converts an example model to GGUF and back: every tensor has the bytes that it had, the tokenizer the
same tokens, and the configuration says the same. Then with blocks: the elements are near. To files of
torch and back, whole and in shards: the bytes are the same, and those of a merge that writes such files. Quantised as by MLX: what lies in the file
decodes to numbers that are near, and to those that the program reads in it."""

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


config = work / "merge.yml"
config.write_text("merge_method: linear\nmodels:\n- {model: prose-base, parameters: {weight: 1}}\n"
                  "- {model: c-ft, parameters: {weight: 2}}\n")
for name, options in ("merged", []), ("torch-merged", ["--no-safe-serialization"]):
    subprocess.run([program, "merge", config, work / name, "--quiet", "--models-dir", examples / "models",
                    *options], check=True)
assert [file.name for file in (work / "torch-merged").glob("*model*.*")
        if file.suffix in (".bin", ".safetensors")] == ["pytorch_model.bin"]
run(work / "torch-merged", work / "merged-back")
assert tensors(work / "merged-back") == tensors(work / "merged") != before


def metadata(folder):
    data = (folder / "model.safetensors").read_bytes()
    return json.loads(data[8:8 + struct.unpack("<Q", data[:8])[0]])["__metadata__"]


def single(value):
    """As a float32."""
    return struct.unpack("<f", struct.pack("<f", value))[0]


def check_mlx(bits, group):
    folder, plain = work / f"mlx-{bits}-{group}", work / f"mlx-{bits}-{group}-plain"
    run(source, folder, "-q", "--q-bits", bits, "--q-group-size", group)
    assert metadata(folder) == {"format": "mlx"}
    settings = json.loads((folder / "config.json").read_text())
    assert settings["quantization"] == {"group_size": group, "bits": bits, "mode": "affine"}
    assert settings["quantization_config"] == settings["quantization"]
    run(folder, plain, "--type", "float32", "--to", "safetensors")
    stored, read = tensors(folder), tensors(plain)
    assert set(read) == set(before)
    assert "quantization" not in json.loads((plain / "config.json").read_text())
    for name, (kind, shape, data) in read.items():
        module = name.removesuffix(".weight")
        is_quantised = len(shape) == 2 and shape[1] % group == 0
        assert (module + ".scales" in stored) == is_quantised, name
        values = struct.unpack(f"<{len(data) // 4}f", data)
        if not is_quantised:
            assert stored[name] == before[name] and list(values) == elements(before[name]), name
            continue
        rows, columns = shape
        assert stored[name][:2] == ("U32", [rows, columns * bits // 32]), name
        scales, biases = (elements(stored[module + part]) for part in (".scales", ".biases"))
        assert stored[module + ".scales"][:2] == ("BF16", [rows, columns // group])
        numbers = stored[name][2]
        if bits == 4:
            numbers = [half for byte in numbers for half in (byte & 15, byte >> 4)]
        for i, (number, value, was) in enumerate(zip(numbers, values, elements(before[name]))):
            scale, bias = scales[i // group], biases[i // group]
            assert value == single(single(scale * number) + bias), (name, i)
            # Half a step, and at the far end one for the bias at a whole step and half for the scale's rounding.
            assert abs(value - was) <= 2 * abs(scale), (name, i, value, was)


check_mlx(4, 64)
check_mlx(8, 32)
run(work / "mlx-4-64", work / "kept", "--to", "mlx")
assert tensors(work / "kept") == tensors(work / "mlx-4-64")
run(work / "mlx-4-64", work / "other", "-q", "--q-bits", 8)
assert json.loads((work / "other" / "config.json").read_text())["quantization"]["bits"] == 8
run(work / "plain.gguf", work / "from-gguf", "-q", "--type", "bfloat16")
assert tensors(work / "from-gguf") == tensors(work / "mlx-4-64")
run(source, work / "floats", "--to", "mlx")
assert metadata(work / "floats") == {"format": "mlx"} and tensors(work / "floats") == before


def refusal(*options):
    refused = subprocess.run([program, "convert", str(source), str(work / "x"), *options],
                             capture_output=True, text=True)
    assert refused.returncode == 1 and not (work / "x").exists(), refused
    return refused.stderr


assert "is no type of safetensors files" in refusal("--type", "Q8_0")
assert "is no type of torch files" in refusal("--type", "Q8_0", "--to", "torch")
assert "expected 4 or 8, found 3" in refusal("-q", "--q-bits", "3")
assert "expected 32, 64 or 128, found 16" in refusal("-q", "--q-group-size", "16")
assert "no weight can be quantised" in refusal("-q", "--q-group-size", "128")
assert "cannot be quantised with scales of float64" in refusal("-q", "--type", "float64")
assert "is for the layout of MLX" in refusal("-q", "--to", "torch")
