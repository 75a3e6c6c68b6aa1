#!/usr/bin/env python3
"""Runs the tests of mergekit 0.1.5 with merges done by the tensormerge program.

    run.py PROGRAM SOURCE [PYTEST_OPTION...]

SOURCE is the unpacked source distribution of mergekit 0.1.5 (`pip download --no-binary :all:
--no-deps mergekit==0.1.5`), whose tests are copied to a temporary folder. Exit status: 0 where every
test that merges with the program passes or fails for a reason that bridge.py names, 77 where
mergekit, torch, transformers or pytest is not installed or there are no tests, else 1.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77

try:
    import mergekit.merge  # noqa: F401
    import pytest  # noqa: F401
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(SKIPPED)


def main():
    program, source = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]) / "tests"
    if not source.is_dir():
        print(f"skipped: no tests of mergekit at {source}")
        return SKIPPED
    here = pathlib.Path(__file__).resolve().parent
    with tempfile.TemporaryDirectory() as folder:
        tests = pathlib.Path(folder) / "tests"
        shutil.copytree(source, tests)
        shutil.copy(here / "common.py", tests)
        (tests / "__init__.py").touch()
        environment = dict(os.environ, TENSORMERGE_PROGRAM=str(program), HF_HUB_OFFLINE="1",
                           PYTHONPATH=os.pathsep.join([folder, str(here)]))
        return subprocess.run([sys.executable, "-B", "-m", "pytest", "-p", "bridge", "-q", "--tb=short",
                               "-p", "no:cacheprovider", "tests", *sys.argv[3:]],
                              cwd=folder, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
