#!/usr/bin/env python3
"""Merges with different threads and memory: the bytes must be the same.

    check_same_bytes.py PROGRAM EXAMPLES WORK_FOLDER [--sanitized]

Sanitizers take more memory themselves than the limits that are tried.
"""
import pathlib
import shutil
import subprocess
import sys

METHODS = {
    "linear": "    parameters: {weight: 0.5}\n",
    "dare_ties": "    parameters: {weight: 0.5, density: 0.4}\n",
    "della": "    parameters: {weight: 0.5, density: 0.5, epsilon: 0.1}\n",
    "breadcrumbs": "    parameters: {weight: 0.5, density: 0.5, gamma: 0.02}\n",
    "model_stock": "",
    "sce": "",
}
THREADS = [["--num-threads", "1"], ["--num-threads", "2"], ["--num-threads", "7"]]
LIMITS = [["--max-memory", "64MiB"], ["--max-memory", "1GiB", "-j3"]]


def main():
    program, examples, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    limits = [] if "--sanitized" in sys.argv else LIMITS
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for method, parameters in METHODS.items():
        config = work / f"{method}.yml"
        base = "" if method == "linear" else "base_model: prose-base\n"
        config.write_text(f"merge_method: {method}\n{base}models:\n"
                          f"  - model: python-ft\n{parameters}  - model: c-ft\n{parameters}")
        results = set()
        for options in THREADS + limits:
            subprocess.run([program, "merge", config, work / "output", "--quiet", "--models-dir",
                            examples / "models", *options], check=True)
            results.add((work / "output" / "model.safetensors").read_bytes())
        if len(results) != 1:
            sys.exit(f"{method}: {len(results)} different results")
    refused = subprocess.run([program, "merge", work / "linear.yml", work / "none", "--models-dir",
                              examples / "models", "--max-memory", "1KiB"],
                             capture_output=True, text=True)
    if refused.returncode != 1 or "does not fit" not in refused.stderr or (work / "none").exists():
        sys.exit(f"1 KiB was not refused: {refused.returncode} {refused.stderr}")
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
