"""Gives hostile configurations to `tensormerge`: none may hang, crash or take much memory.

    check_hostile_files.py PROGRAM WORK

Each file goes through check, merge, explain and the language server, with 2 GiB of address space
and ten seconds of a processor. The exit status has to be 0 to 2, and what is refused has to be told with its place.
"""

import json
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys

MIB = 1 << 20
VALID = "merge_method: linear\nmodels:\n- {model: a, parameters: {weight: 1}}\n- {model: b, parameters: {weight: 1}}\n"


def bomb(levels):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, levels)]
    return "\n".join(lines + [f"models: *a{levels - 1}", ""])


def merge_bomb(levels):
    lines = ["a0: &a0 {k: 1}"]
    lines += [f"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}], k{i}: 1}}" for i in range(1, levels)]
    return "\n".join(lines + ["<<: *a%d" % (levels - 1), ""])


FILES = {
    "anchors_explode.yml": bomb(12),
    "merge_keys_explode.yml": merge_bomb(40),
    "anchor_of_itself.yml": "models: &a\n- *a\n",
    "anchor_of_its_parent.yml": "a: &a {b: {c: *a}}\n",
    "merge_key_of_itself.yml": "a: &a {<<: *a}\n",
    "nested_lists.yml": "models: " + "[" * 10000 + "]" * 10000 + "\n",
    "nested_mappings.yml": "models: " + "{a: " * 10000 + "}" * 10000 + "\n",
    "nested_blocks.yml": "".join("%sa:\n" % (" " * i) for i in range(10000)),
    "nested_dashes.yml": "- " * 10000 + "a\n",
    "nested_unclosed.yml": "models: " + "[" * 100000,
    "nested_json.yml": '{"a":' * 10000 + "1" + "}" * 10000,
    "large_comment.yml": "# " + "x" * (100 * MIB) + "\n" + VALID,
    "large_scalar.yml": VALID + "dtype: " + "x" * (100 * MIB) + "\n",
    "large_quoted.yml": VALID + 'dtype: "' + "\\t" * (50 * MIB) + '"\n',
    "large_list.yml": "models: [" + "1, " * (33 * MIB) + "1]\n",
    "large_models.yml": "merge_method: linear\nmodels:\n" + "- model: a\n" * (9 * MIB),
    "large_keys.yml": "".join(f"key{i}: 1\n" for i in range(8 * MIB)),
    "large_blank.yml": "\n" * (100 * MIB) + VALID,
    "large_spaces.yml": " " * (100 * MIB) + "a: 1\n",
    "large_tabs.yml": "a: [" + "\t" * (100 * MIB) + "]\n",
    "large_documents.yml": "---\na: 1\n" * (11 * MIB),
    "large_quotes.yml": "'" * (100 * MIB),
    "large_stars.yml": "*a " * (33 * MIB),
    "large_colons.yml": "a: " * (33 * MIB),
    "large_number.yml": VALID.replace("weight: 1", "weight: " + "9" * MIB),
    "large_exponent.yml": VALID.replace("weight: 1", "weight: 1.0e+" + "9" * 1000),
    "large_filter.yml": VALID.replace("weight: 1",
                                      "weight: [{filter: '" + "(a*)*" * 100000 + "', value: 1}]"),
    "bad_utf8.yml": VALID.encode() + b"dtype: \xff\xfe\xc0\x80\n",
    "cut_utf8.yml": VALID.encode() + b"dtype: \xe2\x82",
    "surrogates.yml": VALID.encode() + b"dtype: \xed\xa0\x80\n",
    "nul_bytes.yml": VALID.encode() + b"dtype: a\0b\n",
    "only_nul.yml": b"\0" * MIB,
    "utf16.yml": VALID.encode("utf-16"),
    "utf32.yml": VALID.encode("utf-32"),
    "random.yml": bytes((i * 7919 + i // 251) % 256 for i in range(MIB)),
    "empty.yml": "",
    "only_bom.yml": b"\xef\xbb\xbf",
    "huge_layers.yml": "merge_method: passthrough\nslices:\n- sources:\n"
                       "  - {model: a, layer_range: [0, 1000000]}\n",
    "directives.yml": "%YAML 9.9\n" * 100000 + "--- a\n",
    "tags.yml": "!" * (10 * MIB) + " a\n",
    "carriage_returns.yml": VALID.replace("\n", "\r"),
    "block_scalar.yml": "a: |9999999999999999999\n x\n",
}
# What readers have to take for the same.
SAME = {
    "crlf.yml": VALID.replace("\n", "\r\n"),
    "bom.yml": b"\xef\xbb\xbf" + VALID.encode(),
}


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (2048 * MIB, 2048 * MIB))
    resource.setrlimit(resource.RLIMIT_CPU, (10, 10))


def lsp_input(text):
    uri = "file:///w/hostile.yml"
    document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
    at = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 3}}
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}
    messages = [
        {"id": 1, "method": "initialize", "params": {"capabilities": {}}},
        {"method": "textDocument/didOpen", "params": {"textDocument": document}},
        {"id": 2, "method": "textDocument/hover", "params": at},
        {"id": 3, "method": "textDocument/completion", "params": at},
        {"id": 4, "method": "textDocument/codeAction", "params": {**at, "range": whole}},
        {"id": 5, "method": "shutdown"}, {"method": "exit"}]
    result = b""
    for message in messages:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        result += b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    return result


def main():
    program, work = sys.argv[1], pathlib.Path(sys.argv[2])
    sanitized = "--unlimited" in sys.argv  # sanitizers take address space and time of their own
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    problems, slowest = [], (0, "")
    for name, content in {**FILES, **SAME}.items():
        data = content if isinstance(content, bytes) else content.encode()
        file = work / name
        file.write_bytes(data)
        runs = [("check", [program, "check", file], None),
                ("merge", [program, "merge", file, work / "out", "--dry-run"], None),
                ("explain", [program, "explain", file], None),
                ("lsp", [program, "lsp"], lsp_input(data.decode("utf-8", "replace")))]
        for what, command, given in runs:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            try:
                run = subprocess.run(command, input=given, capture_output=True, check=False,
                                     timeout=None if sanitized else 100,
                                     preexec_fn=None if sanitized else limit)
            except subprocess.TimeoutExpired:
                problems.append(f"{name}: {what} hangs")
                continue
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            slowest = max(slowest, (after.ru_utime - before.ru_utime, f"{what} {name}"))
            said = (run.stdout + run.stderr).decode("utf-8", "replace")
            if run.returncode == -signal.SIGXCPU:
                problems.append(f"{name}: {what} takes more than ten seconds")
            elif run.returncode not in ((0,) if what == "lsp" else (0, 1)):
                problems.append(f"{name}: {what} ends with {run.returncode}: {said[-300:]}")
            elif what == "lsp" and said.count('"id":') < 5:
                problems.append(f"{name}: lsp leaves requests without an answer")
            elif what != "lsp" and run.returncode == 1 and not re.search(r"error", said):
                problems.append(f"{name}: {what} refuses and says: {said[:300]}")
            elif len(said) > 3 * MIB and what != "lsp":
                problems.append(f"{name}: {what} says {len(said)} bytes")
            if name in SAME and what == "check" and run.returncode != 0:
                problems.append(f"{name}: check refuses: {said[:300]}")
        file.unlink()
    print(f"{len(FILES) + len(SAME)} files; the slowest: {slowest[1]}, {slowest[0]:.1f} s")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
