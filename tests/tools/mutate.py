#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Breaks the program in small ways, one at a time, and looks whether a test notices.

mutate.py BUILD_DIR [--under FOLDER]... [--count N] [--seed S] [--tests TARGET]...

BUILD_DIR is a configured build of this tree; each change is made in the source, built, tested and
taken back, also when the run is stopped. Give it a work tree of its own (git worktree add): what
is edited meanwhile would be lost, so a tree with changes is refused. Prints a line per change, and
at the end those that no test noticed. By hand, not part of the tests: a change takes half a minute.
"""

import argparse
import pathlib
import random
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# What is looked for, and what stands there instead. Spaces around an operator tell it from a
# template's bracket, a pointer or a sign.
CHANGES = [
    (r" < ", " <= "), (r" <= ", " < "), (r" > ", " >= "), (r" >= ", " > "),
    (r" < ", " > "), (r" > ", " < "),
    (r" == ", " != "), (r" != ", " == "), (r" && ", " || "), (r" \|\| ", " && "),
    (r" \+ ", " - "), (r" - ", " + "), (r" \* ", " / "), (r" / ", " * "),
    (r"std::min\(", "std::max("), (r"std::max\(", "std::min("),
    (r"std::ranges::min\(", "std::ranges::max("), (r"std::ranges::max\(", "std::ranges::min("),
    (r"any_of\(", "all_of("), (r"all_of\(", "any_of("), (r"none_of\(", "any_of("),
    (r"return true;", "return false;"), (r"return false;", "return true;"),
    (r"\(!", "("), (r"return !", "return "),
    (r"continue;", ";"), (r"break;", ";"), (r"return;", ";"),
    # A statement of one line is left out.
    (r"^(    )+[a-z][\w.>-]*(\(.*\)|(\[.*\])? [-+]?= [^;{]*);$", ";"),
]

# Lines whose meaning is not the program's: comments, declarations, text.
SKIPPED = re.compile(r"^\s*(//|#|using |static_assert|\*|namespace )")


def sites(folders):
    """Every change that is possible: file, line, start, end, replacement."""
    found = []
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.cpp")):
            for number, line in enumerate(path.read_text().splitlines()):
                if SKIPPED.match(line):
                    continue
                code = line.split("//")[0].rstrip()
                for pattern, new in CHANGES:
                    found += [(path, number, m.start(), m.end(), new)
                              for m in re.finditer(pattern, code)]
    return found


def run(command, seconds):
    """None if it took too long."""
    try:
        return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return None


def built(build, targets):
    done = run(["ninja", "-C", build, *targets], 900)
    return done is not None and done.returncode == 0


def programs(build, targets):
    """Where the targets' programs lie."""
    return [str(next(path for path in pathlib.Path(build).rglob(target) if path.is_file()))
            for target in targets]


def verdict(build, targets, tests):
    if not built(build, targets):
        return "does not build"
    for test in tests:
        done = run([test, "--gtest_brief=1", "--gtest_fail_fast"], 300)
        if done is None or done.returncode != 0:
            return "noticed"
    return "SURVIVED"


def tried(site, build, targets, tests):
    path, number, start, end, new = site
    before = path.read_text()
    lines = before.splitlines(keepends=True)
    old = lines[number]
    lines[number] = old[:start] + new + old[end:]
    try:
        path.write_text("".join(lines))
        what = verdict(build, targets, tests)
    finally:
        path.write_text(before)
    place = f"{path.relative_to(ROOT)}:{number + 1}"
    print(f"{what:14} {place}: {old.strip()}  =>  {lines[number].strip()}", flush=True)
    return what


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", help="a configured build of this tree")
    parser.add_argument("--under", action="append", help="folder of sources (several times)")
    parser.add_argument("--tests", action="append", help="target of a test program (several times)")
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    changed = run(["git", "status", "--porcelain", "--untracked-files=no"], 60)
    if changed is None or changed.returncode != 0 or changed.stdout:
        sys.exit("mutate: this tree has changes that are not committed; it would not be sure to "
                 "give them back")
    build = str(pathlib.Path(given.build).resolve())
    targets = given.tests or ["unit_core", "unit_scenarios"]
    if not built(build, targets):
        sys.exit(f"mutate: {' '.join(targets)} cannot be built in {build}")
    tests = programs(build, targets)
    if verdict(build, targets, tests) != "SURVIVED":
        sys.exit("mutate: a test fails without any change")
    all_sites = sites(given.under or ["src/core/limits", "src/core/members", "src/core/charge"])
    chosen = random.Random(given.seed).sample(all_sites, min(given.count, len(all_sites)))
    results = [tried(site, build, targets, tests) for site in chosen]
    counted = [result for result in results if result != "does not build"]
    print(f"{len(all_sites)} possible changes, {len(counted)} tried, "
          f"{counted.count('SURVIVED')} that no test noticed")


if __name__ == "__main__":
    main()
