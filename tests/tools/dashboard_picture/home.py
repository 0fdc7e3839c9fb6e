# SPDX-License-Identifier: MIT
# What Home Assistant would know after it has heard a recording: entities, their states over time, their attributes.
"""The rules are those of Home Assistant's MQTT integration as far as Busbar's discovery uses them."""

import json
from bisect import bisect_right
from dataclasses import dataclass, field

from jinja2.sandbox import ImmutableSandboxedEnvironment

JINJA = ImmutableSandboxedEnvironment()
UNKNOWN = "unknown"
UNAVAILABLE = "unavailable"


class Clock:
    """Time of day in the recording. A simulated GX may run `speed` times as fast as the machine that recorded it."""

    def __init__(self, begin_s, end_s, speed, start_hour):
        self.begin_s, self.now_s = begin_s, end_s
        self.speed, self.start_hour = speed, start_hour

    def hour(self, time_s):
        """Hours since the midnight before the recording's begin."""
        return self.start_hour + (time_s - self.begin_s) * self.speed / 3600

    def age_s(self, time_s):
        return (self.now_s - time_s) * self.speed


@dataclass
class Messages:
    """All payloads of each topic, in order, with the time of arrival in s since 1970."""

    by_topic: dict = field(default_factory=dict)
    begin_s: float = 0.0
    end_s: float = 0.0

    def of(self, topic):
        return self.by_topic.get(topic, [])

    def last(self, topic):
        said = self.of(topic)
        return said[-1][1] if said else None


def read_recording(path):
    """Lines of mosquitto_sub -F '%U %t %p'; topics of Busbar contain no space. Skips a last line that was cut off."""
    messages = Messages()
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if not line.endswith("\n"):
                break
            time, topic, payload = line[:-1].split(" ", 2)
            messages.by_topic.setdefault(topic, []).append((float(time), payload))
            messages.begin_s = messages.begin_s or float(time)
            messages.end_s = float(time)
    return messages


class Entity:
    def __init__(self, entity_id, component, root, messages):
        self.id = entity_id
        self.domain = component["platform"]
        self.device_class = component.get("device_class", "")
        self.unit = component.get("unit_of_measurement", "")
        self.precision = component.get("suggested_display_precision")
        self.icon = component.get("icon", "")
        self.name = component.get("name") or root["device"]["name"]
        self.is_enabled = component.get("enabled_by_default", True)
        self._component, self._messages = component, messages
        self._topic = component.get("state_topic", root.get("state_topic"))
        self._availability = root.get("availability", []) + component.get("availability", [])
        self._history = None

    def history(self):
        """(time, state) of each message that said something; `unknown` where the template gives none."""
        if self._history is None:
            template = JINJA.from_string(self._component.get("value_template", "{{ value }}"))
            rendered = [
                (time, render(template, payload)) for time, payload in self._messages.of(self._topic)
            ]
            self._history = [(time, self._taken(text)) for time, text in rendered if text]
        return self._history

    def state(self):
        if not self.is_available():
            return UNAVAILABLE
        return self.history()[-1][1] if self.history() else UNKNOWN

    def changed_s(self):
        return self.history()[-1][0]

    def attributes(self):
        if not self.is_available():
            return {}
        if self.domain == "event":
            return json.loads(self.history()[-1][1]) if self.history() else {}
        topic = self._component.get("json_attributes_topic")
        payload = self._messages.last(topic) if topic else None
        if payload is None:
            return {}
        template = self._component.get("json_attributes_template", "{{ value }}")
        return json.loads(render(JINJA.from_string(template), payload))

    def is_available(self):
        return all(
            self._messages.last(entry["topic"]) == entry.get("payload_available", "online")
            for entry in self._availability
        )

    def numbers(self, from_s):
        """(time, number) since a moment; None where the state was no number. Begins with what held at that moment."""
        times = [time for time, _ in self.history()]
        first = max(0, bisect_right(times, from_s) - 1)
        return [(max(time, from_s), number(state)) for time, state in self.history()[first:]]

    def _taken(self, text):
        if text == "None":
            return UNKNOWN
        if self.domain in ("binary_sensor", "switch"):
            return {"ON": "on", "OFF": "off"}[text]
        if self.device_class == "enum" and text not in self._component["options"]:
            raise ValueError(f"{self.id}: {text!r} is not one of its options")
        return text


def render(template, payload):
    try:
        document = json.loads(payload)
    except ValueError:
        document = None
    return template.render(value=payload, value_json=document).strip()


def number(state):
    try:
        return float(state)
    except ValueError:
        return None


class Home:
    """Entities by id, as the last discovery messages name them."""

    def __init__(self, messages, clock, prefix="homeassistant"):
        self.clock = clock
        self._entities = {}
        for topic in messages.by_topic:
            if topic.startswith(prefix + "/device/") and messages.last(topic):
                self._discover(json.loads(messages.last(topic)), messages)

    def _discover(self, root, messages):
        for component in root["components"].values():
            entity_id = component["default_entity_id"]
            if entity_id in self._entities:
                raise ValueError(f"two entities want to be {entity_id}")
            self._entities[entity_id] = Entity(entity_id, component, root, messages)

    def entity(self, entity_id):
        """A dashboard that names what is not there, or what is hidden until its owner shows it, is wrong."""
        entity = self._entities.get(entity_id)
        if entity is None or not entity.is_enabled:
            raise ValueError(f"the dashboard names {entity_id}, which is not announced and enabled")
        return entity

    def known(self, entity_id):
        """What a condition may ask for although it is not there: None then."""
        return self._entities.get(entity_id)

    def markdown(self, text):
        """A template of a markdown card."""
        template = JINJA.from_string(text.strip())
        return template.render(
            state_attr=lambda entity_id, name: self.entity(entity_id).attributes().get(name),
            states=self._states,
        )

    def _states(self, entity_id, rounded=None, with_unit=False):
        """As Home Assistant's function: the unit after a blank, and then rounded unless told otherwise."""
        entity = self.entity(entity_id)
        value = number(entity.state())
        if value is None:
            return entity.state()
        is_rounded = with_unit if rounded is None else rounded
        text = f"{value:.{entity.precision}f}" if is_rounded and entity.precision is not None else entity.state()
        return f"{text} {entity.unit}".strip() if with_unit else text
