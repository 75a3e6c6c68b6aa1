#!/usr/bin/env python3
"""Writes NAME.bin beside this script for each block format of GGUF, with the Python package gguf
(0.19 wrote those here): 512 values that were encoded, the bytes that gguf.quants.quantize made of
them (random bytes where it cannot encode), and what gguf.quants.dequantize makes of the bytes."""

import pathlib

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, quants

HERE = pathlib.Path(__file__).parent
COUNT = 512


def values(rng):
    x = rng.standard_normal(COUNT).astype(np.float32)
    x[32:64] *= 1e-3
    x[64:96] += 5
    x[96:128] = 0
    x[128:160] = np.round(x[128:160] * 4)  # halves and equal magnitudes
    x[160:192] *= 1e-9  # scales that float16 does not hold
    x[192:224] = -0.25
    x[224:256] *= 1000
    return x


for name in ["Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q6_K"]:
    kind = GGMLQuantizationType[name]
    elements, size = GGML_QUANT_SIZES[kind]
    rng = np.random.default_rng(sum(name.encode()))
    x = values(rng)
    try:
        packed = quants.quantize(x.reshape(-1, elements), kind).reshape(-1, size)
    except NotImplementedError:
        packed = rng.integers(0, 256, (COUNT // elements, size), dtype=np.uint8)
        for at in {"Q4_K": [0, 2], "Q6_K": [208]}[name]:
            packed[:, at:at + 2] = np.array([[0.01], [-0.02]], np.float16).view(np.uint8)
    decoded = quants.dequantize(packed, kind).astype(np.float32)
    assert decoded.size == COUNT and np.isfinite(decoded).all()
    (HERE / f"{name}.bin").write_bytes(x.tobytes() + packed.tobytes() + decoded.tobytes())
