# SPDX-License-Identifier: MIT
# The cards of a dashboard as HTML. A card, row or option that it does not know is an error, so the picture leaves out nothing.
from datetime import datetime
from html import escape

import markdown

from charts import COLOURS, gauge_arc, history_chart
from home import UNAVAILABLE, UNKNOWN, number
from icons import icon

WORDS = {
    ("battery_charging", "on"): "Charging",
    ("battery_charging", "off"): "Not charging",
    ("problem", "on"): "Problem",
    ("problem", "off"): "OK",
    ("running", "on"): "Running",
    ("running", "off"): "Not running",
    ("connectivity", "on"): "Connected",
    ("connectivity", "off"): "Disconnected",
}
AGES = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
SEVERITY = {"green": "#43a047", "yellow": "#ffa600", "red": "#db4437"}
PLAIN_GAUGE = "#03a9f4"
MOST_AT_A_GLANCE = 5  # side by side, unless the card says how many


def ago(age_s):
    for length_s, name in AGES:
        if age_s >= length_s:
            count = round(age_s / length_s)
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "now"


def with_unit(value, entity):
    digits = entity.precision if entity.precision is not None else (0 if value == int(value) else 1)
    text = f"{value:,.{digits}f}".replace("-", "−")
    return f"{text}{entity.unit}" if entity.unit == "%" else f"{text} {entity.unit}".strip()


def shown(entity, clock):
    """A state as the interface writes it."""
    state = entity.state()
    if state in (UNKNOWN, UNAVAILABLE):
        return state.capitalize()
    if entity.device_class == "timestamp":
        return ago(clock.age_s(datetime.fromisoformat(state.replace("Z", "+00:00")).timestamp()))
    if entity.domain in ("binary_sensor", "switch"):
        return WORDS.get((entity.device_class, state), state.capitalize())
    value = number(state)
    return state if value is None or entity.device_class == "enum" else with_unit(value, entity)


def take(options, *known):
    """The options of a card or row, in the order asked for; refuses those nobody draws."""
    unknown = set(options) - set(known) - {"type"}
    if unknown:
        raise ValueError(f"options nobody draws: {', '.join(sorted(unknown))} in {options}")
    return [options.get(name) for name in known]


def card(body, title=None, kind=""):
    head = f"<h2>{escape(title)}</h2>" if title else ""
    return f'<section class="card {kind}">{head}{body}</section>'


def gauge(options, home):
    entity_id, name, low, high, severity = take(options, "entity", "name", "min", "max", "severity")
    entity = home.entity(entity_id)
    value = number(entity.state())
    low, high = low or 0, 100 if high is None else high
    reached = [(start, colour) for colour, start in (severity or {}).items() if value is not None and value >= start]
    colour = SEVERITY[max(reached)[1]] if reached else PLAIN_GAUGE
    share = 0.0 if value is None else (value - low) / (high - low)
    return card(
        f'<svg viewBox="0 0 200 102">{gauge_arc(share, colour)}'
        f'<text x="100" y="93" text-anchor="middle">{escape(shown(entity, home.clock))}</text></svg>'
        f"<p>{escape(name or entity.name)}</p>",
        kind="gauge",
    )


def glance(options, home):
    title, _, columns, entities = take(options, "title", "show_name", "columns", "entities")
    cells = []
    for row in entities:
        entity_id, name = take(row, "entity", "name")
        entity = home.entity(entity_id)
        cells.append(
            f"<div><span>{escape(name or entity.name)}</span>{icon(entity)}"
            f"<b>{escape(shown(entity, home.clock))}</b></div>"
        )
    width = columns or min(MOST_AT_A_GLANCE, len(cells))
    return card(f'<div class="cells" style="--columns:{width}">{"".join(cells)}</div>', title)


def event(entity, home):
    what = entity.attributes()["event_type"]
    return f"{escape(what)}<small>{ago(home.clock.age_s(entity.changed_s()))}</small>"


def control(entity, home):
    """The right side of a row."""
    if entity.domain == "switch":
        return f'<i class="switch {escape(entity.state())}"></i>'
    if entity.domain == "number":
        return f'<span class="box">{escape(shown(entity, home.clock))}</span>'
    if entity.domain == "button":
        return '<span class="press">PRESS</span>'
    if entity.domain == "event" and entity.attributes():
        return event(entity, home)
    return escape(shown(entity, home.clock))


def is_met(condition, home):
    """Also of an entity that is not announced: then it is not."""
    what, entity_id, wanted = take(condition, "condition", "entity", "state")
    if what != "state":
        raise ValueError(f"a condition nobody judges: {condition}")
    entity = home.known(entity_id)
    return entity is not None and entity.state() == wanted


def row_of(row, home):
    if row.get("type") == "conditional":
        conditions, inner = take(row, "conditions", "row")
        return row_of(inner, home) if all(is_met(one, home) for one in conditions) else ""
    if row.get("type") == "attribute":
        entity_id, attribute, name = take(row, "entity", "attribute", "name")
        entity = home.entity(entity_id)
        value = entity.attributes().get(attribute)
        right = "—" if value is None else escape(str(value))
    elif "type" in row:
        raise ValueError(f"a row nobody draws: {row}")
    else:
        entity_id, name = take(row, "entity", "name")
        entity = home.entity(entity_id)
        right = control(entity, home)
    return f'<li>{icon(entity)}<span>{escape(name or entity.name)}</span><b>{right}</b></li>'


def entities_card(options, home):
    title, _, rows = take(options, "title", "show_header_toggle", "entities")
    return card(f'<ul>{"".join(row_of(row, home) for row in rows)}</ul>', title, "entities")


def history_graph(options, home):
    """One chart for each unit, one colour for each entity."""
    title, hours, rows = take(options, "title", "hours_to_show", "entities")
    by_unit = {}
    for row in rows:
        entity_id, name = take(row, "entity", "name")
        entity = home.entity(entity_id)
        by_unit.setdefault(entity.unit, []).append((name or entity.name, entity))
    body = ""
    for unit, curves in by_unit.items():
        coloured = list(zip(COLOURS, curves))
        legend = "".join(
            f'<span><i style="background:{colour}"></i>{escape(name)}</span>' for colour, (name, _) in coloured
        )
        chart = history_chart(home.clock, hours or 24, unit, [(colour, entity) for colour, (_, entity) in coloured])
        body += f'<p class="legend">{legend}</p>{chart}'
    return card(body, title, "history")


def markdown_card(options, home):
    title, content = take(options, "title", "content")
    return card(markdown.markdown(home.markdown(content), extensions=["tables"]), title, "markdown")


def stack(options, home):
    (cards,) = take(options, "cards")
    return f'<div class="stack">{"".join(drawn(each, home) for each in cards)}</div>'


CARDS = {
    "entities": entities_card,
    "gauge": gauge,
    "glance": glance,
    "history-graph": history_graph,
    "markdown": markdown_card,
    "vertical-stack": stack,
}


def drawn(options, home):
    draw = CARDS.get(options["type"])
    if draw is None:
        raise ValueError(f"a card nobody draws: {options['type']}")
    return draw(options, home)
