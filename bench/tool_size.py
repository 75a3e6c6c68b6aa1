#!/usr/bin/env python3
"""Size and start-up time of programs, side by side.

    tool_size.py [--runs N] PROGRAM...

Each is stripped (a copy) and started N times with `--version`; a program that does not know it prints
its usage, which takes the same start. Prints a Markdown table: the size of the file, the shared libraries
it needs beside those of C and C++, and the median and shortest time from start to end. The first line is
`true`, which does nothing: what the system itself takes.
"""
import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

ALWAYS = ("linux-vdso", "ld-linux", "libc.so", "libm.so", "libstdc++", "libgcc_s", "/lib/ld-")


def libraries(program):
    """Those that only this program needs: beside the C and C++ libraries."""
    listed = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout.splitlines()
    return [line.split()[0] for line in listed if line.strip() and not any(name in line for name in ALWAYS)]


def start(program):
    """Seconds that one run takes."""
    silent = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 1, 2)]
    begin = time.perf_counter()
    process = os.posix_spawn(program, [program, "--version"], os.environ, file_actions=silent)
    os.waitpid(process, 0)
    return time.perf_counter() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("programs", nargs="+", metavar="PROGRAM")
    given = parser.parse_args()
    print("| program | stripped, KiB | libraries | start-up, ms (median) | shortest |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for program in [shutil.which("true"), *given.programs]:
            name = pathlib.Path(program).name
            stripped = pathlib.Path(folder) / name
            subprocess.run(["strip", "-o", stripped, program], check=True)
            stripped.chmod(0o755)
            seconds = [start(str(stripped)) for _ in range(given.runs)]
            print(f"| `{name}` | {stripped.stat().st_size / 1024:.0f} | {', '.join(libraries(stripped)) or 'none'} "
                  f"| {statistics.median(seconds) * 1e3:.2f} | {min(seconds) * 1e3:.2f} |")


if __name__ == "__main__":
    main()
