#!/usr/bin/env python3
"""Merges the example models by pcb and compares with its formula in float64: at most half a unit in the
last place off, but for what double itself rounds.

    check_pcb.py PROGRAM EXAMPLES WORK_FOLDER
"""
import pathlib
import shutil
import subprocess
import sys

import numpy as np

from safetensors_file import read_tensors

CONFIG = """
merge_method: pcb
base_model: prose-base
models:
  - {model: python-ft, parameters: {weight: 0.8, density: 0.3}}
  - {model: c-ft, parameters: {density: 0.15}}
parameters: {lambda: 1.2}
"""
WEIGHTS, DENSITIES, LAMBDA = (0.8, 1.0), (0.3, 0.15), 1.2


def numbers(patterns):
    return (np.array(patterns, np.uint32) << 16).view(np.float32).astype(np.float64)


def softmax(factor, x):
    spread = x.max() - x.min()
    exponentials = np.exp(factor * ((x - x.max()) / spread if spread > 0 else np.zeros_like(x)))
    return exponentials / exponentials.sum()


def merged(base, models):
    deltas = [model - base for model in models]
    above, below = np.zeros_like(base), np.zeros_like(base)
    for delta, weight, density in zip(deltas, WEIGHTS, DENSITIES):
        score = softmax(len(models), delta * delta) * sum(softmax(1, delta * other) for other in deltas)
        least = np.sort(score)[-max(1, int(density * score.size))]
        score = np.where(score >= least, score, 0)
        above += score * LAMBDA * weight * delta
        below += score
    return base + np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def main():
    program, examples, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    (work / "pcb.yml").write_text(CONFIG)
    models = examples / "models"
    subprocess.run([program, "merge", work / "pcb.yml", work / "out", "--models-dir", models, "--quiet"], check=True)
    base, *others = (read_tensors(models / name / "model.safetensors") for name in ("prose-base", "python-ft", "c-ft"))
    found = read_tensors(work / "out" / "model.safetensors")
    assert sorted(found) == sorted(base)
    over, elements = 0, 0
    for name, patterns in found.items():
        exact = merged(numbers(base[name]), [numbers(other[name]) for other in others])
        unit = np.ldexp(1.0, np.maximum(np.frexp(exact)[1] - 8, -133))
        over += int((np.abs(numbers(patterns) - exact) > 0.5001 * unit).sum())
        elements += exact.size
    print(f"{over} of {elements} elements are more than half a unit off")
    assert over <= 1e-4 * elements
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
