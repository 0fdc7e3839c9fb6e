#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads the commands that the documents give to type, and says which of them cannot work: typed.py PROGRAM

Looked at is what stands in backticks and fences: commands and options of `busbar` and its own help, of ./dev, of ctl.sh, presets and
options of cmake, and whether files and folders of the repository are there. What they do is the matter of the other tests of packages.
"""
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(path for path in ROOT.rglob("*.md") if not {"build", ".git", "data"} & set(path.relative_to(ROOT).parts)) + \
    sorted(ROOT.glob("docker/*/compose.yml"))
# What is new for users names what was, too.
PASSED_OVER = {"CHANGELOG.md"}
OURS = re.compile(r"(?<![\w/.-])(?:docker|config|tests|src|mqtt|dbus|cmake|\.ci|\.github)/[\w./*{},-]+")
# Made by what is typed before, or by the owner.
MADE = re.compile(r"docker/config\b|config/(README|OPTIONS)|build/")


def commands(path):
    """Each piece of code, a line each, without the remark behind it."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".yml":
        text = "".join(f"`{line[1:].strip()}`\n" for line in text.splitlines() if line.startswith("#   "))
    pieces = re.split(r"^```.*$", text, flags=re.M)
    for number, piece in enumerate(pieces):
        found = piece.splitlines() if number % 2 else re.findall(r"`([^`\n]+)`", piece)
        yield from (re.sub(r"\s#\s.*", "", line).strip() for line in found)


class Busbar:
    def __init__(self, program):
        self.program = program
        self.known = {}
        self.commands = set(re.findall(r"^  ([a-z]+)  ", self.help().split("Subcommands:")[1], re.M))

    def help(self, *words):
        return subprocess.run([self.program, *words, "--help"], capture_output=True, text=True, check=False).stdout

    def options(self, command):
        if command not in self.known:
            self.known[command] = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", self.help(command)))
        return self.known[command]

    def wrong(self, words):
        if len(words) < 2 or words[1] == "busbar" or not re.fullmatch("[a-z]+", words[1]):
            return
        if words[1] not in self.commands:
            yield f"busbar has no command {words[1]}"
            return
        for option in words[2:]:
            option = option.split("=")[0]
            if option in {"|", "&&", ">", "<", ";"}:
                return
            if re.fullmatch("--?[a-z][a-z-]*", option) and option not in self.options(words[1]):
                yield f"busbar {words[1]} has no option {option}"


def wrong_script(words, scripts):
    """`./dev X` and `ctl.sh X`."""
    name = pathlib.PurePath(words[0]).name
    if name in scripts and len(words) > 1 and re.fullmatch("[a-z-]+", words[1]) and not words[1].startswith("-"):
        if words[1] not in scripts[name]:
            yield f"{words[0]} has no command {words[1]}"


def wrong_files(line):
    for file in OURS.findall(line):
        file = file.rstrip("./,")
        if MADE.search(file) or "{" in file or "…" in line:
            continue
        # A source may stand without its ending, and below the folder that its page is in.
        if not any(any(ROOT.glob(place)) for place in (file, file + ".*", "*/" + file, "*/" + file + ".*")):
            yield f"there is no {file}"


def wrong_build(line, presets, options):
    """`cmake --preset X`, `-DBUSBAR_X=`, `BUSBAR_X=OFF`."""
    for preset in re.findall(r"cmake --preset ([a-z]+)", line):
        if preset not in presets:
            yield f"there is no preset {preset}"
    for option in re.findall(r"-D(BUSBAR_\w+)=|(?<![\w-])(BUSBAR_\w+)=(?:ON|OFF)\b", line):
        if "".join(option) not in options:
            yield f"cmake has no option {''.join(option)}"


def wrong(line, busbar, scripts, presets, options):
    words = line.split()
    for at, word in enumerate(words):
        rest = words[at:]
        if re.fullmatch(r"(.*/)?busbar", word) and (at == 0 or words[at - 1] in {"exec", "sudo", "|", "&&", "busbar", "$"} or "=" in words[at - 1]):
            yield from busbar.wrong(rest)
        if word == "./dev" or word.endswith("ctl.sh"):
            yield from wrong_script(rest, scripts)
    yield from wrong_files(line)
    yield from wrong_build(line, presets, options)


def main(program):
    busbar = Busbar(program)
    dev = (ROOT / "dev").read_text()
    ctl = (ROOT / "docker/gx/ctl.sh").read_text()
    scripts = {"dev": set(re.findall(r"^cmd_([a-z-]+)\(", dev, re.M)) | {"help"},
               "ctl.sh": set(re.findall(r"^cmd_([a-z_]+)\(", ctl, re.M)) | {"from-archive"}}
    presets = {preset["name"] for preset in json.loads((ROOT / "CMakePresets.json").read_text())["configurePresets"]}
    lists = "".join(path.read_text() for path in [ROOT / "CMakeLists.txt", *ROOT.glob("src/**/CMakeLists.txt")])
    options = set(re.findall(r"(?:option|set)\((BUSBAR_\w+) ", lists))
    count, mistakes = 0, []
    for path in DOCUMENTS:
        if path.name in PASSED_OVER:
            continue
        for line in commands(path):
            count += 1
            mistakes += [f"{path.relative_to(ROOT)}: `{line}`: {what}" for what in wrong(line, busbar, scripts, presets, options)]
    print("\n".join(mistakes) if mistakes else f"{count} pieces of code in {len(DOCUMENTS)} documents")
    return 1 if mistakes else 0


if len(sys.argv) != 2:
    sys.exit(__doc__)
sys.exit(main(sys.argv[1]))
