#!/usr/bin/env python3
"""Loads files of torch that the program wrote with torch and transformers.

    check_torch_files.py PROGRAM EXAMPLES WORK

Exit status 0 where all is as it was before, 77 where torch or transformers is not installed.
"""
import json
import pathlib
import shutil
import subprocess
import sys
import zipfile

try:
    import torch
    import transformers
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

TYPES = ["bool", "uint8", "int8", "float8_e5m2", "float8_e4m3fn", "int16", "uint16", "float16", "bfloat16",
         "int32", "uint32", "float32", "float64", "int64", "uint64"]


def convert(program, *arguments):
    subprocess.run([program, "convert", "--quiet", *map(str, arguments)], check=True)


def state_of_all_types():
    torch.manual_seed(1)
    state = {"scalar": torch.tensor(3.5), "none": torch.zeros(0, 7), "vector": torch.arange(70_000)}
    for name in TYPES:
        its = getattr(torch, name, None)
        if its is None:  # an older torch
            continue
        width = torch.empty(0, dtype=its).element_size()
        bits = torch.randint(0, 2 if name == "bool" else 256, (33, 5 * width), dtype=torch.uint8)
        state[name] = bits.view(its)
    return state


def bits_of(tensor):
    return tensor.contiguous().reshape(-1).view(torch.uint8) if tensor.numel() else tensor


def check_same(found, expected):
    assert set(found) == set(expected)
    for name, tensor in expected.items():
        assert found[name].dtype == tensor.dtype and found[name].shape == tensor.shape, name
        assert torch.equal(bits_of(found[name]), bits_of(tensor)), name
        assert found[name].is_contiguous(), name


def check_all_types(program, work):
    (work / "types").mkdir(parents=True)
    state = state_of_all_types()
    torch.save(state, work / "types" / "pytorch_model.bin")
    convert(program, work / "types", work / "plain")
    convert(program, work / "plain", work / "back", "--to", "torch")
    file = work / "back" / "pytorch_model.bin"
    assert zipfile.ZipFile(file).testzip() is None
    for mapped in False, True:
        check_same(torch.load(file, weights_only=True, mmap=mapped), state)
    try:
        from torch.utils.serialization import config
    except ImportError:
        return len(state)
    config.load.calculate_storage_offsets = True  # by the rules of its own writer, not by the directory
    check_same(torch.load(file, weights_only=True, mmap=True), state)
    config.load.calculate_storage_offsets = False
    return len(state)


def check_model(program, source, output, *options):
    convert(program, source, output, "--to", "torch", *options)
    assert not list(output.glob("*.safetensors"))
    expected = transformers.AutoModelForCausalLM.from_pretrained(source)
    model, info = transformers.AutoModelForCausalLM.from_pretrained(output, output_loading_info=True)
    for kind in "missing_keys", "unexpected_keys", "mismatched_keys":
        assert not info[kind], (kind, info[kind])
    ids = transformers.AutoTokenizer.from_pretrained(output)("The quick brown fox", return_tensors="pt").input_ids
    with torch.no_grad():
        assert torch.equal(model(ids).logits, expected(ids).logits)
    return sorted(path.name for path in output.iterdir())


def main():
    program, examples, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    transformers.utils.logging.disable_progress_bar()
    shutil.rmtree(work, ignore_errors=True)
    print(check_all_types(program, work), "tensors of all types")
    source = examples / "models" / "prose-base"
    assert "pytorch_model.bin" in check_model(program, source, work / "one")
    names = check_model(program, source, work / "shards", "--out-shard-size", "200k")
    index = json.loads((work / "shards" / "pytorch_model.bin.index.json").read_text())
    shards = set(index["weight_map"].values())
    assert len(shards) > 2 and shards < set(names), shards
    for shard in shards:
        assert zipfile.ZipFile(work / "shards" / shard).testzip() is None
        for name in torch.load(work / "shards" / shard, weights_only=True):
            assert index["weight_map"][name] == shard
    print("models load alike, whole and in", len(shards), "shards")
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
