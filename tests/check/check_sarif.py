"""Validates the SARIF of `tensormerge check` against the official schema, and applies its fixes.

    check_sarif.py PROGRAM NODE NODE_MODULES SARIF_SCHEMA CORPUS WORK

All files of the corpus are in one report. What its fixes make of a file has to have fewer errors or findings.
Exit status 77 where the schema (sarif-schema-2.1.0.json), ajv or the corpus is missing.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import urllib.parse

VALIDATE = """
const fs = require("fs");
const [folder, schemaFile, report] = process.argv.slice(1);
const schema = JSON.parse(fs.readFileSync(schemaFile));
const old = schema.$schema.includes("draft-04");
const Ajv = require(`${folder}/${old ? "ajv-draft-04" : "ajv"}`).default;
const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema);
if (!validate(JSON.parse(fs.readFileSync(report)))) {
  console.log(JSON.stringify(validate.errors.slice(0, 5), null, 1));
}
"""


def fixed(text, results):
    """The text with all replacements, the last first. Columns count code points."""
    lines = text.split("\n")
    changes = []
    for result in results:
        for change in result.get("fixes", [])[:1]:
            changes += change["artifactChanges"][0]["replacements"]
    for each in sorted(changes, key=lambda c: (c["deletedRegion"]["startLine"],
                                               c["deletedRegion"]["startColumn"]), reverse=True):
        where = each["deletedRegion"]
        assert where["startLine"] == where.get("endLine", where["startLine"]), where
        line = lines[where["startLine"] - 1]
        lines[where["startLine"] - 1] = (line[:where["startColumn"] - 1] +
                                         each["insertedContent"]["text"] +
                                         line[where["endColumn"] - 1:])
    return "\n".join(lines)


def weight(results):
    """How much is wrong: errors first, then all findings."""
    return sum(each["level"] == "error" for each in results), len(results)


def main():
    program, node, modules, schema, corpus, work = sys.argv[1:7]
    corpus, work = pathlib.Path(corpus), pathlib.Path(work)
    for what, there in (("node", shutil.which(node)),
                        ("ajv-draft-04", (pathlib.Path(modules) / "ajv-draft-04").is_dir()),
                        ("sarif-schema-2.1.0.json", pathlib.Path(schema).is_file()),
                        ("the corpus", (corpus / "manifest.json").is_file())):
        if not there:
            print(f"skipped: {what} is not there")
            return 77
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    odd = work / "a b ü%#.yml"  # a name that a URI has to encode
    odd.write_text("merge_method: tise\nmodels: [{model: ä, parameters: {weigth: 1}}]\n")
    files = [str(odd)] + sorted(str(each) for each in corpus.glob("*/*.yml"))

    def check(names):
        run = subprocess.run([program, "check", "--output-format", "sarif", *names],
                             capture_output=True, check=False)
        if run.returncode not in (0, 1):
            sys.exit(f"check ended with {run.returncode}: {run.stderr.decode()}")
        return run.stdout

    report = work / "report.sarif"
    report.write_bytes(check(files))
    errors = subprocess.run([node, "-e", VALIDATE, modules, schema, report], capture_output=True,
                            text=True, check=True).stdout
    if errors:
        sys.exit(errors)

    run = json.loads(report.read_text())["runs"][0]
    assert run["columnKind"] == "unicodeCodePoints", run["columnKind"]
    by_file = {}
    for result in run["results"]:
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        by_file.setdefault(urllib.parse.unquote(uri.removeprefix("file://")), []).append(result)
    if str(odd) not in by_file:
        sys.exit(f"{odd} is none of {sorted(by_file)[:3]}...")
    corrected = work / "fixed.yml"
    count = 0
    for name, results in by_file.items():
        if not any("fixes" in each for each in results):
            continue
        text = pathlib.Path(name).read_bytes().decode("utf-8-sig")
        corrected.write_bytes(fixed(text, results).encode())
        left = json.loads(check([str(corrected)]))["runs"][0]["results"]
        count += 1
        if weight(left) >= weight(results):
            sys.exit(f"{name}: the fixes leave {len(left)} of {len(results)} findings")
    print(f"{len(run['results'])} results of {len(files)} files are valid SARIF 2.1.0; the fixes of "
          f"{count} files correct them")
    return 0


if __name__ == "__main__":
    sys.exit(main())
