#!/usr/bin/env python3
"""Kills merges at random moments and lets them go on: the bytes must be those of an undisturbed run.

    check_resume.py PROGRAM EXAMPLES WORK_FOLDER

Each merge is started with --resume, killed without warning after a random part of the time that it takes,
and started again, until one run gets through.
"""
import pathlib
import random
import shutil
import subprocess
import sys
import time

KILLS = 20


def main():
    program, examples, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)

    def command(output, *more):
        return [program, "merge", examples / "configs" / "ties.yml", work / output, "--quiet",
                "--models-dir", examples / "models", *more]

    started = time.perf_counter()
    subprocess.run(command("whole"), check=True)
    seconds = time.perf_counter() - started
    expected = {file.name: file.read_bytes() for file in (work / "whole").iterdir()}
    expected.pop("README.md", None)  # it has the folder's name

    def check_output():
        found = {file.name: file.read_bytes() for file in (work / "resumed").iterdir()}
        found.pop("README.md", None)
        for name in (".tensormerge-partial", ".tensormerge-journal"):
            found.pop(name, None)  # a kill between the renaming and the end leaves them
        if found != expected:
            sys.exit(f"after {killed} kills: files differ: {sorted(found)} and {sorted(expected)}")

    random.seed(7)
    killed = 0
    while killed < KILLS:
        shutil.rmtree(work / "resumed", ignore_errors=True)
        while True:
            process = subprocess.Popen(command("resumed", "--resume"))
            try:
                status = process.wait(timeout=random.uniform(0, seconds))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                killed += 1
                if not (work / "resumed").exists():
                    continue
                status = 0  # the kill came after the output got its name
            if status != 0:
                sys.exit(f"exit status {status} after {killed} kills")
            break
        check_output()
        if (work / "resumed.partial").exists():
            sys.exit("the unfinished folder is still there")
    print(f"{killed} kills: the same bytes")
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
