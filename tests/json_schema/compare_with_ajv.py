"""Compares our generated validators with ajv, on the corpus of configurations and its mutations.

    compare_with_ajv.py SCHEMA_VERDICTS NODE NODE_MODULES SCHEMAS CORPUS WORK [--mutations NUMBER]

Mutated documents are the same on every run; both validators get them as JSON. Files of the corpus
are read as YAML by us and by PyYAML for ajv. Each disagreement has to have one of the reasons that
are listed here, or the run fails. Exit status 77 where node, ajv, PyYAML or the corpus is missing.
"""

import argparse
import copy
import datetime
import json
import math
import pathlib
import random
import shutil
import subprocess
import sys


def schema_of(record):
    for word, schema in (("bakllama", "bakllama"), ("mlxlm", "mlx_lm")):
        if word in record["file"]:
            return schema
    own = {"mlx": "mlx", "moe": "moe", "evolve": "evolve", "raw": "raw"}
    return own.get(record["dialect"], "merge")


class TooLarge(Exception):
    """Aliases of aliases make more of a document than anyone can look at."""


def as_json(value, left=None):
    """What YAML holds, as JSON can hold it; keys are texts."""
    left = left if left is not None else [5000]
    left[0] -= 1
    if left[0] < 0:
        raise TooLarge
    if isinstance(value, dict):
        return {k if isinstance(k, str) else json.dumps(as_json(k, left)): as_json(v, left)
                for k, v in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [as_json(each, left) for each in value]
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, (str, int, float, bool)) or value is None else str(value)


def places(value, path=()):
    """All paths into a document."""
    yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], path + (key,))
    elif isinstance(value, list):
        for i, each in enumerate(value):
            yield from places(each, path + (i,))


def at(document, path):
    for step in path:
        document = document[step]
    return document


VALUES = [None, True, False, 0, 1, -1, 2, 0.5, 1.5, -0.25, 1e-5, 1e9, 7.0, "", "text", "0.5", "auto",
          "linear", "ties", "slerp", "dare_ties", "passthrough", "float16", "bfloat16", "bf16", "union",
          "base", [], {}, [0], [0, 16], [0, 8, 16], [0.1, 0.9], [1, "a"], {"value": 1},
          {"filter": "mlp", "value": 0.5}, [{"filter": "mlp", "value": 0.5}, {"value": 1}], [[]]]


def misspelt(word, dice):
    if not word:
        return "x"
    i = dice.randrange(len(word))
    return dice.choice([word[:i] + word[i + 1:], word[:i] + word[i] + word[i:], word.upper(),
                        word[:i] + "_" + word[i:], word + "s"])


def mutate(document, donors, keys, dice):
    """One change at one place."""
    paths = [path for path in places(document) if path]
    if not paths:
        return dice.choice(VALUES)
    path = dice.choice(paths)
    parent, step = at(document, path[:-1]), path[-1]
    kind = dice.randrange(12)
    if kind == 0:
        del parent[step]
    elif kind == 1:
        parent[step] = copy.deepcopy(dice.choice(VALUES))
    elif kind == 2 and isinstance(parent, dict):
        parent[misspelt(step, dice)] = parent.pop(step)
    elif kind == 3 and isinstance(parent, list):
        parent.append(copy.deepcopy(parent[step]))
    elif kind == 4 and isinstance(parent[step], str):
        parent[step] = misspelt(parent[step], dice)
    elif kind == 5:
        other = dice.choice(donors)
        parent[step] = copy.deepcopy(at(other, dice.choice(list(places(other)))))
    elif kind == 6 and isinstance(parent, dict):
        parent[dice.choice(keys)] = copy.deepcopy(dice.choice(VALUES))
    elif kind == 7:
        parent[step] = [parent[step]]
    elif kind in (8, 9) and isinstance(parent[step], list):
        dice.shuffle(parent[step])
    elif kind == 10 and isinstance(parent[step], str):
        parent[step] = dice.choice([each for each in VALUES if isinstance(each, str)])
    elif kind >= 8 and isinstance(parent[step], (int, float)) and not isinstance(parent[step], bool):
        parent[step] = dice.choice([-parent[step], parent[step] * 1000, parent[step] / 3,
                                    1 - parent[step], parent[step] + 1, str(parent[step])])
    else:
        parent[step] = copy.deepcopy(dice.choice(VALUES))
    return document


