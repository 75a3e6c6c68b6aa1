"""Puts public JSON Schemas through the installed package into a typed program, and asks ajv too.

    check_public_schemas.py CMAKE BUILD COMPILER NODE NODE_MODULES SCHEMAS WORK

SCHEMAS has compose.json, turbo.json and commitlint.json. Valid documents have to be read into the
generated types, and on 1,500 mutations of them our verdicts have to be those of ajv. Exit status 77
where the schemas, node or ajv are missing.
"""

import copy
import importlib.util
import json
import pathlib
import random
import shutil
import subprocess
import sys

# commitlint says `typeof: function`, which no document can be; without that keyword anything fits the
# branch, so that presets and rules of the other forms fit two.
DOCUMENTS = {
    "compose": [
        {"name": "shop", "services": {
            "web": {"image": "nginx:1.27", "ports": [80, "443:443", {"target": 8080, "protocol": "tcp"}],
                    "depends_on": {"db": {"condition": "service_healthy", "restart": True}},
                    "environment": {"A": 1, "B": None, "C": "x"}, "command": ["a", "b"],
                    "healthcheck": {"test": "true", "interval": "10s", "retries": 3},
                    "deploy": {"replicas": 2, "resources": {"limits": {"cpus": 0.5, "memory": "1g"}}}},
            "db": {"build": {"context": ".", "args": ["A=1"]}, "volumes": ["data:/var", {
                "type": "volume", "source": "data", "target": "/x", "read_only": True}],
                "networks": ["back"], "ulimits": {"nofile": {"soft": 1, "hard": 2}}}},
         "volumes": {"data": {"driver": "local", "external": False}}, "networks": {"back": None},
         "x-note": {"any": ["thing"]}},
        {"services": {"one": {"image": "a", "extra_hosts": ["a:1"], "dns": "1.1.1.1",
                              "labels": ["a=b"], "cap_add": ["X"], "attach": "false"}}},
    ],
    "turbo": [
        {"$schema": "https://turborepo.com/schema.json", "globalDependencies": ["a"],
         "tasks": {"build": {"dependsOn": ["^build"], "outputs": ["dist/**"], "cache": True,
                             "env": ["X"], "persistent": False, "outputLogs": "full"},
                   "dev": {"cache": False, "interactive": True}}, "ui": "tui"},
        {"extends": ["//"], "tasks": {"lint": {"inputs": ["$TURBO_DEFAULT$"]}}, "tags": ["a"]},
    ],
    "commitlint": [
        {"extends": ["@commitlint/config-conventional"], "formatter": "x", "defaultIgnores": True,
         "rules": {"x": {}}, "parserPreset": [1], "helpUrl": "u", "ignores": []},
        {"extends": "a", "rules": {}, "plugins": ["x", {"rules": {"a": 1}}], "ignores": [{"a": 1}],
         "prompt": {"settings": {}, "messages": {}, "questions": {}}},
    ],
}

ASK_AJV = """
const fs = require("fs");
const [modules, schemas, cases] = process.argv.slice(1);
const Ajv = require(`${modules}/ajv`).default;
const ajv = new Ajv({ strict: false, validateFormats: false });
const known = {};
for (const { schema, data } of JSON.parse(fs.readFileSync(cases))) {
  if (!known[schema]) {
    const text = JSON.parse(fs.readFileSync(`${schemas}/${schema}.json`));
    delete text.$schema;  // ajv knows draft-07 by one of its names
    known[schema] = ajv.compile(text);
  }
  const error = known[schema](data) ? undefined : known[schema].errors[0];
  console.log(error ? `${error.instancePath} ${error.message}`.replace(/\\s+/g, " ") : "valid");
}
"""


def mutations():
    file = pathlib.Path(__file__).resolve().parents[1] / "json_schema" / "compare_with_ajv.py"
    spec = importlib.util.spec_from_file_location("compare_with_ajv", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    dice = random.Random(7)
    for schema, documents in DOCUMENTS.items():
        for document in documents:
            yield schema, document
        keys = sorted({step for each in documents for path in module.places(each) for step in path
                       if isinstance(step, str)})
        for number in range(500):
            document = copy.deepcopy(documents[number % len(documents)])
            yield schema, module.mutate(document, documents, keys, dice)


def main():
    cmake, build, compiler, node, modules, schemas = sys.argv[1:7]
    work = pathlib.Path(sys.argv[7]).resolve()
    for what, there in (("the public schemas", all((pathlib.Path(schemas) / f"{each}.json").is_file()
                                                   for each in DOCUMENTS)),
                        ("node", shutil.which(node)),
                        ("ajv", (pathlib.Path(modules) / "ajv").is_dir())):
        if not there:
            print(f"skipped: {what} is not there" if what != "the public schemas" else
                  f"skipped: {what} are not there")
            return 77
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)

    def run(*command):
        done = subprocess.run([str(each) for each in command], capture_output=True, text=True,
                              check=False)
        if done.returncode != 0 or "warning:" in done.stderr + done.stdout:
            sys.exit(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout.splitlines()

    run(cmake, "--install", build, "--prefix", work / "prefix")
    run(cmake, "-G", "Ninja", "-S", pathlib.Path(__file__).parent / "public_schemas", "-B",
        work / "build", "-D", f"CMAKE_PREFIX_PATH={work / 'prefix'}", "-D",
        f"CMAKE_CXX_COMPILER={compiler}", "-D", f"SCHEMAS={pathlib.Path(schemas).resolve()}")
    run(cmake, "--build", work / "build")
    cases = [{"schema": schema, "data": document} for schema, document in mutations()]
    (work / "cases.json").write_text(json.dumps(cases))
    ours = run(work / "build" / "verdicts", work / "cases.json")
    theirs = run(node, "-e", ASK_AJV, modules, schemas, work / "cases.json")
    if ours[0] != "web runs nginx with 2 ports":
        sys.exit(ours[0])
    different, valid = 0, 0
    for case, we, they in zip(cases, ours[1:], theirs, strict=True):
        valid += we == "valid"
        if (we == "valid") != (they == "valid"):
            different += 1
            print(f"differs: {case['schema']}: {json.dumps(case['data'])}\n  we: {we}\n  ajv: {they}")
    print(f"{len(cases)} documents, {valid} valid, {different} with another verdict than ajv's")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
