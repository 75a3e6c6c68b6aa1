#!/usr/bin/env python3
"""How the time and the memory of a merge grow with the models' size, their number and the threads.

    scaling.py PROGRAM WORK [--method linear] [--rounds N] [--sizes 0.4,0.8,1.7,3.4] [--counts 2,4,8]

Makes the models with make_models.py in WORK (some gigabytes) and prints a Markdown table: a merge of two
models of each size in gigabytes, then of each number of models of the first size, then of the largest size
by one and by two threads. Each is the best of the rounds, with a warm page cache as far as memory reaches.
"""
import argparse
import pathlib
import shutil
import subprocess
import sys

from speed import METHODS, machine, measure

LAYERS_A_GIGABYTE = 10.6  # of the layout below, in bfloat16


def make_models(folder, gigabytes, count):
    layers = max(1, round(gigabytes * LAYERS_A_GIGABYTE))
    subprocess.run([sys.executable, pathlib.Path(__file__).with_name("make_models.py"), folder, "--models", str(count),
                    "--layers", str(layers), "--vocabulary", "1000"], check=True, stdout=subprocess.DEVNULL)


def best_merge(args, models, count, threads=0):
    config, output = args.work / "scaling.yml", args.work / "output"
    _, own, shared, has_base, _ = METHODS[args.method]
    text = f"merge_method: {args.method}\ndtype: bfloat16\n{shared}" + ("base_model: m0\n" if has_base else "")
    config.write_text(text + "models:\n" + "".join(f"  - model: m{i}\n{own}" for i in range(1, count + 1)))
    command = [args.program, "merge", config, output, "--quiet", "--models-dir", models, "--num-threads", str(threads)]
    best = None
    for _ in range(args.rounds):
        measured = measure(command, cold=False)
        best = min(measured, best or measured)
        shutil.rmtree(output)
    return best


def main():
    parser = argparse.ArgumentParser(description="Times merges of growing size.")
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--method", choices=METHODS, default="linear")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", default="0.4,0.8,1.7,3.4")
    parser.add_argument("--counts", default="2,4,8")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    sizes, counts = [float(size) for size in args.sizes.split(",")], [int(count) for count in args.counts.split(",")]
    print(f"`{args.method}`, best of {args.rounds}. {machine()}.\n")
    print("| models | GB each | threads | seconds | seconds a GB read | peak MiB |\n|---|---|---|---|---|---|")

    def row(models, count, size, threads):
        seconds, _, memory = best_merge(args, models, count, threads)
        print(f"| {count} | {size:g} | {threads or 'all'} | {seconds:.2f} | {seconds / (count * size):.2f} "
              f"| {memory:.0f} |", flush=True)

    for size in sizes:
        models = args.work / "sized"
        make_models(models, size, 3)
        row(models, 2, size, 0)
        if size == sizes[-1]:
            row(models, 2, size, 1)
            row(models, 2, size, 2)
        shutil.rmtree(models)
    models = args.work / "several"
    make_models(models, sizes[0], max(counts) + 1)
    for count in counts:
        row(models, count, sizes[0], 0)
    shutil.rmtree(models)


if __name__ == "__main__":
    main()
