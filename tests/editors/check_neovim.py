"""Writes a configuration in Neovim, with `tensormerge lsp` as its language server.

    check_neovim.py PROGRAM NEOVIM MODELS WORK

Neovim runs headless as the client: diagnostics of both levels, code actions, completion and hover
have to arrive. Exit status 77 where Neovim is missing.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys

# A letter outside of the first plane stands before a mistake: columns count UTF-16 there.
CONFIG = """merge_method: tise
base_model: prose-base
models:
  - model: python-ft
    parameters: {"density": 0.5, "weigth": 1}  # 😀
  - model: c-ft
    parameters:
      weight: [0, 0.5, 1]
      density: [{filter: mlpp, value: 0.5}, {value: 1}]
"""


def main():
    program, neovim, models, work = sys.argv[1:5]
    if not shutil.which(neovim):
        print("skipped: nvim is not there")
        return 77
    work = pathlib.Path(work).resolve()
    shutil.rmtree(work, ignore_errors=True)
    (work / "a b").mkdir(parents=True)
    file = work / "a b" / "merge.yml"
    file.write_text(CONFIG)
    result_file = work / "result.json"
    environment = {**os.environ, "PROGRAM": program, "MODELS": str(pathlib.Path(models).resolve()),
                   "FILE": str(file).replace(" ", "\\ "), "RESULT": str(result_file),
                   "XDG_STATE_HOME": str(work), "XDG_CACHE_HOME": str(work), "HOME": str(work)}
    script = pathlib.Path(__file__).resolve().parent / "neovim_client.lua"
    run = subprocess.run([neovim, "--headless", "-n", "-u", "NONE", "-c", f"luafile {script}"],
                         env=environment, capture_output=True, text=True, timeout=120, check=False)
    if not result_file.is_file():
        sys.exit(f"Neovim ended with {run.returncode}: {run.stdout}{run.stderr}")
    result = json.loads(result_file.read_text())
    problems = []

    def expect(what, wanted, shown):
        if not any(wanted in each for each in shown):
            problems.append(f"{what}: `{wanted}` is not in {shown}")

    if result.get("problem"):
        problems.append(result["problem"])
    expect("first level", "1:15 TM204", result.get("first", []))
    expect("first level", "5:34 TM201", result.get("first", []))
    expect("actions", "ties", result.get("actions", []))
    expect("actions", "weight", result.get("actions", []))
    expect("corrected", "merge_method: ties", result.get("corrected", [])[:1])
    expect("corrected", '"weight": 1}  # 😀', result.get("corrected", []))
    expect("second level", "9:26 TM902", result.get("second", []))
    expect("second level", "TM903", result.get("second", []))
    expect("completion of keys", "lambda", result.get("keys", []))
    expect("completion of methods", "dare_ties", result.get("methods", []))
    hovers = result.get("hovers", [])
    expect("hover of the method", "ties", hovers[:1])
    expect("hover of the base", "task vectors", hovers[1:2])
    expect("hover of a gradient", "0.25: `0.25`", hovers[2:3])
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
