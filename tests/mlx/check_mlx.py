#!/usr/bin/env python3
"""Asks MLX and mlx_lm about models that the program wrote in MLX's layout.

    check_mlx.py PROGRAM EXAMPLES WORK

What mlx_lm writes of the same model is compared: the tensors that are quantised, types, shapes, config.json,
scales and biases bit by bit, and the error of the numbers. Exit status 77 where mlx_lm is not installed.
"""
import json
import pathlib
import shutil
import subprocess
import sys

try:
    import mlx.core as mx
    import mlx_lm
    import mlx_lm.convert
    import numpy
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)


def convert(program, *arguments):
    subprocess.run([program, "convert", "--quiet", *map(str, arguments)], check=True,
                   stderr=subprocess.DEVNULL)


def floats(array):
    return numpy.array(array.astype(mx.float32))


def decoded(weights, module, bits, group):
    """In float32, so that nothing is rounded that is not rounded in the file."""
    return floats(mx.dequantize(weights[module + ".weight"], weights[module + ".scales"].astype(mx.float32),
                                weights[module + ".biases"].astype(mx.float32), group, bits))


def ties(weight, bits, group):
    """Groups whose end lies exactly between two numbers: MLX rounds them to even on CPUs, and away from zero on
    GPUs, as we do."""
    rows = floats(weight).reshape(-1, group)
    low, high = rows.min(1), rows.max(1)
    scale = numpy.maximum((high - low) / numpy.float32(2**bits - 1), numpy.float32(1e-7))
    edge = numpy.where(abs(low) > abs(high), low, high)
    place = abs(edge / scale)
    return place - numpy.floor(place) == 0.5


def check_quantised(program, source, work, bits, group, kind):
    ours, theirs = work / "ours", work / "theirs"
    for folder in ours, theirs:
        shutil.rmtree(folder, ignore_errors=True)
    convert(program, source, ours, "-q", "--q-bits", bits, "--q-group-size", group, "--type", kind)
    mlx_lm.convert(str(source), str(theirs), quantize=True, q_bits=bits, q_group_size=group, dtype=kind)
    a, b = mx.load(str(ours / "model.safetensors")), mx.load(str(theirs / "model.safetensors"))
    before = mx.load(str(source / "model.safetensors"))
    assert set(a) == set(b), set(a) ^ set(b)
    modules = [name.removesuffix(".scales") for name in a if name.endswith(".scales")]
    assert modules
    for name in a:
        assert a[name].dtype == b[name].dtype and a[name].shape == b[name].shape, name
    parts = {module + part for module in modules for part in (".weight", ".scales", ".biases")}
    for name in set(a) - parts:
        assert mx.array_equal(a[name], b[name]), name
    errors = numpy.zeros(2)
    tied = 0
    for module in modules:
        weight = before[module + ".weight"].astype(getattr(mx, kind))
        is_tie = ties(weight, bits, group)
        tied += is_tie.sum()
        for part in ".scales", ".biases":
            x, y = floats(a[module + part]).reshape(-1), floats(b[module + part]).reshape(-1)
            assert ((x == y) | is_tie).all(), (module, part)
        scale = abs(floats(a[module + ".scales"])).reshape(-1, 1)
        off = [abs(decoded(weights, module, bits, group) - floats(weight)).reshape(-1, group)[~is_tie]
               for weights in (a, b)]
        # The numbers are the nearest for the scales as they are stored; MLX's for those before they were rounded.
        assert (off[0] <= off[1] + 1e-4 * scale[~is_tie]).all(), module
        errors += [numpy.square(each, dtype=float).sum() for each in off]
    assert errors[0] <= 1.0001 * errors[1], errors
    settings = [json.loads((folder / "config.json").read_text()) for folder in (ours, theirs)]
    for key in "quantization", "quantization_config", "tie_word_embeddings", "model_type":
        assert settings[0][key] == settings[1][key], key
    convert(program, ours, work / "plain", "--to", "safetensors", "--type", "float32")
    plain = mx.load(str(work / "plain" / "model.safetensors"))
    for module in modules:
        assert (floats(plain[module + ".weight"]) == decoded(a, module, bits, group)).all(), module
    model, _ = mlx_lm.load(str(ours))
    ids = mx.arange(24)[None]
    logits = floats(model(ids))
    expected = floats(mlx_lm.load(str(theirs))[0](ids))
    full = floats(mlx_lm.load(str(source))[0](ids))
    ratio = numpy.square(logits - full).mean() / numpy.square(expected - full).mean()
    print(f"{bits} bits, groups of {group}, {kind}: {len(modules)} matrices, error {(errors[0] / errors[1]) ** .5:.3f} "
          f"of MLX's, of logits {ratio ** .5:.3f}, {tied} ties")


def main():
    program, examples, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    source = examples / "models" / "prose-base"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for bits in 4, 8:
        for group in 32, 64:
            for kind in "bfloat16", "float16", "float32":
                check_quantised(program, source, work, bits, group, kind)
    convert(program, source, work / "float", "--to", "mlx")
    ids = mx.arange(24)[None]
    a, b = (mlx_lm.load(str(folder))[0](ids) for folder in (source, work / "float"))
    assert mx.array_equal(a, b)
    tensors, metadata = mx.load(str(work / "float" / "model.safetensors"), return_metadata=True)
    assert metadata["format"] == "mlx" and tensors
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
