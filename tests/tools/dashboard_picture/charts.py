# SPDX-License-Identifier: MIT
# Curves and the gauge, as SVG.
import math

COLOURS = ("#3d6fd6", "#e8a33d", "#e0604f", "#4fae94", "#8a6fc9")
WIDTH, HEIGHT = 352, 150
LEFT, RIGHT, TOP, BOTTOM = 46, 8, 14, 20
GRID_LINES = 4  # at least
TIME_STEPS_H = (0.25, 0.5, 1, 2, 3, 4, 6, 12, 24)
TIME_LABELS = 7  # at most
HALF_A_TIME = 15  # as wide as half of 00:00


def nice_step(span, parts):
    """1, 2 or 5 times a power of ten, so that at least `parts` fit into the span."""
    raw = span / parts
    power = 10 ** math.floor(math.log10(raw))
    return max(factor * power for factor in (1, 2, 5) if factor * power <= raw)


def value_axis(values):
    """Lowest, highest and step of an axis; a curve that does not move gets some air."""
    low, high = min(values), max(values)
    if high - low < 1e-9:
        low, high = low - 0.5, high + 0.5
    step = nice_step(high - low, GRID_LINES)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step, step


def label(value, step):
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    return f"{0 if abs(value) < step / 2 else value:,.{digits}f}".replace("-", "−")


class Frame:
    """From time and value to the place in the picture."""

    def __init__(self, clock, from_s, values):
        self.clock, self.from_s = clock, from_s
        self.low, self.high, self.step = value_axis(values)

    def x(self, time_s):
        share = (time_s - self.from_s) / (self.clock.now_s - self.from_s)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, value):
        share = (value - self.low) / (self.high - self.low)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    def grid(self):
        lines = []
        for i in range(round((self.high - self.low) / self.step) + 1):
            value = self.low + i * self.step
            y = self.y(value)
            kind = "zero" if abs(value) < self.step / 2 else "grid"
            lines.append(f'<line class="{kind}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
            lines.append(f'<text x="{LEFT - 5}" y="{y + 3.5:.1f}" text-anchor="end">{label(value, self.step)}</text>')
        return "".join(lines)

    def time_axis(self):
        first, last = self.clock.hour(self.from_s), self.clock.hour(self.clock.now_s)
        step = next(step for step in TIME_STEPS_H if (last - first) / step <= TIME_LABELS)
        marks = []
        hour = math.ceil(first / step) * step
        while hour <= last:
            x = LEFT + (hour - first) / (last - first) * (WIDTH - LEFT - RIGHT)
            text = f"{int(hour % 24):02}:{round(hour % 1 * 60):02}"
            if x < WIDTH - HALF_A_TIME:
                marks.append(f'<text x="{x:.1f}" y="{HEIGHT - 4}" text-anchor="middle">{text}</text>')
            hour += step
        return "".join(marks)

    def curve(self, points, colour):
        """In steps, as states are: each holds until the next. A gap where the state was no number."""
        path, previous = [], None
        for time, value in [*points, (self.clock.now_s, points[-1][1])]:
            if value is None:
                previous = None
                continue
            x, y = self.x(time), self.y(value)
            path.append(f"M{x:.1f} {y:.1f}" if previous is None else f"H{x:.1f}V{y:.1f}")
            previous = value
        return f'<path class="curve" stroke="{colour}" d="{"".join(path)}"/>'


def history_chart(clock, hours, unit, curves):
    """`curves` = (colour, entity) of one unit."""
    from_s = clock.now_s - hours * 3600 / clock.speed
    series = [(colour, entity.numbers(from_s)) for colour, entity in curves]
    values = [value for _, points in series for _, value in points if value is not None]
    if not values:
        raise ValueError("no number to draw for " + ", ".join(entity.id for _, entity in curves))
    frame = Frame(clock, from_s, values)
    drawn = "".join(frame.curve(points, colour) for colour, points in series)
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}">{frame.grid()}{frame.time_axis()}'
        f'<text x="{LEFT - 5}" y="8" text-anchor="end">{unit}</text>{drawn}</svg>'
    )


def gauge_arc(share, colour):
    """Half a circle, filled from the left."""
    share = min(1.0, max(0.0, share))
    angle = math.pi * (1 - share)
    x, y = 100 + 80 * math.cos(angle), 96 - 80 * math.sin(angle)
    return (
        '<path class="dial" d="M20 96A80 80 0 0 1 180 96"/>'
        f'<path class="dial" style="stroke:{colour}" d="M20 96A80 80 0 0 1 {x:.2f} {y:.2f}"/>'
    )
