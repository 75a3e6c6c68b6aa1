#!/usr/bin/env python3
"""How the time and the memory of a merge grow with the models' size, their number and the threads.

    scaling.py PROGRAM WORK [--method linear] [--rounds N] [--sizes 0.4,1.7,6.7]
               [--counts 2,4,8] [--threads 1,2] [--memory-sizes 1.7,6.7]
               [--memory-methods linear,ties,...]
               [--markdown FILE] [--svg FILE]

Makes the models with make_models.py in WORK (some gigabytes) and prints Markdown tables: a merge of
two models of each size in gigabytes, then of each number of models of the first size, by each
number of threads in turn, beside `cp` of one model; then for each method the peak memory with
models of two of the sizes. Times are the best of the rounds, with a warm page cache as far as
memory reaches; memory is the largest resident set, in bold where it grows by more than a tenth.
--svg draws the seconds.
"""
import argparse
import pathlib
import shutil
import subprocess
import sys

from speed import METHODS, machine, measure

LAYERS_A_GIGABYTE = 11.3  # of make_models.py's layout in bfloat16, beside the embeddings
EMBEDDINGS = 0.26  # gigabytes
MOST_GROWTH = 1.1


def make_models(folder, gigabytes, count):
    layers = max(1, round((gigabytes - EMBEDDINGS) * LAYERS_A_GIGABYTE))
    subprocess.run([sys.executable, pathlib.Path(__file__).with_name("make_models.py"), folder,
                    "--models", str(count), "--layers", str(layers)],
                   check=True, stdout=subprocess.DEVNULL)


def merge(args, method, models, count, threads=0):
    """Seconds, processor seconds and peak resident MiB of one merge."""
    config, output = args.work / "scaling.yml", args.work / "output"
    inputs, own, shared, has_base, _ = METHODS[method]
    count = 1 if len(inputs) == 1 else count  # a method that takes no more
    text = f"merge_method: {method}\ndtype: bfloat16\n{shared}"
    text += "base_model: m0\nmodels:\n" if has_base else "models:\n"
    config.write_text(text + "".join(f"  - model: m{i}\n{own}" for i in range(1, count + 1)))
    measured = measure([args.program, "merge", config, output, "--quiet", "--models-dir", models,
                        "--num-threads", str(threads)])
    shutil.rmtree(output)
    return measured


def best_merges(args, models, count):
    """The best of the rounds for each number of threads, and of `cp`."""
    best, copies = {}, []
    for _ in range(args.rounds):
        copies.append(measure(["cp", models / "m1/model.safetensors", args.work / "copy"])[0])
        (args.work / "copy").unlink()
        for threads in args.threads:
            measured = merge(args, args.method, models, count, threads)
            best[threads] = min(measured, best.get(threads, measured))
    return best, min(copies)


def peak_memory(args, models):
    return {method: merge(args, method, models, 2)[2] for method in args.memory_methods}


def time_table(args, rows):
    """`rows` are (number of models, gigabytes, (the best by threads, seconds of `cp`))."""
    titles = ["models", "GB each", "`cp` of one: seconds"]
    for threads in args.threads:
        name = "1 thread" if threads == 1 else f"{threads} threads"
        titles += [f"{name}: seconds", "a GB read", "peak MiB"]
    lines = ["| " + " | ".join(titles) + " |", "|---" * len(titles) + "|"]
    for count, size, (best, copied) in rows:
        cells = [f"{count}", f"{size:g}", f"{copied:.2f}"]
        for seconds, _, memory in best.values():
            cells += [f"{seconds:.2f}", f"{seconds / (count * size):.2f}", f"{memory:.0f}"]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def memory_table(sizes, small, large):
    lines = [f"| method | peak MiB of {sizes[0]:g} GB models | of {sizes[1]:g} GB | ratio |",
             "|---|---|---|---|"]
    for method, memory in small.items():
        ratio = large[method] / memory
        shown = f"**{ratio:.2f}**" if ratio > MOST_GROWTH else f"{ratio:.2f}"
        lines.append(f"| `{method}` | {memory:.0f} | {large[method]:.0f} | {shown} |")
    return "\n".join(lines) + "\n"


