"""Runs groups of the JSON-Schema-Test-Suite through generated validators.

    check_suite.py CODEGEN COMPILER "COMPILER FLAGS" WORK CASES [--remotes FOLDER] [--optional]
                   [--at-least PERCENT]

CASES is a folder with files in the suite's form (its tests/draft7, or our own). Each group's schema
becomes a validator; a test is right where the validator's verdict is the wanted one. A group whose
schema the generator refuses counts as refused, and the refusal must name a JSON pointer. The run
fails where a verdict is wrong, or fewer than PERCENT of all tests are right.

Exit status 77 where CASES is not there.
"""

import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys

DRIVER = r"""
#include <cstdio>
#include <iterator>
#include <string>

#include <tensormerge/document/load_json.hpp>

#include "groups.hpp"

int main(int, char** words) {
  const tensormerge::node groups = tensormerge::load_json_file(words[1]);
  for (const group_validator& each : validators) {
    const tensormerge::node* tests = groups.find(each.name);
    for (std::size_t i = 0; i < tests->items.size(); ++i) {
      const auto found = each.validate(tests->items[i], {});
      std::printf("%s %zu %d\n", each.name.data(), i, found.empty() ? 1 : 0);
    }
  }
}
"""


def read_groups(cases, optional):
    files = sorted(cases.glob("*.json"))
    if optional:
        files += sorted((cases / "optional").glob("*.json"))
        files += sorted((cases / "optional" / "format").glob("*.json"))
    for file in files:
        for number, group in enumerate(json.loads(file.read_text())):
            place = file.relative_to(cases)
            formats = place.parts[:2] == ("optional", "format")
            yield f"{str(place.with_suffix(''))}/{number}", formats, group


def generate(given, work, name, formats, group):
    """The validator's name, or None and the refusal."""
    schema = work / f"{name}.json"
    schema.write_text(json.dumps(group["schema"]))
    command = [given.codegen, "--namespace", name, "--validator", str(work / f"{name}.hpp")]
    if given.remotes and given.remotes.is_dir():
        command += ["--resource", f"http://localhost:1234/={given.remotes}/"]
    if given.metaschema and given.metaschema.is_file():
        command += ["--resource", f"http://json-schema.org/draft-07/schema={given.metaschema}"]
    if formats:
        command += ["--check-formats"]
    run = subprocess.run(command + [str(schema)], capture_output=True, text=True)
    if run.returncode == 0:
        return re.search(r"validate_\w+", (work / f"{name}.hpp").read_text()).group(), ""
    if run.returncode != 1 or not re.search(r"#(/\S*)?: ", run.stderr):
        sys.exit(f"{name}: the generator ended with {run.returncode} and names no JSON pointer:\n"
                 f"{run.stderr}{schema.read_text()}")
    return None, run.stderr.split("error: ", 1)[-1].strip()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("codegen")
    parser.add_argument("compiler")
    parser.add_argument("flags")
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("cases", type=pathlib.Path)
    parser.add_argument("--remotes", type=pathlib.Path)
    parser.add_argument("--metaschema", type=pathlib.Path)
    parser.add_argument("--optional", action="store_true")
    parser.add_argument("--at-least", type=float, default=85)
    parser.add_argument("-v", "--verbose", action="store_true")
    given = parser.parse_args()
    if not given.cases.is_dir() or not any(given.cases.glob("*.json")):
        print("skipped: there is no folder of tests", given.cases)
        return 77

    shutil.rmtree(given.work, ignore_errors=True)
    given.work.mkdir(parents=True)
    groups, refused, validators, data = {}, {}, {}, {}
    for number, (place, formats, group) in enumerate(read_groups(given.cases, given.optional)):
        name = f"group_{number}"
        groups[name] = (place, group)
        function, refusal = generate(given, given.work, name, formats, group)
        if function:
            validators[name] = function
            data[name] = [test["data"] for test in group["tests"]]
        else:
            refused[name] = refusal

    table = ["#include <string_view>", "#include <tensormerge/document/node.hpp>"]
    table += [f'#include "{name}.hpp"' for name in validators]
    table += ["struct group_validator {", "  std::string_view name;",
              "  tensormerge::diagnostics (*validate)(const tensormerge::node&, const std::string&);",
              "};", "inline constexpr group_validator validators[] = {"]
    table += [f'    {{"{name}", {name}::{function}}},' for name, function in validators.items()]
    (given.work / "groups.hpp").write_text("\n".join(table + ["};", ""]))
    (given.work / "driver.cpp").write_text(DRIVER)
    (given.work / "data.json").write_text(json.dumps(data))
    program = given.work / "driver"
    subprocess.run([given.compiler, *given.flags.split(), "-O0", str(given.work / "driver.cpp"),
                    "-o", str(program)], check=True)
    run = subprocess.run([program, str(given.work / "data.json")], capture_output=True, text=True,
                         check=True)
    verdicts = {}
    for line in run.stdout.splitlines():
        name, number, verdict = line.split()
        verdicts[name, int(number)] = verdict == "1"

    totals = {}
    for name, (place, group) in groups.items():
        kind = "required"
        if place.startswith("optional/"):
            kind = "optional/format" if place.startswith("optional/format/") else "optional"
        count = totals.setdefault(kind, {"right": 0, "refused": 0, "wrong": 0})
        if name in refused:
            count["refused"] += len(group["tests"])
            if given.verbose:
                print(f"refused: {place}: {group['description']}: {refused[name]}")
            continue
        for number, test in enumerate(group["tests"]):
            right = verdicts[name, number] == test["valid"]
            count["right" if right else "wrong"] += 1
            if not right:
                print(f"wrong: {place}: {group['description']}: {test['description']}: "
                      f"should be {'valid' if test['valid'] else 'invalid'}")
    bad = False
    for kind, count in totals.items():
        share = 100 * count["right"] / sum(count.values())
        print(f"{kind}: {count['right']} right, {count['refused']} refused, {count['wrong']} wrong "
              f"({share:.1f} % right)")
        bad = bad or (kind == "required" and (count["wrong"] or share < given.at_least))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
