#!/usr/bin/env python3
"""Kernels beside loops written by hand and beside memcpy, for each method and dtype.

    kernels.py KERNELS [--methods linear,slerp,...] [--rounds N] [--seconds S] [--markdown FILE]

KERNELS is the program of kernels.cpp, which first compares what the loops make with what the
methods make. Each of N rounds runs it once, with a method and its loop one after the other for S
seconds each; the best of the rounds counts. Prints a Markdown table: processor time on one thread
an element, what is read and written once over that time, and the ratio to the loop by hand, in bold
where it is above 1.05. The loops that select by magnitude do so with std::nth_element on a copy,
which takes memory that grows with the tensor.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys

from speed import machine

BY_HAND, COPY = " by hand", "memcpy"
LIMIT = 1.05


def run(program, methods, seconds):
    """The results of one round by benchmark and dtype."""
    chosen = "|".join(map(re.escape, methods)) if methods else ".*"
    done = subprocess.run([program, f"--benchmark_filter=^({COPY}|({chosen})({BY_HAND})?)/",
                           "--benchmark_format=json", f"--benchmark_min_time={seconds}"],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{program} failed:\n{done.stderr}")
    results = {}
    for each in json.loads(done.stdout)["benchmarks"]:
        if each.get("error_occurred"):
            sys.exit(f"{each['name']}: {each['error_message']}")
        method, dtype = each["name"].rsplit("/", 1)
        results[method, dtype] = each["ns/element"], each["bytes_per_second"] / 1e9
    return results


def table(best, rounds):
    lines = [f"Processor time on one thread, 1 048 576 elements, best of {rounds}. {machine()}.",
             "",
             "| method | dtype | ns an element | GB/s | by hand: ns an element | ratio "
             "| memcpy: GB/s |",
             "|---|---|---|---|---|---|---|"]
    for (method, dtype), (time, speed) in best.items():
        by_hand = best.get((method + BY_HAND, dtype))
        if by_hand is None:
            continue
        ratio = time / by_hand[0]
        shown = f"**{ratio:.2f}**" if ratio > LIMIT else f"{ratio:.2f}"
        lines.append(f"| `{method}` | {dtype} | {time:.2f} | {speed:.1f} | {by_hand[0]:.2f} "
                     f"| {shown} | {best[COPY, dtype][1]:.1f} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--methods", type=lambda names: names.split(","))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.05)
    parser.add_argument("--markdown", type=pathlib.Path)
    args = parser.parse_args()
    best = {}
    for _ in range(args.rounds):
        for name, (time, speed) in run(args.program.resolve(), args.methods, args.seconds).items():
            least, most = best.get(name, (time, speed))
            best[name] = min(time, least), max(speed, most)
    text = table(best, args.rounds)
    print(text, end="")
    if args.markdown:
        args.markdown.write_text(text)


if __name__ == "__main__":
    main()
