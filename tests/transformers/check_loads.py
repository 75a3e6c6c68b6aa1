#!/usr/bin/env python3
"""Loads merged folders with transformers: no missing, unexpected or mismatched key, and it generates.

    check_loads.py PROGRAM SHARED WORK_FOLDER [CASE...]

Merges each golden configuration (all that are in scope where none is named). Exit status 0 where
every folder loads, 77 where transformers is not installed, else 1.
"""
import pathlib
import shutil
import subprocess
import sys

try:
    import torch
    import transformers
    import yaml
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)


def merge(program, shared, config_file, output):
    config = yaml.safe_load(config_file.read_text())
    if any("path" in model for model in config.get("models") or []):
        command = ["mlx", "--config", config_file, "--mlx-path", output]
    else:
        command = ["merge", config_file, output]
    return subprocess.run([program, *command, "--models-dir", shared / "models", "--quiet"],
                          check=False, capture_output=True, text=True)


def problems_of(folder):
    model, info = transformers.AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True)
    found = [f"{kind}: {sorted(info[kind])}" for kind in ("missing_keys", "unexpected_keys",
                                                         "mismatched_keys") if info[kind]]
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    ids = tokenizer("The quick brown fox", return_tensors="pt").input_ids
    with torch.no_grad():
        made = model.generate(ids, max_new_tokens=8, do_sample=False, pad_token_id=0)
    if made.shape[1] <= ids.shape[1]:
        found.append("it generates nothing")
    return found


def main():
    program, shared, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    cases = sys.argv[4:] or sorted(p.name for p in (shared / "goldens").iterdir())
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    loaded, refused, failed = 0, 0, 0
    for case in cases:
        output = work / case
        shutil.rmtree(output, ignore_errors=True)
        merged = merge(program, shared, shared / "goldens" / case / "config.yml", output)
        if merged.returncode != 0:
            refused += 1
            print(f"not merged  {case}: {merged.stderr.strip().splitlines()[0]}")
            continue
        problems = problems_of(output)
        failed += bool(problems)
        loaded += not problems
        print(f"{'FAIL' if problems else 'ok':10}  {case} {'; '.join(problems)}", flush=True)
        shutil.rmtree(output, ignore_errors=True)
    print(f"{loaded} loaded, {failed} failed, {refused} not merged")
    return 1 if failed or not loaded else 0


if __name__ == "__main__":
    sys.exit(main())
