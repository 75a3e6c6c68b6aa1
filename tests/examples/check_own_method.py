#!/usr/bin/env python3
"""Runs examples/own_method and compares each element with the trimmed mean computed here, in exact
arithmetic; then checks that a misspelt parameter is refused at its place, and nothing is written.

    check_own_method.py PROGRAM EXAMPLES WORK_FOLDER
"""
import fractions
import pathlib
import re
import shutil
import struct
import subprocess
import sys

from safetensors_file import read_tensors

MODELS = ["prose-base", "python-ft", "c-ft"]
LAYERS = 4


def to_number(bits):
    (value,) = struct.unpack("<f", struct.pack("<I", bits << 16))
    return value


def exact_mean(numbers):
    return sum(fractions.Fraction(number) for number in numbers) / len(numbers)


def nearest_bfloat16(value):
    """The pattern of the bfloat16 nearest to an exact number, ties to even."""
    # Neighbours of a float that is close: their patterns are consecutive for one sign.
    (bits,) = struct.unpack("<I", struct.pack("<f", float(value)))
    candidates = [pattern for pattern in ((bits >> 16) - 1, bits >> 16, (bits >> 16) + 1)
                  if 0 <= pattern < 1 << 16 and pattern & 0x7F80 != 0x7F80]
    return min(candidates, key=lambda pattern: (abs(to_number(pattern) - value), pattern & 1))


def trimmed(name):
    """How many models config.yml leaves out at either end, of three."""
    layer = re.search(r"layers\.(\d+)\..*mlp", name)
    if layer is None:
        return 1  # trim: 0.5
    trim = fractions.Fraction(1, 5) + fractions.Fraction(int(layer[1]), LAYERS - 1) * fractions.Fraction(3, 10)
    return int(trim * len(MODELS))


def check_elements(inputs, merged):
    assert set(merged) == set(inputs[0])
    kinds = set()
    for name, patterns in merged.items():
        drop = trimmed(name)
        kinds.add(drop)
        for index, pattern in enumerate(patterns):
            middle = sorted(to_number(tensors[name][index]) for tensors in inputs)[drop : len(inputs) - drop]
            wanted = middle[0] if len(middle) == 1 else to_number(nearest_bfloat16(exact_mean(middle)))
            assert to_number(pattern) == wanted, (name, index, hex(pattern), wanted)
    assert kinds == {0, 1}, "config.yml is meant to use both the mean and the median"


def main():
    program, examples, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    config, models = examples / "own_method" / "config.yml", examples / "models"

    subprocess.run([program, config, work / "merged", models], check=True)
    inputs = [read_tensors(models / model / "model.safetensors") for model in MODELS]
    check_elements(inputs, read_tensors(work / "merged" / "model.safetensors"))
    assert (work / "merged" / "tokenizer.json").exists()

    lines = config.read_text().splitlines()
    place = lines.index("  trim:") + 1
    misspelt = work / "misspelt.yml"
    misspelt.write_text(config.read_text().replace("  trim:", "  trimm:"))
    run = subprocess.run([program, misspelt, work / "refused", models], capture_output=True, text=True, check=False)
    wanted = f"{misspelt}:{place}:3: error: parameters: unknown key `trimm`; did you mean `trim`?\n"
    assert (run.returncode, run.stderr) == (1, wanted), run
    assert not (work / "refused").exists()
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
