"""Opens configurations in yaml-language-server with our schemas.

    check_yaml_language_server.py NODE NODE_MODULES SCHEMAS CORPUS

It has to have no complaint about any file of the corpus that is valid, and to complete and explain
keys, methods and their parameters. Exit status 77 where node, the server or the corpus is missing.
"""

import json
import pathlib
import queue
import shutil
import subprocess
import sys
import threading


class Server:
    """A language server, spoken to over its standard input and output."""

    def __init__(self, command, settings):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.settings, self.number = settings, 0
        self.replies, self.diagnostics = queue.Queue(), queue.Queue()
        threading.Thread(target=self.listen, daemon=True).start()
        self.request("initialize", {
            "processId": None, "rootUri": "file:///w",
            "capabilities": {"workspace": {"configuration": True},
                             "textDocument": {"completion": {"completionItem": {
                                 "documentationFormat": ["markdown"]}}}}})
        self.send("initialized", {})
        self.send("workspace/didChangeConfiguration", {"settings": settings})

    def listen(self):
        stream = self.process.stdout
        while True:
            length = 0
            while line := stream.readline().strip():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            if length == 0:
                return
            message = json.loads(stream.read(length))
            if message.get("method") == "textDocument/publishDiagnostics":
                self.diagnostics.put(message["params"])
            elif message.get("method") == "workspace/configuration":
                sections = [item.get("section") for item in message["params"]["items"]]
                self.write({"id": message["id"],
                            "result": [self.settings.get(each) for each in sections]})
            elif "method" in message and "id" in message:
                self.write({"id": message["id"], "result": None})
            elif "id" in message:
                self.replies.put(message)

    def write(self, message):
        text = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(text), text))
        self.process.stdin.flush()

    def send(self, method, params):
        self.write({"method": method, "params": params})

    def request(self, method, params):
        self.number += 1
        self.write({"id": self.number, "method": method, "params": params})
        while True:
            reply = self.replies.get(timeout=60)
            if reply["id"] == self.number:
                return reply.get("result")

    def open(self, uri, text):
        self.send("textDocument/didOpen", {"textDocument": {
            "uri": uri, "languageId": "yaml", "version": 1, "text": text}})

    def diagnostics_of(self, uri):
        while True:
            params = self.diagnostics.get(timeout=60)
            if params["uri"] == uri:
                return params["diagnostics"]

    def at(self, method, uri, line, character):
        return self.request("textDocument/" + method, {
            "textDocument": {"uri": uri}, "position": {"line": line, "character": character}})


def schema_of(record):
    for word, schema in (("bakllama", "bakllama"), ("mlxlm", "mlx_lm")):
        if word in record["file"]:
            return schema
    own = {"mlx": "mlx", "moe": "moe", "evolve": "evolve", "raw": "raw"}
    return own.get(record["dialect"], "merge")


def main():
    node, modules, schemas, corpus = sys.argv[1], *map(pathlib.Path, sys.argv[2:5])
    package = modules / "yaml-language-server"
    for what, there in (("node", shutil.which(node)), ("yaml-language-server", package.is_dir()),
                        ("the corpus", (corpus / "manifest.json").is_file())):
        if not there:
            print(f"skipped: {what} is not there")
            return 77
    names = ["merge", "mlx", "mlx_lm", "moe", "evolve", "bakllama"]
    server = Server([node, package / "bin/yaml-language-server", "--stdio"], {
        "yaml": {
            "schemas": {(schemas / f"{name}.schema.json").resolve().as_uri(): [f"/w/{name}/*"]
                        for name in names},
            "schemaStore": {"enable": False}, "validate": True, "completion": True, "hover": True,
            "yamlVersion": "1.1"}})
    problems, otherwise_read, looked_at = [], [], 0
    for record in json.loads((corpus / "manifest.json").read_text()):
        schema = schema_of(record)
        if record["verdict"] != "valid" or record.get("grade") == "either" or schema == "raw":
            continue
        uri = f"file:///w/{schema}/{looked_at}.yml"
        looked_at += 1
        server.open(uri, (corpus / record["file"]).read_text(encoding="utf-8-sig"))
        for each in server.diagnostics_of(uri):
            if record.get("yaml_1_1_vs_1_2"):  # the server reads YAML 1.2, whatever it is told
                otherwise_read.append(record["file"])
                continue
            line = each["range"]["start"]["line"] + 1
            problems.append(f"{record['file']}:{line}: {each['message']}")
    print(f"{looked_at} valid files, {len(problems)} complaints; of files that mean something else to "
          f"YAML 1.2: {otherwise_read}")

    uri = "file:///w/merge/typed.yml"
    text = ("merge_method: ties\nbase_model: a\nmodels:\n  - model: b\n    parameters:\n"
            "      weight: 0.5\n      den\ndtype: float\n")
    server.open(uri, text)
    server.diagnostics_of(uri)

    def completions(line, character):
        items = server.at("completion", uri, line, character)["items"]
        return {item["label"] for item in items}

    def expect(what, wanted, got):
        if not wanted <= got:
            problems.append(f"{what}: {sorted(wanted - got)} is missing in {sorted(got)}")

    expect("methods", {"ties", "slerp", "dare_ties", "passthrough"}, completions(0, 14))
    expect("parameters of a model", {"density"}, completions(6, 9))
    expect("dtypes", {"float16", "bfloat16", "float32"}, completions(7, 7))
    for line, character, word in ((0, 3, "`dare_ties`"), (5, 8, "Share of a model"), (1, 3, "task vectors"),
                                  (3, 6, "\\`path@revision\\`")):
        hover = server.at("hover", uri, line, character)
        shown = hover["contents"]["value"] if hover else "nothing"
        if word not in shown:
            problems.append(f"hover at {line + 1}:{character + 1} says {shown}")
    server.process.kill()
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
