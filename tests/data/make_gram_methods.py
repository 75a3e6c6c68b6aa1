#!/usr/bin/env python3
"""Makes gram_methods.txt: results of the Gram family in float64 for small tensors made by a formula.

    make_gram_methods.py ORACLE.py > gram_methods.txt

ORACLE.py holds the methods' definitions in numpy (nuslerp, multislerp, karcher, model_stock); those of the spectral
methods are below. Every element of an input is value(number of the input, index), scaled and rounded to the dtype of
the case; method/gram_oracle_test.cpp makes the same inputs and the same cases.
"""
import importlib.util
import sys

import numpy as np

ROWS, COLUMNS = 5, 8


def value(stream, index):
    """A number in [-1, 1): the upper 53 bits of SplitMix64 at that place of a stream."""
    z = (stream * 0x100000001 + index + 1) * 0x9E3779B97F4A7C15 % 2**64
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    z = (z ^ z >> 27) * 0x94D049BB133111EB % 2**64
    z ^= z >> 31
    return (z >> 11) * 2.0**-52 - 1


def tensor(stream, rows=ROWS, columns=COLUMNS):
    return np.array([value(stream, i) for i in range(rows * columns)]).reshape(rows, columns)


def polar(a):
    u, s, v = np.linalg.svd(a, full_matrices=False)
    keep = s > s.max() * max(a.shape) * np.finfo(float).eps
    return u[:, keep] @ v[keep]


def iso_c(deltas):
    total = sum(deltas)
    return np.linalg.svd(total, compute_uv=False).mean() * polar(total)


def tsv_m(deltas):
    k = max(1, min(deltas[0].shape) // len(deltas))
    parts = [np.linalg.svd(d, full_matrices=False) for d in deltas]
    u = np.concatenate([p[0][:, :k] for p in parts], axis=1)
    s = np.concatenate([p[1][:k] for p in parts])
    v = np.concatenate([p[2][:k] for p in parts])
    return polar(u) @ np.diag(s) @ polar(v)


def calibrate(merged, deltas, least):
    u, s, v = np.linalg.svd(merged, full_matrices=False)
    ratio = np.array([[(s[r] * v[r]) @ (u[:, r] @ d) / max((u[:, r] @ d) @ (u[:, r] @ d), 1e-12) for d in deltas]
                      for r in range(s.size)])
    divisor = np.where((ratio > 0).all(axis=1), np.maximum(ratio.mean(axis=1), least), 1.0)
    return u @ np.diag(s / divisor) @ v


def cases(oracle):
    """name -> (has a base, deviation of the inputs from it, number of inputs, function)"""
    w, three = [0.3, 0.9], [0.5, 1.0, -0.25]
    t = w[1] / sum(w)

    def over(base, update):
        return base + update

    def nuslerp(flatten, columns, place=t):
        return lambda b, xs: (0 if b is None else b) + oracle.nuslerp(
            place, *[x if b is None else x - b for x in xs], flatten, columns)

    made = {}
    for kind, deviation in (("tuned", 0.03), ("unrelated", 1.0)):
        for mode, flags in (("flat", (True, False)), ("rows", (False, False)), ("columns", (False, True))):
            made[f"nuslerp_{mode}_{kind}"] = (False, deviation, 2, nuslerp(*flags))
            made[f"nuslerp_{mode}_base_{kind}"] = (True, deviation, 2, nuslerp(*flags))
        made[f"multislerp_{kind}"] = (False, deviation, 3, lambda b, xs: oracle.multislerp(xs, three, b, True, 1e-8))
        made[f"multislerp_base_{kind}"] = (True, deviation, 3,
                                           lambda b, xs: oracle.multislerp(xs, three, b, False, 1e-3))
        made[f"karcher_{kind}"] = (False, deviation, 3, lambda b, xs: oracle.karcher(xs, 10, 1e-5))
        made[f"model_stock_{kind}"] = (True, deviation, 3, lambda b, xs: oracle.model_stock(b, xs, False))
        made[f"model_stock_rows_{kind}"] = (True, deviation, 3, lambda b, xs: oracle.model_stock(b, xs, True))
        made[f"tsv_m_{kind}"] = (True, deviation, 2, lambda b, xs: over(b, tsv_m([x - b for x in xs])))
        made[f"tsv_m_calibrated_{kind}"] = (True, deviation, 2, lambda b, xs: over(
            b, calibrate(0.8 * tsv_m([x - b for x in xs]), [x - b for x in xs], 0.2)))
        made[f"iso_c_{kind}"] = (True, deviation, 3, lambda b, xs: over(b, 0.7 * iso_c([x - b for x in xs])))
        made[f"svc_{kind}"] = (True, deviation, 2, lambda b, xs: over(
            b, calibrate(w[0] * (xs[0] - b) + w[1] * (xs[1] - b), [x - b for x in xs], 0.1)))
    made["nuslerp_weights_cancel"] = (False, 0.03, 2, nuslerp(True, False, 0.5))
    made["karcher_three_steps"] = (False, 1.0, 3, lambda b, xs: oracle.karcher(xs, 3, 1e-3))
    return made


def main():
    spec = importlib.util.spec_from_file_location("oracle", sys.argv[1])
    oracle = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(oracle)
    print("# Made by make_gram_methods.py. Each line: case, dtype, base or none, deviation, inputs, expected elements.")
    for name, (has_base, deviation, count, merge) in cases(oracle).items():
        for dtype in ("float32", "bfloat16", "float16"):
            origin = tensor(0)
            base = oracle.round_to(origin, dtype)
            xs = [oracle.round_to(origin + deviation * tensor(i + 1), dtype) for i in range(count)]
            out = merge(base if has_base else None, xs)
            numbers = " ".join(repr(float(v)) for v in out.reshape(-1))
            print(name, dtype, "base" if has_base else "none", deviation, count, numbers)


if __name__ == "__main__":
    main()
