#!/usr/bin/env python3
"""Writes model.safetensors and config.json beside this script with MLX (0.32 wrote those there): weights
that mlx.core.quantize made, and what mlx.core.dequantize makes of them in float32."""

import json
import pathlib

import mlx.core as mx
import numpy as np

HERE = pathlib.Path(__file__).parent
rng = np.random.default_rng(5)
tensors = {"norm.weight": mx.array(rng.standard_normal(64), dtype=mx.bfloat16)}
quantization = {"group_size": 64, "bits": 4}
for name, bits, group, dtype in [("a", 4, 64, mx.bfloat16), ("b", 8, 32, mx.float16),
                                 ("c", 4, 128, mx.float32)]:
    weight = mx.array(rng.standard_normal((3, 256)).astype(np.float32)).astype(dtype)
    numbers, scales, biases = mx.quantize(weight, group_size=group, bits=bits)
    tensors |= {f"{name}.weight": numbers, f"{name}.scales": scales, f"{name}.biases": biases}
    tensors[f"{name}.expected"] = mx.dequantize(
        numbers, scales.astype(mx.float32), biases.astype(mx.float32), group_size=group, bits=bits)
    if (bits, group) != (4, 64):
        quantization[name] = {"group_size": group, "bits": bits}
mx.save_safetensors(str(HERE / "model.safetensors"), tensors, {"format": "mlx"})
(HERE / "config.json").write_text(json.dumps({"model_type": "tiny", "quantization": quantization}))