# Reasons for which we may refuse a file that ajv does not see as it is, with what we say then.
REASONS = [
    ("a key that is given twice: PyYAML takes the last", "duplicate key"),
    ("UTF-16: PyYAML reads it, other readers of YAML would not", "expected text in UTF-8"),
]


def reason_for(ours):
    return next((reason for reason, finding in REASONS if finding in ours), None)


def main():
    parser = argparse.ArgumentParser()
    for name in ("schema_verdicts", "node", "node_modules", "schemas", "corpus", "work"):
        parser.add_argument(name, type=pathlib.Path)
    parser.add_argument("--mutations", type=int, default=2000)
    given = parser.parse_args()
    try:
        import yaml
    except ImportError:
        print("skipped: this Python has no yaml")
        return 77
    for what, there in (("node", shutil.which(given.node)),
                        ("ajv", (given.node_modules / "ajv").is_dir()),
                        ("the corpus", (given.corpus / "manifest.json").is_file())):
        if not there:
            print(f"skipped: {what} is not there")
            return 77

    files, documents = [], []
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for record in json.loads((given.corpus / "manifest.json").read_text()):
        file = given.corpus / record["file"]
        if record.get("grade") == "either" or file.stat().st_size > 100000:
            continue
        try:
            parts = [as_json(each) for each in yaml.load_all(file.read_bytes(), loader)]
        except (yaml.YAMLError, UnicodeError, ValueError, TypeError, RecursionError, TooLarge):
            continue  # nothing for a schema to look at
        # Most start from accepted files: one change in those is nearest to the border.
        copies = 1 if record["verdict"] == "invalid" else 6
        documents += copies * [(schema_of(record), part) for part in parts]
        if len(parts) == 1:
            files.append((schema_of(record), file, parts[0]))

    dice = random.Random(20240229)
    donors = [document for _, document in documents]
    keys = sorted({step for each in donors for path in places(each) for step in path
                   if isinstance(step, str)})
    cases = []
    for _ in range(given.mutations):
        schema, document = dice.choice(documents)
        document = copy.deepcopy(document)
        for _ in range(dice.choice([1, 1, 1, 2])):
            document = mutate(document, donors, keys, dice)
        cases.append((schema, document))

    given.work.mkdir(parents=True, exist_ok=True)

    def write(name, entries):
        (given.work / name).write_text(json.dumps(entries))
        return given.work / name

    mutated = [{"schema": schema, "data": document} for schema, document in cases]
    whole = [{"schema": schema, "data": document} for schema, _, document in files]
    ours = [{"schema": schema, "yaml": str(file)} for schema, file, _ in files]

    def verdicts(command):
        run = subprocess.run(command, capture_output=True, text=True, check=True)
        return run.stdout.splitlines()

    def ask_us(name, entries):
        return verdicts([given.schema_verdicts, write(name, entries)])

    def ask_ajv(name, entries):
        return verdicts([given.node, pathlib.Path(__file__).parent / "ajv_verdicts.js",
                         given.node_modules / "ajv", given.schemas, write(name, entries)])

    unexplained = 0
    count = {"valid": 0, "invalid": 0, "different": 0}
    results = zip(mutated, ask_us("mutated.json", mutated), ask_ajv("mutated.json", mutated))
    for case, we, they in results:
        if (we == "valid") == (they == "valid"):
            count["valid" if we == "valid" else "invalid"] += 1
            continue
        count["different"] += 1
        unexplained += 1
        print(f"differs: {case['schema']}: {json.dumps(case['data'])}\n  we: {we}\n  ajv: {they}")
    print(f"{len(mutated)} mutations: {count}")
    if len(mutated) < given.mutations or min(count["valid"], count["invalid"]) < len(mutated) / 10:
        sys.exit("the mutations are too few or too much alike to tell anything")

    reasons = {}
    count = {"valid": 0, "invalid": 0, "different": 0}
    for (_, file, _), we, they in zip(files, ask_us("files_ours.json", ours),
                                      ask_ajv("files.json", whole)):
        if (we == "valid") == (they == "valid"):
            count["valid" if we == "valid" else "invalid"] += 1
            continue
        count["different"] += 1
        reason = reason_for(we)
        reasons.setdefault(reason, []).append(file.name)
        if reason is None:
            unexplained += 1
            print(f"differs: {file.name}\n  we: {we}\n  ajv: {they}")
    print(f"{len(files)} files: {count}")
    for reason, names in reasons.items():
        print(f"  {reason or 'unexplained'}: {', '.join(names)}")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
