#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks the compose files and the add-on's description, and says what of them the shell tests need.

container_files.py check                           all rules; prints what is wrong, exit code 1 if anything is
container_files.py service FOLDER NAME             command and environment of a service, one per line: "arg X", "env K=V"
container_files.py options [FOLDER]                the add-on's default options as JSON, as the supervisor writes them
container_files.py all-options [FOLDER]            the same with a sample for every option of its schema
container_files.py empty-lists [FOLDER]            the default options with every list of its schema, empty
"""
import json
import pathlib
import re
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"

# Of the Compose specification: what the files here use, and no more, so that a slip of the pen is found.
SERVICE_KEYS = {
    "image": str, "build": dict, "command": list, "depends_on": list, "restart": str, "stop_grace_period": str,
    "read_only": bool, "cap_drop": list, "security_opt": list, "mem_limit": str, "pids_limit": int, "environment": dict,
    "volumes": list, "ports": list, "healthcheck": dict,
}
IMAGES = {"busbar", "docker.io/library/eclipse-mosquitto:2", "ghcr.io/home-assistant/home-assistant:stable"}
RESTARTS = {"no", "always", "on-failure", "unless-stopped"}
VARIABLE = re.compile(r"\$\{[A-Z_]+(:[-?][^}]*)?\}")

# Of the supervisor's own validation of add-ons (supervisor/addons/validate.py and options.py of home-assistant/supervisor).
ADDON_KEYS = {
    "name": str, "slug": str, "description": str, "arch": list, "startup": str, "boot": str, "init": bool, "stage": str,
    "map": list, "backup": str, "timeout": int, "options": dict, "schema": dict, "version": str, "image": str, "url": str,
    "ingress": bool, "ingress_port": int, "ingress_stream": bool, "panel_icon": str, "panel_admin": bool,
}
ADDON_REQUIRED = {"name", "version", "slug", "description", "arch"}
ELEMENT = re.compile(r"(bool|email|url|port|str|password|int(\(\d*,\d*\))?|float(\([\d.]*,[\d.]*\))?|match\(.*\)|list\(.+\))\??")


def wrong_types(where, mapping, known):
    for key, value in mapping.items():
        if key not in known:
            yield f"{where}: unknown key {key}"
        elif not isinstance(value, known[key]):
            yield f"{where}: {key} is no {known[key].__name__}"


def wrong_in_service(folder, where, service, names, volumes):
    yield from wrong_types(where, service, SERVICE_KEYS)
    if service.get("image") not in IMAGES:
        yield f"{where}: image {service.get('image')}"
    if "build" in service:
        build = service["build"]
        if not (folder / build["context"] / build["dockerfile"]).is_file():
            yield f"{where}: nothing to build from in {build}"
    if service.get("restart", "no") not in RESTARTS:
        yield f"{where}: restart {service['restart']}"
    yield from (f"{where}: depends on {name}, which is not there" for name in service.get("depends_on", []) if name not in names)
    for volume in service.get("volumes", []):
        source, target, *mode = volume.split(":")
        if not target.startswith("/") or mode not in ([], ["ro"]):
            yield f"{where}: volume {volume}"
        if not source.startswith(("../", "/")) and source not in volumes:
            yield f"{where}: volume {source} is not declared"
    for key, value in service.get("environment", {}).items():
        if not isinstance(value, str):
            yield f"{where}: the value of {key} must be text"
        elif "$" in VARIABLE.sub("", value):
            yield f"{where}: {key} has a stray $"
    if service.get("image") == "busbar" and "build" not in service:
        yield f"{where}: nothing makes its image, which is in no registry by that name"
    if service.get("image") == "busbar":
        for key, value in (("read_only", True), ("cap_drop", ["ALL"]), ("security_opt", ["no-new-privileges:true"])):
            if service.get(key) != value:
                yield f"{where}: {key} is not {value}"


def wrong_in_compose(path):
    compose = yaml.safe_load(path.read_text())
    where = path.parent.name
    # No `name`: docker-compose 1.29, which is that of Debian 12, refuses it; the folder's name stands for it.
    yield from wrong_types(where, compose, {"services": dict, "volumes": dict})
    names, volumes = set(compose["services"]), set(compose.get("volumes", {}))
    for name, service in compose["services"].items():
        yield from wrong_in_service(path.parent, f"{where}: {name}", service, names, volumes)
    mounted = {v.split(":")[0] for s in compose["services"].values() for v in s.get("volumes", [])}
    yield from (f"{where}: volume {name} is not used" for name in volumes - mounted)


def wrong_in_schema(where, schema):
    for key, value in schema.items():
        if isinstance(value, dict):
            yield from wrong_in_schema(f"{where}.{key}", value)
        else:
            text = value[0] if isinstance(value, list) and len(value) == 1 else value
            if not isinstance(text, str) or not ELEMENT.fullmatch(text):
                yield f"{where}.{key}: {value}"


def missing_options(where, schema, options):
    """A group can not be optional, only what is in it."""
    for key, value in schema.items():
        if isinstance(value, dict):
            if not isinstance(options.get(key), dict):
                yield f"{where}.{key}: the options lack the group"
            else:
                yield from missing_options(f"{where}.{key}", value, options[key])
        elif key not in options and not (value[0] if isinstance(value, list) else value).endswith("?"):
            yield f"{where}.{key}: neither optional nor in the options"
    yield from (f"{where}.{key}: is not in the schema" for key in options if key not in schema)


def wrong_in_addon(path):
    addon = yaml.safe_load(path.read_text())
    yield from wrong_types(path.name, addon, ADDON_KEYS)
    yield from (f"{path.name}: no {key}" for key in ADDON_REQUIRED - set(addon))
    if not re.fullmatch(r"[-_.A-Za-z0-9]+", addon["slug"]):
        yield f"{path.name}: slug {addon['slug']}"
    if not set(addon["arch"]) <= {"aarch64", "amd64"}:
        yield f"{path.name}: arch {addon['arch']}"
    for key, allowed in (("startup", {"application", "services"}), ("boot", {"auto", "manual"}), ("backup", {"hot", "cold"}),
                         ("stage", {"stable", "experimental", "deprecated"})):
        if addon.get(key) not in allowed:
            yield f"{path.name}: {key} {addon.get(key)}"
    if addon.get("map") != [{"type": "addon_config", "path": "/config"}]:
        yield f"{path.name}: map {addon.get('map')}"
    if not 10 <= addon.get("timeout", 10) <= 300:
        yield f"{path.name}: timeout {addon['timeout']}"
    yield from wrong_in_schema("schema", addon["schema"])
    yield from missing_options("options", addon["schema"], addon["options"])


def wrong_in_translation(path, addon):
    texts = yaml.safe_load(path.read_text())["configuration"]
    for key in set(texts) ^ set(addon["schema"]):
        yield f"{path.name}: {key} is only in one of schema and translation"
    yield from (f"{path.name}: {key} has no name" for key, value in texts.items() if not value.get("name"))


def check():
    composes = sorted(DOCKER.glob("*/compose.yml"))
    wrong = [] if len(composes) >= 3 else ["compose files are missing"]
    for path in composes:
        wrong += wrong_in_compose(path)
    path = DOCKER / "addon" / "config.yaml"
    wrong += wrong_in_addon(path)
    wrong += wrong_in_translation(DOCKER / "addon" / "translations" / "en.yaml", yaml.safe_load(path.read_text()))
    print("\n".join(wrong) if wrong else f"{len(composes)} compose files and the add-on are in order")
    return 1 if wrong else 0


def service(folder, name):
    """Variables take their defaults; a required one has none and is named by the caller."""
    found = yaml.safe_load((DOCKER / folder / "compose.yml").read_text())["services"][name]
    for argument in found.get("command", []):
        print("arg", argument)
    for key, value in found.get("environment", {}).items():
        print("env", key + "=" + re.sub(r"[$][{][A-Z_]+:-([^}]*)[}]", r"\1", value))
    return 0


def sample(element):
    """A value that the element of a schema takes, of the kind that the supervisor makes of it."""
    text = element.removesuffix("?")
    if text.startswith("list("):
        return text[5:-1].split("|")[0]
    if text.startswith("float"):
        return 10.0
    if text.startswith("int"):
        return 1
    return True if text == "bool" else "mqtts://192.0.2.1" if "[Mm][Qq]" in text else "a"


def filled(schema):
    if isinstance(schema, dict):
        return {key: filled(value) for key, value in schema.items()}
    return [filled(schema[0])] if isinstance(schema, list) else sample(schema)


def special(options):
    """Samples that a pattern of ours asks for."""
    options["gx"].update(tls={"fingerprint": ":".join(["AB"] * 32)}, portal_id="auto")
    options["batteries"] = ["name:Pack A"]
    options["exclude"] = ["product:SmartShunt*"]
    return options


def addon_config(folder):
    return yaml.safe_load((pathlib.Path(folder) / "config.yaml").read_text())


def main(arguments):
    command, *rest = arguments or ["help"]
    if command == "check" and not rest:
        return check()
    if command == "service" and len(rest) == 2:
        return service(*rest)
    folder = rest[0] if rest else DOCKER / "addon"
    if command == "options" and len(rest) <= 1:
        print(json.dumps(addon_config(folder)["options"]))
        return 0
    if command == "empty-lists" and len(rest) <= 1:
        addon = addon_config(folder)
        print(json.dumps(addon["options"] | {key: [] for key, kind in addon["schema"].items() if isinstance(kind, list)}))
        return 0
    if command == "all-options" and len(rest) <= 1:
        print(json.dumps(special(filled(addon_config(folder)["schema"]))))
        return 0
    print(__doc__, file=sys.stderr)
    return 2


sys.exit(main(sys.argv[1:]))
