#!/usr/bin/env python3
"""Whole merges beside `cp` of the output and, if asked for, beside mergekit, in one run.

    speed.py PROGRAM MODELS WORK [--methods linear,ties,...] [--rounds N] [--threads N]
             [--cold] [--mergekit PYTHON] [--mergekit-methods linear,slerp,...]
             [--markdown FILE] [--svg FILE]

MODELS holds m0 (the base), m1 and m2 as make_models.py makes them; WORK is a folder on the file
system to measure, where output is written and removed. Each round runs `cp` of one output file and then
every merge, so that all meet the same machine; the best of the rounds counts. `ratio` is the time over
that of `cp` of the merge's own output: that of arcee_fusion is float32, twice as large; peak memory is the
largest resident set. --cold drops the pages of what a command reads from the page cache before it. --mergekit
names a Python with mergekit, which is run once for each method, or for those named only, since some take it
many minutes. --svg draws the seconds.
"""
import argparse
import math
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import time

# For each method the models it merges (m0 is the base) and its settings.
TWO, THREE = ["m1", "m2"], ["m0", "m1", "m2"]
DELTAS = "    parameters: {weight: 0.5, density: 0.5}\n"
WEIGHTS = "    parameters: {weight: 0.5}\n"
METHODS = {
    "passthrough": (["m1"], "", "", False, 1.2),
    "linear": (TWO, WEIGHTS, "", False, 1.5),
    "task_arithmetic": (TWO, WEIGHTS, "", True, 2.0),
    "slerp": (["m1"], "", "parameters: {t: 0.4}\n", True, 2.5),
    "nuslerp": (TWO, WEIGHTS, "", False, 2.5),
    "multislerp": (TWO, WEIGHTS, "", False, 2.5),
    "karcher": (TWO, "", "", False, 2.5),
    "model_stock": (TWO, "", "", True, 2.5),
    "dare_linear": (TWO, DELTAS, "", True, 3.5),
    "dare_ties": (TWO, DELTAS, "", True, 3.5),
    "ties": (TWO, DELTAS, "", True, 6.0),
    "breadcrumbs": (TWO, "    parameters: {weight: 0.5, density: 0.5, gamma: 0.01}\n", "", True, 6.0),
    "sce": (TWO, "", "parameters: {select_topk: 0.5}\n", True, 6.0),
    "ram": (TWO, "", "", True, 6.0),
    "arcee_fusion": (["m1"], "", "", True, 6.0),
    "della": (TWO, "    parameters: {weight: 0.5, density: 0.5, epsilon: 0.1}\n", "", True, 12.0),
}


def configuration(method):
    models, own, shared, has_base, _ = METHODS[method]
    text = f"merge_method: {method}\ndtype: bfloat16\n" + shared
    if has_base:
        text += "base_model: m0\n"
    text += "models:\n"
    return text + "".join(f"  - model: {model}\n{own}" for model in models)


def drop_pages(files):
    """Makes the next reading of these files come from the disk."""
    os.sync()  # only what is written can be dropped, and what waits would be written meanwhile
    for file in files:
        with open(file, "rb") as opened:
            os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def measure(command, cold=(), **more):
    """Seconds, processor seconds and peak resident MiB of a command; `cold` are files whose pages
    are dropped before it."""
    if cold:
        drop_pages(cold)
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **more)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{errors.decode()}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def machine():
    model = platform.processor() or "unknown processor"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return f"{model}, {os.cpu_count()} cores, Linux {platform.release()}"


def table(best, copied, copied_for, mergekit, size, args):
    page = "cold" if args.cold else "warm"
    lines = [f"Models of {size / 1e9:.2f} GB, {page} page cache, {args.threads or os.cpu_count()} threads, best of "
             f"{args.rounds}; `cp` of one output takes {copied:.2f} s. {machine()}.", "",
             "| method | seconds | ratio to `cp` | limit | processor seconds | peak MiB |"
             + (" mergekit seconds | times faster | its peak MiB |" if mergekit else ""),
             "|---|---|---|---|---|---|" + ("---|---|---|" if mergekit else "")]
    for method, (seconds, processor, memory) in best.items():
        row = (f"| `{method}` | {seconds:.2f} | {seconds / copied_for[method]:.2f} | {METHODS[method][4]} |"
               f" {processor:.2f} | {memory:.0f} |")
        if method in mergekit:
            theirs, _, their_memory = mergekit[method]
            row += f" {theirs:.1f} | {theirs / seconds:.0f} | {their_memory:.0f} |"
        elif mergekit:
            row += " | | |"
        lines.append(row)
    return "\n".join(lines) + "\n"


