#!/usr/bin/env python3
"""The slider of the example engine against models that were merged on the disk.

    check_slider.py SLIDER PERPLEXITY TENSORMERGE EXAMPLES WORK

At each place of the slider, the perplexities are those of a merged folder; nothing is written; and where
only one layer is moved, only its tensors are merged again.
"""
import pathlib
import shutil
import subprocess
import sys

CONFIG = """merge_method: task_arithmetic
base_model: prose-base
models:
  - {{model: python-ft, parameters: {{weight: {first}}}}}
  - {{model: c-ft, parameters: {{weight: {second}}}}}
"""


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def main():
    slider, perplexity, tensormerge, examples, work = map(pathlib.Path, sys.argv[1:])
    models = examples / "models"
    ids = ("--ids", models / "heldout/ids.safetensors")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    before = sorted(path.stat().st_mtime_ns for path in models.rglob("*"))
    command = (slider, models / "prose-base", models / "python-ft", models / "c-ft", *ids, "--values", "3")
    rows = {float(line.split()[0]): line.split()[1:] for line in run(*command).splitlines()[1:4]}
    assert sorted(path.stat().st_mtime_ns for path in models.rglob("*")) == before, "a model was written to"
    for t in (0.5, 1.0):
        config = work / "merge.yml"
        config.write_text(CONFIG.format(first=1 - t, second=t), encoding="utf-8")
        run(tensormerge, "merge", config, work / "merged", "--models-dir", models)
        expected = run(perplexity, work / "merged", *ids).splitlines()[-1].split()[1:]
        assert rows[t][:3] == expected, f"t = {t}: {rows[t]} beside {expected} of the merged folder"
        assert int(rows[t][3]) == int(rows[0.0][3]), "a value of t changes every tensor"
        shutil.rmtree(work / "merged")
    moved = run(*command, "--only", "model.layers.2.").splitlines()[2:4]
    assert [line.split()[4] for line in moved] == ["9", "9"], f"layer 2 has nine tensors: {moved}"
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
