#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Parses what users paste into Home Assistant: the dashboard and the blueprint. Prints what is wrong, a line each."""

import pathlib
import re
import sys

import yaml

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "config" / "examples"


class Input(str):
    """A name behind !input."""


class Loader(yaml.SafeLoader):
    """With the tag of blueprints."""


Loader.add_constructor("!input", lambda loader, node: Input(loader.construct_scalar(node)))


def parsed(name):
    return yaml.load((EXAMPLES / name).read_text(), Loader)


def inputs_used(part):
    if isinstance(part, Input):
        return {str(part)}
    if isinstance(part, dict):
        return set().union(*map(inputs_used, part.values())) if part else set()
    if isinstance(part, list):
        return set().union(*map(inputs_used, part)) if part else set()
    return set()


def wrong_in_dashboard():
    views = parsed("home-assistant-dashboard.yaml").get("views", [])
    if not views:
        yield "the dashboard has no view"
    for view in views:
        for card in view.get("cards", []):
            if "type" not in card:
                yield f"a card without type: {card}"


def wrong_in_blueprint():
    blueprint = parsed("home-assistant-notify.yaml")
    head = blueprint.pop("blueprint")
    if head.get("domain") != "automation":
        yield "the blueprint is no automation"
    given, used = set(head.get("input", {})), inputs_used(blueprint)
    for name in given ^ used:
        yield f"input {name} is not both given and used"
    ids = {trigger.get("id") for trigger in blueprint["triggers"]}
    text = str(blueprint["conditions"]) + str(blueprint["actions"])
    for name in re.findall(r"trigger\.id [!=]= '(\w+)'", text):
        if name not in ids:
            yield f"no trigger is called {name}"
    for key in ("triggers", "conditions", "actions"):
        if not blueprint.get(key):
            yield f"no {key}"


if __name__ == "__main__":
    wrong = [*wrong_in_dashboard(), *wrong_in_blueprint()]
    print("\n".join(wrong))
    sys.exit(bool(wrong))
