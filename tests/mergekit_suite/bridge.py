"""A pytest plugin that has mergekit's tests merge with the tensormerge program.

What mergekit's functions are given is written to files, the program is called, and what it writes
is given back. A call that files cannot say (gradients, methods defined in the test, models that are
no state dictionaries) goes to mergekit itself; a test with such a call, or with none through the
program, is not counted. TENSORMERGE_PROGRAM names the program.

Messages are translated: tests match mergekit's words, so a refusal of ours carries them too.
"""
import collections
import json
import logging
import os
import pathlib
import subprocess
import tempfile

import pytest
import torch
import yaml
from mergekit.graph import Task
from mergekit.merge_methods.base import ParameterScope
from safetensors.torch import load_file, save_file

import mergekit.merge
import mergekit.merge_methods
import mergekit.scripts.merge_raw_pytorch as raw

PROGRAM = os.environ["TENSORMERGE_PROGRAM"]
LOG = logging.getLogger("tensormerge")

# Ours, and what mergekit's tests look for.
WORDS = [
    ("the shapes of the tensor differ", "Tensor size mismatch for {path}"),
    ("the shapes of the tensor differ", "Non-floating buffer '{path}' differs"),
    ("the vocabularies differ", "Tensor size mismatch; align them with tokenizer: source: base"),
    ("lacks a tensor that the merge needs", "Missing tensors; different tensor keys"),
    ("is not of floats, and its types differ", "Non-floating buffer '{path}' differs"),
    ("differ in a tensor that cannot be merged", "Non-floating buffer '{path}' differs"),
    ("the tensor's type cannot be merged", "Non-floating buffer '{path}' differs"),
    ("are cut to the smallest", "UNSAFE vocabulary truncation"),
    ("dtype: wrong value", "floating-point torch.dtype"),
]

# Tests that cannot pass, by the beginning of their names, and why.
INSIDE = "it looks into mergekit's own graph of tasks"
ROUNDED = "`dtype` rounds inputs in mergekit; here only the result is rounded, but for --numerics mergekit"
KNOWN = {
    "test_raw_graph_dtype_policy": INSIDE,
    "test_passthrough_graph_does_not_visit_math_device": INSIDE,
    "test_graph_and_state_dict_merges_agree": INSIDE,
    "test_input_cast_and_output_cast_have_distinct_numerics": ROUNDED,
    "test_raw_graph_merges_batchnorm_without_casting_buffers": ROUNDED,
}

calls = collections.Counter()  # of the running test
results = {}


class Refused(ValueError, RuntimeError):
    """What mergekit would raise as one or the other."""


def translated(message):
    lines = [message]
    for line in message.splitlines():
        parts = line.split("`" if line.count("`") > 1 else ":")
        quoted = parts[1].strip() if len(parts) > 1 else ""
        lines += [theirs.format(path=quoted) for ours, theirs in WORDS if ours in line]
    return "\n".join(lines)


def run(*arguments):
    calls["bridged"] += 1
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, check=False)
    message = translated(done.stderr) if done.stderr.strip() else ""
    if done.returncode != 0:
        raise Refused(message or f"exit status {done.returncode}")
    if message:
        LOG.warning(message)


def flags_of(options):
    flags = []
    for name, value in options.model_dump(exclude_defaults=True).items():
        option = "--" + name.replace("_", "-")
        if name in ("device", "verbosity"):
            continue
        if isinstance(value, bool):
            flags.append(option if value else "--no-" + option[2:])
        elif value is not None:
            flags += [option, value]
    return flags


def run_merge(merge_config, out_path, options, config_source=None):
    if not (merge_config.models or merge_config.slices or merge_config.modules):
        raise RuntimeError("No output requested")
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder) / "config.yml"
        config.write_text(config_source or merge_config.to_yaml())
        run("merge", config, out_path, *flags_of(options))


class CallOfProgram(Task):
    """Stands for the graph of a raw merge."""
    arguments_of_call: tuple

    def arguments(self):
        return {}

    def execute(self):
        run(*self.arguments_of_call)


def plan_flat_merge(config, out_path, tensor_union, tensor_intersection, options):
    file = pathlib.Path(tempfile.mkdtemp()) / "config.json"
    file.write_text(json.dumps(config.model_dump(exclude_none=True)))
    words = ["raw", str(file), str(out_path), "--quiet", *flags_of(options)]
    words += ["--tensor-union"] * tensor_union + ["--tensor-intersection"] * tensor_intersection
    try:
        run(*words, "--dry-run")
    except Refused as problem:
        if "Missing tensors" in str(problem):
            raise
    return [CallOfProgram(arguments_of_call=tuple(words))]


def value_for(value, key, position):
    if isinstance(value, dict):
        return value[key]
    if isinstance(value, (list, tuple)):
        return value[position]
    return value


