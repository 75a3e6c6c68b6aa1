#!/usr/bin/env python3
"""How far merges are from the exact value: tensormerge beside mergekit, for each method and dtype.

    fidelity.py PROGRAM SHARED

SHARED holds goldens/ (configurations with mergekit 0.1.5's output), models/ and tools/oracle.py, which
computes each merge in float64 from unrounded inputs. Errors are in ulp of the output's dtype, no finer
than at 0.004 of the tensor's largest magnitude; perfect rounding has a maximum of 0.5 and a mean of
0.25. `over 1 ulp` is the share of elements beyond that: where a method chooses between elements, a
choice between values that are equal within rounding may go either way, and a flipped element is off
by a whole delta. `same bits` is the share of elements that are bit for bit what mergekit wrote. Methods that
draw at random are measured against the exact result of the same draws: ours are computed anew, mergekit's are
those that explain its result best (tests/goldens/random_draws.py), which is a lower bound of its error; their
bits are compared where nothing is drawn, `drawn` where that is nowhere. Every merge is made twice, with exact
numerics and, for the last columns, with mergekit's. Prints a Markdown table; needs numpy and PyYAML.
"""
import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import yaml

FLOOR = 0.004
LIMIT = 1.0
SEED = 11


class Errors:
    """Of all tensors of one method and dtype."""

    def __init__(self):
        self.largest, self.total, self.elements, self.beyond = 0.0, 0.0, 0, 0
        self.same, self.compared = 0, 0

    def add(self, ulps):
        self.largest = max(self.largest, float(ulps.max(initial=0.0)))
        self.total += float(ulps.sum())
        self.beyond += int((ulps > LIMIT).sum())
        self.elements += ulps.size

    def mean(self):
        return f"{self.total / max(1, self.elements):.3f}"

    def cells(self):
        return [f"{self.largest:.2f}", self.mean(), f"{self.beyond / max(1, self.elements):.1e}"]

    def same_bits(self):
        return f"{self.same / self.compared:.1%}" if self.compared else "drawn"


def ulps_of(oracle, dtype, raw, exact):
    value = oracle.decode(raw, dtype)
    largest = np.abs(exact).max() if exact.size else 0.0
    unit = oracle.ulp(np.maximum(np.abs(exact), FLOOR * largest), dtype)
    return np.where(value == exact, 0.0, np.abs(value - exact) / unit).reshape(-1)


def read_folder(oracle, folder):
    tensors = {}
    for file in sorted(folder.glob("*.safetensors")):
        tensors.update(oracle.read_safetensors(str(file)))
    return tensors


def merge(arguments, numerics, config_file, is_mlx, output):
    command = ["mlx", "--config", config_file, "--mlx-path", output] if is_mlx else \
        ["merge", config_file, output, "--numerics", numerics, "--random-seed", str(SEED)]
    return subprocess.run([arguments.program, *command, "--models-dir", arguments.shared / "models",
                           "--quiet"], check=False, capture_output=True, text=True)


def compare_all(arguments, oracle, numerics):
    """Errors of ours and of mergekit's by method and dtype, and what was skipped."""
    from random_draws import drawn_merges
    ours, theirs = collections.defaultdict(Errors), collections.defaultdict(Errors)
    skipped = []
    for golden in sorted((arguments.shared / "goldens").iterdir()):
        config = yaml.safe_load((golden / "config.yml").read_text())
        is_mlx = oracle.is_mlx(config)
        tokenizer = golden / "tokenizer.json"
        with tempfile.TemporaryDirectory() as folder:
            output = pathlib.Path(folder) / "out"
            done = merge(arguments, numerics, golden / "config.yml", is_mlx, output)
            if done.returncode != 0:
                skipped.append(f"{golden.name}: {done.stderr.strip().splitlines()[-1]}")
                continue
            merged = read_folder(oracle, output)
        given = config, str(arguments.shared / "models"), str(tokenizer) if tokenizer.exists() else None
        expected = oracle.read_safetensors(str(golden / "expected.safetensors"))
        draws = json.loads((golden / "meta.json").read_text()).get("random_tensors") or []
        # Rounded as mergekit does, magnitudes rank otherwise, and so della draws otherwise.
        drawn_anew = not draws or numerics == "exact"
        exact = drawn_merges(oracle, SEED).run(*given, explaining=None if drawn_anew else merged)
        their_exact = drawn_merges(oracle, SEED).run(*given, explaining=expected) if draws else exact
        method = "MLX " + config["slices"][0].get("merge_method", "slerp") if is_mlx else config["merge_method"]
        for name, (_, truth) in exact.items():
            if truth is None or name not in merged or not is_float(oracle, merged[name][0]):
                continue
            key = (method, merged[name][0])
            ours[key].add(ulps_of(oracle, *merged[name], truth))
            if not is_mlx:
                theirs[key].add(ulps_of(oracle, *expected[name], their_exact[name][1]))
                if name in draws:
                    continue
                ours[key].same += int((merged[name][1] == expected[name][1]).sum())
                ours[key].compared += truth.size
    return ours, theirs, skipped


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("shared", type=pathlib.Path)
    arguments = parser.parse_args()
    sys.path.insert(0, str(arguments.shared / "tools"))
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "goldens"))
    import oracle
    oracle.EXACT_INPUTS = True

    ours, theirs, skipped = compare_all(arguments, oracle, "exact")
    alike, _, _ = compare_all(arguments, oracle, "mergekit")
    print("| method | dtype | max ulp | mean ulp | over 1 ulp | mergekit: max | mean | over 1 | same bits "
          "| `--numerics mergekit`: mean | same bits then |")
    print("|---" * 11 + "|")
    for key in sorted(ours):
        method, dtype = key
        cells = [method if method.startswith("MLX") else f"`{method}`", dtype, *ours[key].cells()]
        if key in theirs:
            cells += [*theirs[key].cells(), ours[key].same_bits(), alike[key].mean(), alike[key].same_bits()]
        else:
            cells += [""] * 6
        print("| " + " | ".join(cells) + " |")
    for line in skipped:
        print(f"skipped {line}", file=sys.stderr)


def is_float(oracle, dtype):
    return dtype in oracle.FMT


if __name__ == "__main__":
    main()
