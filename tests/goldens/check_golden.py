#!/usr/bin/env python3
"""Merges as one golden configuration says and compares with the exact result.

    check_golden.py PROGRAM SHARED CASE WORK_FOLDER

The exact result is made by SHARED/tools/oracle.py in float64, from unrounded inputs, and the limits
are those of SHARED/tools/compare.py: at most 1 ulp and 0.27 ulp in the mean for every tensor, with
a share of 1e-4 of the elements left out where a threshold or a vote falls between equal values.
Methods that draw at random are compared with the exact result of the same draws, which are computed
anew (random_draws.py), and have to keep the share that was asked for within 4 standard deviations.
Exit status: 0 within the limits, 77 where the case is skipped (the reason is printed), else 1.
"""
import json
import pathlib
import shutil
import subprocess
import sys

import yaml

LIMITS = ["--max-ulp", "1", "--mean-ulp", "0.27", "--floor", "0.004", "--outliers", "1e-4"]
SKIPPED = 77
SEED = 11


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def run(*command):
    print("+", *command, flush=True)
    return subprocess.run([str(word) for word in command], check=False).returncode


def write_drawn(tools, config, models, exact):
    """Writes the exact result of the same draws; whether they kept the share that was asked for."""
    sys.path.insert(0, str(tools))
    import oracle
    import random_draws
    oracle.EXACT_INPUTS = True
    drawn = random_draws.drawn_merges(oracle, SEED)
    oracle.write_safetensors(str(exact), drawn.run(config, str(models)))
    print(f"kept shares are {drawn.strays():.2f} standard deviations off at most")
    return drawn.strays() <= 4


def main():
    program, shared, case, work = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3], pathlib.Path(sys.argv[4])
    golden = shared / "goldens" / case
    meta = json.loads((golden / "meta.json").read_text())
    config_file = golden / "config.yml"
    config = yaml.safe_load(config_file.read_text())
    is_mlx = any("path" in model for model in config.get("models") or [])

    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    models, output = shared / "models", work / "output"
    if is_mlx:
        merge = [program, "mlx", "--config", config_file, "--mlx-path", output, "--quiet"]
    else:
        merge = [program, "merge", config_file, output, "--random-seed", SEED, "--quiet"]
    if run(*merge, "--models-dir", models) != 0:
        return 1
    tools, exact = shared / "tools", work / "exact.safetensors"
    tokens = ["--tokenizer", output / "tokenizer.json"] if case.startswith("tokenizer-") else []
    if meta.get("random_tensors"):
        if not write_drawn(tools, config, models, exact):
            return 1
    elif run(sys.executable, tools / "oracle.py", config_file, "--models", models, "--inputs", "exact",
             *tokens, "--out", exact) != 0:
        return 1
    status = run(sys.executable, tools / "compare.py", exact, output, *LIMITS)
    shutil.rmtree(work, ignore_errors=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
