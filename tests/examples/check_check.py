#!/usr/bin/env python3
"""The commands check, explain and init of the program, run as people run them.

    check_check.py PROGRAM EXAMPLES WORK_FOLDER
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

PROGRAM, EXAMPLES, WORK = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])

WRONG = """merge_method: ties   # the method
base_model: prose-base
models:
  - model: python-ft
    parameters: {weight: 1, densty: 0.8}
dtype: bf16
"""
RIGHT = WRONG.replace("densty", "density").replace("bf16", "bfloat16")


def run(*arguments, text=None, **variables):
    return subprocess.run([PROGRAM, *map(str, arguments)], check=False, capture_output=True,
                          text=True, input=text, env={**os.environ, **variables})


class Check(unittest.TestCase):
    def setUp(self):
        shutil.rmtree(WORK, ignore_errors=True)
        WORK.mkdir(parents=True)
        self.file = WORK / "merge.yml"
        self.file.write_text(WRONG)

    def test_exit_status(self):
        self.assertEqual(run("check", self.file).returncode, 1)
        self.assertEqual(run("check", "--exit-zero", self.file).returncode, 0)
        self.assertEqual(run("check", "-", text=RIGHT).returncode, 0)
        self.assertEqual(run("check", "--select", "TM9999", self.file).returncode, 2)
        self.assertEqual(run("check").returncode, 2)

    def test_full_shows_the_line_and_concise_does_not(self):
        full = run("check", self.file).stdout
        self.assertIn(f"{self.file}:5:29: error: models[0].parameters: unknown key `densty`; "
                      "did you mean `density`? [TM201]", full)
        self.assertIn("^~~~~~", full)
        concise = run("check", "--output-format", "concise", self.file).stdout
        self.assertEqual(len(concise.splitlines()), 2)

    def look_at_models(self, text, *more):
        self.file.write_text(text)
        return run("check", "--models", "--models-dir", EXAMPLES / "models", *more, self.file).stdout

    def test_models_of_every_merge_of_a_file_are_looked_at(self):
        said = self.look_at_models("""name: first
merge_method: linear
models:
  - {model: prose-base, parameters: {weight: 1}}
  - {model: python-ft, parameters: {weight: [{filter: mlpp, value: 1}, {value: 1}]}}
---
merge_method: slerp
base_model: first
models: [{model: first}, {model: c-ft}]
parameters: {t: 0.5}
""")
        self.assertIn("5:55: warning", said)
        self.assertIn("MB of memory", said)
        self.assertIn("the result of `first` is one of them", said)

    def test_models_of_mixtures_and_raw_checkpoints_are_looked_at(self):
        mixture = """base_model: prose-base
gate_mode: random
experts:
  - source_model: python-ft
  - source_model: absent
"""
        self.assertIn("5:19: error: the model `absent` is not there", self.look_at_models(mixture))
        raw = """merge_method: linear
models:
  - {model: prose-base/model.safetensors, parameters: {weight: 1}}
  - {model: python-ft/model.safetensors, parameters: {weight: 1}}
"""
        self.assertIn("the merge makes 39 tensors", self.look_at_models(raw, "--dialect", "raw"))

    def test_raw_and_multi_refuse_what_check_refuses(self):
        self.file.write_text("""merge_method: linear
models:
  - {model: prose-base, parameters: {weight: 1, wieght: 1}}
  - {model: python-ft, parameters: {weight: 1}}