def raw_config(items, method, base, parameters, dtype, out_dtype, folder):
    per_input = {p.name: p.scope for p in method.spec.input_parameters}
    entries, others = [], 0
    for position, (key, tensors) in enumerate(items):
        path = pathlib.Path(folder) / f"{position}.safetensors"
        save_file({name: tensor.detach().clone().contiguous() for name, tensor in tensors.items()}, path)
        own = {}
        for name, value in parameters.items():
            if name not in per_input:
                continue
            if per_input[name] == ParameterScope.INPUT:
                own[name] = value_for(value, key, position)
            elif key != base:
                own[name] = value_for(value, key, others)
        others += key != base
        entries.append({"model": str(path), "parameters": own})
    config = {"merge_method": method.spec.name, "models": entries,
              "parameters": {k: v for k, v in parameters.items() if k not in per_input}}
    if base is not None:
        config["base_model"] = entries[[key for key, _ in items].index(base)]["model"]
    for name, type_ in (("dtype", dtype), ("out_dtype", out_dtype)):
        if type_ is not None:
            config[name] = str(type_).removeprefix("torch.")
    return config


def can_be_written(items, method, parameters, rest):
    numbers = (int, float, bool, list, tuple, dict)
    return (mergekit.merge_methods.registry._METHODS.get(method.spec.name) is method
            and not rest.get("batch_options") and all(key is not None for key, _ in items)
            and all(isinstance(value, numbers) for value in parameters.values())
            and all(type(tensor) in (torch.Tensor, torch.nn.Parameter) and tensor.device.type == "cpu"
                    and not tensor.requires_grad for _, tensors in items for tensor in tensors.values()))


original_merge_state_dicts = mergekit.merge_methods.merge_state_dicts


def merge_state_dicts(models, method, *, parameters=None, base=None, dtype=None, out_dtype=None, **rest):
    def original():
        calls["mergekit"] += 1
        return original_merge_state_dicts(models, method, parameters=parameters, base=base, dtype=dtype,
                                          out_dtype=out_dtype, **rest)
    try:
        chosen = mergekit.merge_methods.get(method) if isinstance(method, str) else method
        items = list(models.items()) if isinstance(models, dict) else list(enumerate(models))
        items = [(key, m.state_dict(keep_vars=True) if isinstance(m, torch.nn.Module) else m) for key, m in items]
        if not can_be_written(items, chosen, parameters or {}, rest):
            return original()
    except (AttributeError, TypeError, RuntimeError, KeyError):
        return original()
    with tempfile.TemporaryDirectory() as folder:
        config = raw_config(items, chosen, base, parameters or {}, dtype, out_dtype, folder)
        file = pathlib.Path(folder) / "config.yml"
        file.write_text(yaml.safe_dump(config))
        strict = [] if rest.get("strict", True) else ["--tensor-intersection"]
        run("raw", file, pathlib.Path(folder) / "out", "--quiet", *strict)
        return load_file(pathlib.Path(folder) / "out/model.safetensors")


mergekit.merge.run_merge = run_merge
mergekit.merge_methods.merge_state_dicts = merge_state_dicts
raw.plan_flat_merge = plan_flat_merge


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item):
    calls.clear()
    yield


def pytest_runtest_logreport(report):
    if report.when == "call" or report.outcome != "passed":
        kind = "by mergekit" if calls["mergekit"] or not calls["bridged"] else "by tensormerge"
        results.setdefault(report.nodeid, (kind, report.outcome))


def known_reason(test):
    name = test.split("::", 1)[1]
    return next((reason for start, reason in KNOWN.items() if name.startswith(start)), None)


def pytest_sessionfinish(session):
    failed = [test for test, (kind, outcome) in results.items()
              if kind == "by tensormerge" and outcome == "failed" and known_reason(test) is None]
    session.exitstatus = 1 if failed or not results else 0


def pytest_terminal_summary(terminalreporter):
    by_file = collections.defaultdict(collections.Counter)
    for test, (kind, outcome) in results.items():
        by_file[pathlib.Path(test.split("::")[0]).name][kind, outcome] += 1
        if kind == "by tensormerge" and outcome == "failed":
            terminalreporter.write_line(f"failed: {test}: {known_reason(test) or 'a defect'}")
    terminalreporter.write_sep("=", "tests that merge with tensormerge: passed of all")
    passed = total = 0
    for file in sorted(by_file):
        counts = by_file[file]
        mine = sum(number for (kind, outcome), number in counts.items()
                   if kind == "by tensormerge" and outcome != "skipped")
        rest = sum(number for (kind, _), number in counts.items() if kind == "by mergekit")
        good = counts["by tensormerge", "passed"]
        passed, total = passed + good, total + mine
        terminalreporter.write_line(f"{file:40} {good:4} of {mine:4}   ({rest} others)")
    terminalreporter.write_line(f"{'all':40} {passed:4} of {total:4}")