def panel(left, title, points):
    """Lines of seconds over a quantity from zero on; `points`: (quantity, best by threads)."""
    width, height, top = 300, 220, 20
    most_x = max(x for x, _ in points)
    most_y = max(seconds for _, best in points for seconds, *_ in best.values()) * 1.1
    parts = [f'<path d="M{left} {top}v{height}h{width}" fill="none" stroke="black"/>',
             f'<text x="{left + width / 2}" y="{top + height + 34}" '
             f'text-anchor="middle">{title}</text>',
             f'<text x="{left - 6}" y="{top + 10}" text-anchor="end">{most_y:.1f} s</text>',
             f'<text x="{left - 6}" y="{top + height}" text-anchor="end">0</text>']
    for x, _ in points:
        parts.append(f'<text x="{left + width * x / most_x:.1f}" y="{top + height + 16}" '
                     f'text-anchor="middle">{x:g}</text>')
    for threads, color in zip(points[0][1], ("#2a7ab0", "#c03020", "#508050", "#806080")):
        places = [(left + width * x / most_x, top + height * (1 - best[threads][0] / most_y))
                  for x, best in points]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{color}"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>' for x, y in places]
        end_x, end_y = places[-1]
        parts.append(f'<text x="{end_x + 6:.1f}" y="{end_y + 4:.1f}">{threads}</text>')
    return parts


def picture(method, by_size, by_count):
    parts = ['<svg xmlns="http://www.w3.org/2000/svg" width="800" height="310" '
             'font-family="sans-serif" font-size="12">',
             '<rect width="100%" height="100%" fill="white"/>',
             *panel(60, "GB of each of two models", by_size),
             *panel(450, "number of models", by_count),
             f'<text x="60" y="300">seconds of {method}; numbers at the lines: threads</text>',
             "</svg>"]
    return "\n".join(parts) + "\n"


def numbers(kind):
    return lambda text: [kind(number) for number in text.split(",")]


def main():
    parser = argparse.ArgumentParser(description="Times merges of growing size.")
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--method", choices=METHODS, default="linear")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", type=numbers(float), default=[0.4, 1.7, 6.7])
    parser.add_argument("--counts", type=numbers(int), default=[2, 4, 8])
    parser.add_argument("--threads", type=numbers(int), default=[1, 2])
    parser.add_argument("--memory-sizes", type=numbers(float), default=[1.7, 6.7])
    parser.add_argument("--memory-methods", type=numbers(str), default=list(METHODS))
    parser.add_argument("--markdown", type=pathlib.Path)
    parser.add_argument("--svg", type=pathlib.Path)
    args = parser.parse_args()
    if len(args.memory_sizes) != 2 or not set(args.memory_sizes) <= set(args.sizes):
        parser.error("--memory-sizes are two of --sizes")
    args.work.mkdir(parents=True, exist_ok=True)
    models = args.work / "scaled"

    def with_models(size, count, visit):
        make_models(models, size, count)
        try:
            return visit()
        finally:
            shutil.rmtree(models)

    by_size, memory = [], {}

    def measure_size(size):
        by_size.append((size, best_merges(args, models, 2)))
        if size in args.memory_sizes:
            memory[size] = peak_memory(args, models)

    for size in args.sizes:
        with_models(size, 3, lambda: measure_size(size))
    first = args.sizes[0]
    by_count = with_models(first, max(args.counts) + 1, lambda: [
        (count, best_merges(args, models, count)) for count in args.counts])
    rows = [(2, size, best) for size, best in by_size]
    rows += [(count, first, best) for count, best in by_count if count != 2]
    peak = memory_table(args.memory_sizes, *(memory[size] for size in args.memory_sizes))
    text = (f"`{args.method}`, best of {args.rounds}. {machine()}.\n\n{time_table(args, rows)}\n"
            f"Peak memory of one merge by all threads.\n\n{peak}")
    print(text, end="")
    if args.markdown:
        args.markdown.write_text(text)
    if args.svg:
        args.svg.write_text(picture(args.method, *([(x, best) for x, (best, _) in measured]
                                                   for measured in (by_size, by_count))))


if __name__ == "__main__":
    main()
