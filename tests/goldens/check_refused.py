#!/usr/bin/env python3
"""Every configuration of SHARED/goldens-errors is refused: exit status 1, a named error, no folder.

    check_refused.py PROGRAM SHARED WORK_FOLDER
"""
import pathlib
import shutil
import subprocess
import sys


def main():
    program, shared, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    failed = 0
    cases = sorted((shared / "goldens-errors").iterdir())
    for case in cases:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        done = subprocess.run([program, "merge", case / "config.yml", work / "out", "--models-dir",
                               shared / "models", "--quiet"], check=False, capture_output=True,
                              text=True)
        left = [path.name for path in work.iterdir()]
        refused = done.returncode == 1 and "error: " in done.stderr and not left
        failed += not refused
        print(f"{'ok' if refused else 'FAIL':4}  {case.name}: {done.stderr.strip()}"
              f"{' left behind: ' + str(left) if left else ''}")
    print(f"{len(cases) - failed} refused, {failed} not")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
