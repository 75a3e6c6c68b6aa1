"""Compares what we read of the accepted files of the corpus with what mergekit reads.

    compare_contents.py SCHEMA_VERDICTS SCHEMAS CORPUS WORK

The corpus has mergekit's view of each file in expected/*.json; parameters as resolved for tensors
are compared by tests/config/corpus_test.cpp. Differences have to be of these kinds: a default that
our schema has too, a key that only the file has and that mergekit leaves out, or two ways to write
a value. Exit status 77 where the corpus is missing.
"""

import json
import pathlib
import subprocess
import sys

# Keys that mergekit drops: carriers of anchors, and those that check warns about (TM208).
DROPPED = {"description", "out_dtype", "merge_method", "layer_range"}


def defaults_of(value, found):
    """All pairs of a key and the default that the schema has for it."""
    if isinstance(value, dict):
        for key, each in value.get("properties", {}).items():
            for schema in [each] + (each.get("allOf", []) if isinstance(each, dict) else []):
                if isinstance(schema, dict) and "default" in schema:
                    found.add((key, json.dumps(schema["default"])))
    for each in value.values() if isinstance(value, dict) else value:
        if isinstance(each, (dict, list)):
            defaults_of(each, found)


def as_number(value):
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def differences(ours, theirs, path, defaults, dialect):
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in ours.keys() | theirs.keys():
            below = f"{path}.{key}"
            if key not in theirs:
                dropped = key.startswith("x-") or key in DROPPED or ours[key] is None
                if not dropped:
                    yield below, ours[key], "nothing"
            elif key not in ours:
                if (key, json.dumps(theirs[key])) not in defaults:
                    yield below, "nothing", theirs[key]
            else:
                yield from differences(ours[key], theirs[key], below, defaults, dialect)
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for i, pair in enumerate(zip(ours, theirs)):
            yield from differences(*pair, f"{path}[{i}]", defaults, dialect)
    elif isinstance(ours, dict) and isinstance(theirs, str):  # the long form of a model's name
        while isinstance(ours, dict):
            ours = ours.get("path", ours.get("model"))
        if ours != theirs:
            yield path, ours, theirs
    elif isinstance(ours, str) and isinstance(theirs, dict):  # the short form of a task
        yield from differences({"name": ours}, theirs, path, defaults, dialect)
    elif isinstance(ours, bool) != isinstance(theirs, bool) or ours != theirs:
        # 1e-5 is text for PyYAML, and a parameter's number all the same.
        same = as_number(ours) == as_number(theirs) is not None and not isinstance(ours, bool)
        if not same:
            yield path, ours, theirs


def main():
    verdicts, schemas, corpus, work = map(pathlib.Path, sys.argv[1:5])
    if not (corpus / "manifest.json").is_file():
        print("skipped: the corpus is not there")
        return 77
    defaults = {("source", '"union"')}  # of the tokenizer; the schema says it in words
    for schema in schemas.glob("*.schema.json"):
        defaults_of(json.loads(schema.read_text()), defaults)
    records = [each for each in json.loads((corpus / "manifest.json").read_text())
               if each.get("expected") and each.get("grade") != "either"]
    work.mkdir(parents=True, exist_ok=True)
    cases = work / "contents.json"
    cases.write_text(json.dumps([{"content": str(corpus / each["file"])} for each in records]))
    lines = subprocess.run([verdicts, cases], capture_output=True, text=True,
                           check=True).stdout.splitlines()
    different = 0
    for record, line in zip(records, lines, strict=True):
        if line.startswith("unreadable"):
            different += 1
            print(f"{record['file']}: {line}")
            continue
        expected = json.loads((corpus / record["expected"]).read_text())
        ours = json.loads(line)
        if "documents" in expected:
            names = {each["name"] for each in expected["documents"]} - {None}
            for document in ours:
                document.pop("name", None)
            theirs = [each["normalized"] for each in expected["documents"]]
            # What is merged of other documents is a folder by then.
            theirs = json.loads(json.dumps(theirs).replace("WORK/", ""))
            if len(names) == 0:
                different += 1
        else:
            theirs = [expected["normalized"]]
        found = list(differences(ours, theirs, "", defaults, record["dialect"]))
        different += bool(found)
        for path, we, they in found:
            print(f"{record['file']}: {path}: we read {we!r}, mergekit {they!r}")
    print(f"{len(records)} files, {different} with another content")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
