#!/usr/bin/env python3
"""What including headers of the numeric core costs, beside Eigen/Core.

    compile_time.py [--compiler C++] [--runs N] BUILD [HEADER...]

BUILD is a build folder, for the generated headers. HEADER is an include path such as
tensormerge/method/ties.hpp; merge.hpp and every method by default. Each is compiled with -O2 in a source that
uses nothing of it, in N rounds that take all in turn; the last rows merge spans of bfloat16 with a
method. Prints a Markdown table: the least user time, in seconds and as a multiple of Eigen/Core's, and what
the source adds to a stripped program that does nothing.
"""
import argparse
import pathlib
import resource
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
MERGE = """#include <tensormerge/merge.hpp>
#include <tensormerge/method/{method}.hpp>

using namespace tensormerge;

const char* merge_two(std::span<bfloat16> out, std::span<const bfloat16> base,
                      std::span<const std::span<const bfloat16>> inputs,
                      std::span<const {method}::input_parameters> weights,
                      std::span<std::byte> memory) {{
  return merge<{method}, bfloat16>(out, base, inputs, {{}}, weights, vector_facts(out.size()), memory);
}}
"""
MERGED_WITH = ("linear", "slerp", "task_arithmetic", "ties")


def default_headers():
    list_header = (ROOT / "include/tensormerge/method/method_list.hpp").read_text(encoding="utf-8")
    methods = [line.split("<")[1].split(">")[0] for line in list_header.splitlines() if "<tensormerge/" in line]
    return ["tensormerge/merge.hpp", "tensormerge/method/parameters.hpp", *methods,
            "tensormerge/method/method_list.hpp"]


def user_seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run(command, check=True)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def stripped_bytes(command, source, program):
    subprocess.run([*command, source, "-o", program], check=True)
    subprocess.run(["strip", program], check=True)
    return program.stat().st_size


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--compiler", default="g++")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("headers", nargs="*")
    given = parser.parse_args()
    eigen = subprocess.run(["pkg-config", "--cflags", "eigen3"], capture_output=True, text=True, check=True)
    generated = given.build / "generated/tensormerge_method_parameters/include"
    command = [given.compiler, "-std=c++20", "-O2", f"-I{ROOT}/include", f"-I{generated}", *eigen.stdout.split()]
    nothing = "int main() {}\n"
    sources = {"`Eigen/Core`": "#include <Eigen/Core>\n"}
    for header in given.headers or default_headers():
        sources[f"`{header}`"] = f"#include <{header}>\n"
    if not given.headers:
        for method in MERGED_WITH:
            sources[f"a merge of bfloat16 spans by `{method}`"] = MERGE.format(method=method)
    with tempfile.TemporaryDirectory() as folder:
        source, program = pathlib.Path(folder) / "source.cpp", pathlib.Path(folder) / "program"
        best = dict.fromkeys(sources, float("inf"))
        for _ in range(given.runs):
            for name, text in sources.items():
                source.write_text(text + nothing, encoding="utf-8")
                best[name] = min(best[name], user_seconds([*command, "-c", source, "-o", program]))
        source.write_text(nothing, encoding="utf-8")
        empty = stripped_bytes(command, source, program)
        print("| included | seconds | of Eigen/Core | adds, KB |\n|---|---|---|---|")
        for name, text in sources.items():
            source.write_text(text + nothing, encoding="utf-8")
            added = stripped_bytes(command, source, program) - empty
            print(f"| {name} | {best[name]:.2f} | {best[name] / best['`Eigen/Core`']:.2f} | {added / 1000:.1f} |")


if __name__ == "__main__":
    main()
