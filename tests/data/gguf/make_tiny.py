#!/usr/bin/env python3
"""Writes tiny.gguf beside this script with the Python package gguf (0.19 wrote the one there): keys
of every kind, and tensors of which element i, counted from the first, is i / 8 (i for integers)."""

import pathlib

import numpy as np
from gguf import GGMLQuantizationType, GGUFWriter, quants

writer = GGUFWriter(pathlib.Path(__file__).parent / "tiny.gguf", "llama")
writer.add_block_count(2)
for name in ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"]:
    getattr(writer, f"add_{name}")(f"test.{name}", 7 if name[0] == "u" else -7)
writer.add_float32("test.float32", 0.5)
writer.add_float64("test.float64", -0.25)
writer.add_bool("test.bool", True)
writer.add_string("test.text", "gr\u00fc\u00dfe")
writer.add_array("test.numbers", [1, 2, 3])
writer.add_array("test.texts", ["a", "", "bcd"])


def steps(*shape):
    return (np.arange(np.prod(shape)) / 8).astype(np.float32).reshape(shape)


writer.add_tensor("matrix", steps(2, 3))
writer.add_tensor("half", steps(2, 3, 4).astype(np.float16))
writer.add_tensor("integers", np.arange(5, dtype=np.int32))
for name, kind in [("brain", "BF16"), ("bytes", "Q8_0"), ("nibbles", "Q4_0")]:
    kind = GGMLQuantizationType[kind]
    writer.add_tensor(name, quants.quantize(steps(2, 64), kind), raw_dtype=kind)
writer.add_tensor("block", np.full((1, 144), 17, np.uint8), raw_dtype=GGMLQuantizationType.Q4_K)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
