#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Looks into the file that docker/gx/plugin makes, as gui-v2 reads it: its fields, and every page within."""

import base64
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = ROOT / "docker/gx/gui"


def made(version, epoch):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "Busbar.json"
        subprocess.run([ROOT / "docker/gx/plugin", version, file], check=True, env={**os.environ, "SOURCE_DATE_EPOCH": epoch})
        return file.read_text(encoding="utf-8")


def files_of(resource):
    """Name → contents of Qt's binary resource file, version 3: nodes of 22 bytes, names, contents with their lengths."""
    magic, version, tree, data, names = struct.unpack(">4sIIII", resource[:20])
    if (magic, version) != (b"qres", 3):
        sys.exit(f"not a resource file of version 3: {magic} {version}")

    def name_of(offset):
        length = struct.unpack_from(">H", resource, names + offset)[0]
        return resource[names + offset + 6 : names + offset + 6 + 2 * length].decode("utf-16-be")

    def walk(node, path):
        name, flags = struct.unpack_from(">IH", resource, tree + 22 * node)
        path = path if node == 0 else path + "/" + name_of(name)
        if flags & 2:
            count, child = struct.unpack_from(">II", resource, tree + 22 * node + 6)
            return {k: v for i in range(count) for k, v in walk(child + i, path).items()}
        at = data + struct.unpack_from(">I", resource, tree + 22 * node + 10)[0]
        contents = resource[at + 4 : at + 4 + struct.unpack_from(">I", resource, at)[0]]
        if flags & 4:
            sys.exit(path + ": packed by zstd, which the screen may lack")
        return {path: zlib.decompress(contents[4:]) if flags & 1 else contents}

    return walk(0, "")


def check(what, is_so):
    if not is_so:
        sys.exit("FAIL " + what)


def main():
    text = made("1.2.3~4", "1700000000")
    plugin = json.loads(text)
    check("the same bytes twice", text == made("1.2.3~4", "1700000000"))
    # Its broker finds it by the name of folder and file (docker/gx/ctl.sh), the screen by the prefix of its pages.
    check("its name", plugin["name"] == "Busbar")
    check("its version", plugin["version"] == "1.2.3~4")
    for bound in ("minRequiredVersion", "maxRequiredVersion"):
        check(bound, re.fullmatch(r"v\d+(\.\d+)+", plugin[bound]))
    (page,) = plugin["integrations"]
    header = (ROOT / "src/core/table/product_id.hpp").read_text(encoding="utf-8")
    check("a page of devices", page["type"] == 2 and page["title"])
    # As the screen writes ids: 0x and capital letters.
    check("of our product id", re.fullmatch(r"0x[0-9A-F]{4}", page["productId"]) and f"= {page['productId']};" in header)
    packed = files_of(base64.b64decode(plugin["resource"], validate=True))
    wanted = {f"/Busbar/{file.name}": file.read_bytes() for file in PAGES.glob("*.qml")}
    check("every page, as it is in the sources", packed == wanted)
    opened = set(re.findall(r"qrc:(/[\w/.]+)", " ".join(file.read_text(encoding="utf-8") for file in PAGES.glob("*.qml"))))
    opened.add(page["url"].removeprefix("qrc:"))
    check("every page that is opened is there", len(opened) == 3 and opened <= set(packed))


main()