""")
        for command in (["raw", self.file, WORK / "out"],
                        ["multi", self.file, "-I", WORK / "more", "--out-path", WORK / "out"]):
            self.assertIn("[TM201]", run(*command).stderr)
            self.assertFalse((WORK / "out").exists())

    def test_colour_is_as_asked_for(self):
        self.assertIn("\033[", run("check", "--color", "always", self.file).stdout)
        self.assertNotIn("\033[", run("check", self.file).stdout)

    def test_machine_formats(self):
        found = json.loads(run("check", "--output-format", "json", self.file).stdout)
        self.assertEqual([item["code"] for item in found], ["TM201", "TM204"])
        report = WORK / "report.sarif"
        run("check", "--output-format", "sarif", "--output-file", report, self.file)
        log = json.loads(report.read_text())
        self.assertEqual(log["version"], "2.1.0")
        self.assertEqual(len(log["runs"][0]["results"]), 2)
        for name in ("json-lines", "github", "gitlab", "junit"):
            self.assertIn("TM201", run("check", "--output-format", name, self.file).stdout)

    def test_selection(self):
        out = run("check", "--output-format", "concise", "--ignore", "TM201", self.file).stdout
        self.assertNotIn("TM201", out)
        self.assertEqual(run("check", "--select", "TM7", self.file).returncode, 0)

    def test_fixes(self):
        difference = run("check", "--diff", self.file)
        self.assertIn("+    parameters: {weight: 1, density: 0.8}", difference.stdout)
        self.assertEqual(difference.returncode, 1)
        self.assertEqual(self.file.read_text(), WRONG)
        run("check", "--fix", "--unsafe-fixes", self.file)
        self.assertEqual(self.file.read_text(), RIGHT)

    def test_merge_refuses_what_check_calls_an_error(self):
        done = run("merge", self.file, WORK / "out", "--models-dir", EXAMPLES / "models")
        self.assertEqual(done.returncode, 1)
        self.assertIn("[TM201]", done.stderr)
        self.assertIn("[TM204]", done.stderr)
        self.assertFalse((WORK / "out").exists())

    def test_models(self):
        models = ("--models", "--models-dir", EXAMPLES / "models")
        self.file.write_text(RIGHT)
        self.assertEqual(run("check", *models, self.file).returncode, 0)
        self.file.write_text(RIGHT.replace("python-ft", "no-such-model"))
        self.assertIn("TM901", run("check", *models, self.file).stdout)
        self.file.write_text(RIGHT.replace("0.8", "[{filter: nonsense, value: 1}, {value: 0.8}]"))
        self.assertIn("TM902", run("check", *models, self.file).stdout)

    def test_explain(self):
        self.file.write_text(RIGHT)
        done = run("explain", self.file, "norm", "--models-dir", EXAMPLES / "models")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"density=0.8 ({self.file}:5:38)", done.stdout)
        self.assertIn("lambda=1 (default)", done.stdout)

    def test_init(self):
        for method in ("ties", "slerp", "passthrough"):
            made = run("init", method)
            self.assertIn("yaml-language-server: $schema=", made.stdout)
            self.assertEqual(run("check", "-", text=made.stdout).returncode, 0)
        self.assertEqual(run("init", "tie").returncode, 1)


def talk(*messages):
    """What the language server sends when it is sent these messages."""
    sent = ""
    for message in messages:
        body = json.dumps({"jsonrpc": "2.0", **message})
        sent += f"Content-Length: {len(body.encode())}\r\n\r\n{body}"
    out, replies = run("lsp", "--stdio", text=sent).stdout, []
    while out:
        head, out = out.split("\n\n", 1)
        size = int(head.split(":")[1])
        replies.append(json.loads(out[:size]))
        out = out[size:]
    return replies


class LanguageServer(unittest.TestCase):
    URI = "file:///merge.yml"

    def ask(self, method, text, line, character):
        """The answer to one request about a text."""
        place = {"line": line, "character": character}
        replies = talk(
            {"id": 1, "method": "initialize", "params": {"capabilities": {}}},
            {"method": "textDocument/didOpen",
             "params": {"textDocument": {"uri": self.URI, "text": text}}},
            {"id": 2, "method": method,
             "params": {"textDocument": {"uri": self.URI}, "position": place,
                        "range": {"start": place, "end": place}}},
            {"id": 3, "method": "shutdown"}, {"method": "exit"})
        self.assertEqual(replies[0]["result"]["capabilities"]["hoverProvider"], True)
        self.published = replies[1]["params"]["diagnostics"]
        return replies[2]["result"]

    def test_diagnostics_and_corrections(self):
        actions = self.ask("textDocument/codeAction", WRONG, 4, 0)
        self.assertEqual([item["code"] for item in self.published], ["TM201", "TM204"])
        self.assertEqual(self.published[0]["range"]["start"], {"line": 4, "character": 28})
        change = actions[0]["edit"]["changes"][self.URI][0]
        self.assertEqual(change["newText"], "density")

    def test_completion_knows_the_method(self):
        text = "merge_method: ties\nmodels:\n  - model: a\n    parameters:\n      \n"
        labels = {item["label"] for item in self.ask("textDocument/completion", text, 4, 6)}
        self.assertIn("density", labels)
        self.assertNotIn("max_iter", labels)
        labels = {item["label"] for item in self.ask("textDocument/completion", text, 0, 14)}
        self.assertIn("slerp", labels)
        labels = {item["label"] for item in self.ask("textDocument/completion", "m\n", 0, 1)}
        self.assertIn("models", labels)

    def test_hover_tells_the_meaning_and_the_default(self):
        text = "merge_method: ties\nparameters:\n  lambda: 1\n"
        value = self.ask("textDocument/hover", text, 2, 4)["contents"]["value"]
        self.assertIn("Default of ties: `1`", value)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