def picture(best, copied, mergekit):
    """Bars of seconds on a logarithmic scale: ours, mergekit's, and a line for `cp`."""
    row, left, width, least = 22, 140, 520, 0.1
    most = max([seconds for seconds, *_ in [*best.values(), *mergekit.values()]] + [10])

    def place(seconds):
        return left + width * math.log(max(seconds, least) / least) / math.log(most / least)

    height = row * (len(best) + 2)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + 60}" height="{height}" '
             'font-family="sans-serif" font-size="12">', '<rect width="100%" height="100%" fill="white"/>']
    for number, (method, (seconds, *_)) in enumerate(best.items()):
        top = row * number + 6
        parts.append(f'<text x="{left - 6}" y="{top + 12}" text-anchor="end">{method}</text>')
        for value, color, thickness in ((mergekit.get(method, (0,))[0], "#d0d0d0", 16), (seconds, "#2a7ab0", 10)):
            if value:
                parts.append(f'<rect x="{left}" y="{top + 8 - thickness / 2}" width="{place(value) - left:.1f}" '
                             f'height="{thickness}" fill="{color}"/>')
                parts.append(f'<text x="{place(value) + 4:.1f}" y="{top + 12}">{value:.3g}</text>')
    bottom = row * len(best) + 6
    parts.append(f'<line x1="{place(copied):.1f}" x2="{place(copied):.1f}" y1="0" y2="{bottom}" stroke="#c03020"/>')
    parts.append(f'<text x="{left}" y="{bottom + 16}">seconds, logarithmic; blue: tensormerge, grey: mergekit, '
                 'red line: cp of the output</text></svg>')
    return "\n".join(parts) + "\n"


def main():
    parser = argparse.ArgumentParser(description="Times merges beside cp.")
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("models", type=pathlib.Path)
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--methods", default=",".join(METHODS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--mergekit", type=pathlib.Path)
    parser.add_argument("--mergekit-methods")
    parser.add_argument("--markdown", type=pathlib.Path)
    parser.add_argument("--svg", type=pathlib.Path)
    args = parser.parse_args()
    methods = args.methods.split(",")
    args.work.mkdir(parents=True, exist_ok=True)
    weights = args.models / "m0" / "model.safetensors"
    all_weights = sorted(args.models.glob("m*/*.safetensors"))
    best, mergekit = {}, {}
    copied, copied_for = {}, {}  # seconds by size, and whose output has which size

    def key_of(file):
        return round(file.stat().st_size / 1e8)  # files of one size but for their headers

    def copy(file):
        seconds = measure(["cp", file, args.work / "copy"], [file] if args.cold else [])[0]
        copied[key_of(file)] = min(seconds, copied.get(key_of(file), seconds))
        (args.work / "copy").unlink()

    for _ in range(args.rounds):
        copy(weights)
        for method in methods:
            config, output = args.work / f"{method}.yml", args.work / "output"
            config.write_text(configuration(method))
            command = [args.program, "merge", config, output, "--quiet", "--models-dir", args.models]
            if args.threads:
                command += ["--num-threads", str(args.threads)]
            measured = measure(command, all_weights if args.cold else [])
            best[method] = min(measured, best.get(method, measured))
            merged = output / weights.name
            copied_for[method] = key_of(merged)
            if copied_for[method] != key_of(weights):
                copy(merged)
            shutil.rmtree(output)
    theirs = args.mergekit_methods.split(",") if args.mergekit_methods else methods
    for method in theirs if args.mergekit else []:
        output = (args.work / "output").resolve()
        command = [args.mergekit.absolute().parent / "mergekit-yaml", (args.work / f"{method}.yml").resolve(), output,
                   "--quiet", "--no-copy-tokenizer", "--no-write-model-card"]
        mergekit[method] = measure(command, all_weights if args.cold else [], cwd=args.models)
        shutil.rmtree(output)
    copied_for = {method: copied[size] for method, size in copied_for.items()}
    copied = copied[key_of(weights)]
    text = table(best, copied, copied_for, mergekit, weights.stat().st_size, args)
    print(text, end="")
    if args.markdown:
        args.markdown.write_text(text)
    if args.svg:
        args.svg.write_text(picture(best, copied, mergekit))


if __name__ == "__main__":
    main()
