#!/usr/bin/env python3
"""Runs examples/fixed_tool and checks that it writes what the full program writes for
examples/configs/ties.yml; then that it refuses a model of other tensors, and leaves nothing behind.

    check_fixed_tool.py TOOL PROGRAM EXAMPLES WORK_FOLDER
"""
import pathlib
import shutil
import subprocess
import sys

from safetensors_file import read_tensors


def main():
    tool, program, examples, work = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]), pathlib.Path(sys.argv[4])
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    models = examples / "models"
    inputs = [models / "prose-base", models / "python-ft", models / "c-ft"]

    subprocess.run([tool, work / "small", *inputs], check=True)
    subprocess.run([program, "merge", examples / "configs" / "ties.yml", work / "full", "--models-dir", models,
                    "--quiet"], check=True)
    small, full = (read_tensors(work / name / "model.safetensors") for name in ("small", "full"))
    assert small == full
    notes = {"README.md", "mergekit_config.yml"}  # of the configuration, which the tool does not have
    for file in (work / "full").iterdir():
        assert file.name in notes or (work / "small" / file.name).exists(), file.name

    refused = subprocess.run([tool, work / "refused", inputs[0], models / "heldout"], capture_output=True, text=True,
                             check=False)
    assert refused.returncode == 1 and "no such tensor" in refused.stderr, refused
    assert not (work / "refused").exists()
    assert subprocess.run([tool], capture_output=True, check=False).returncode == 2
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
