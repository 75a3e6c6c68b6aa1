#!/usr/bin/env python3
"""check_python_package.py TENSORMERGE PERPLEXITY EXAMPLES REFERENCE WORK

Converted and merged models in llama-cpp-python: their logits are those of REFERENCE, which
transformers computed, and their perplexities those of the example engine. Exit status 77 where the
package is not installed."""

import json
import pathlib
import shutil
import subprocess
import sys

try:
    import numpy as np
    import llama_cpp
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

program, perplexity = sys.argv[1:3]
examples, reference, work = map(pathlib.Path, sys.argv[3:])
models = examples / "models"
WINDOW = 256
CONFIG = """merge_method: ties
base_model: prose-base
models:
  - {model: python-ft, parameters: {weight: 1, density: 0.8}}
  - {model: c-ft, parameters: {weight: 1, density: 0.8}}
parameters: {lambda: 0.5}
dtype: float32
"""


def run(*command):
    return subprocess.run([*map(str, command)], capture_output=True, text=True, check=True).stdout


def tensors(file):
    data = file.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    types = {"F32": np.float32, "I32": np.int32, "I64": np.int64}
    return {name: np.frombuffer(data[start:][slice(*its["data_offsets"])],
                                types[its["dtype"]]).reshape(its["shape"])
            for name, its in header.items() if name != "__metadata__"}


def load(file):
    return llama_cpp.Llama(str(file), n_ctx=WINDOW, n_batch=WINDOW, n_ubatch=WINDOW, n_threads=1,
                           logits_all=True, type_k=llama_cpp.GGML_TYPE_F32,
                           type_v=llama_cpp.GGML_TYPE_F32, verbose=False)


def logits(model, ids):
    model.reset()
    model.eval(ids.tolist())
    return np.array(model.scores[:len(ids)], np.float64)


def perplexity_of(model, ids):
    """As examples/engine computes it."""
    windows = ids[:len(ids) // WINDOW * WINDOW].reshape(-1, WINDOW)
    surprise = 0
    for window in windows:
        scores = logits(model, window)[:-1]
        greatest = scores.max(axis=1, keepdims=True)
        sums = greatest[:, 0] + np.log(np.exp(scores - greatest).sum(axis=1))
        surprise += (sums - scores[np.arange(WINDOW - 1), window[1:]]).sum()
    return np.exp(surprise / (len(windows) * (WINDOW - 1)))


shutil.rmtree(work, ignore_errors=True)
work.mkdir(parents=True)
expected = tensors(reference)
for name in ["prose-base", "python-ft", "c-ft"]:
    run(program, "convert", models / name, work / f"{name}.gguf", "--type", "float32")
    found = logits(load(work / f"{name}.gguf"), expected[f"{name}.input_ids"])
    error = np.abs(found - expected[f"{name}.logits"]).max()
    print(f"{name}: greatest difference {error:.2g}")
    assert error < 1e-4, name

(work / "merge.yml").write_text(CONFIG, encoding="utf-8")
run(program, "merge", work / "merge.yml", work / "merged", "--models-dir", models)
run(program, "convert", work / "merged", work / "merged.gguf")
model = load(work / "merged.gguf")
texts = models / "heldout" / "ids.safetensors"
table = run(perplexity, work / "merged", "--ids", texts).splitlines()
titles, row = (line.split()[1:] for line in table)
for name, ids in tensors(texts).items():
    found, ours = perplexity_of(model, ids), float(row[titles.index(name.split(".")[-1])])
    print(f"{name}: perplexity {found:.4f}, ours {ours:.3f}")
    assert abs(found - ours) < 1e-3, name
