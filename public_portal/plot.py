"""A day of the published record drawn on the server (WQ-13): what each hour was, and nothing between them.

An hour's median is a stroke as wide as the hour, its band reaches from the lowest to the highest 15-minute
median. An hour without a value leaves its place empty. The table stands below it for who cannot see it.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.model.limits import AppliedLimit
from core.model.published import Hour, PublishedDay
from core.model.shanghai import local
from core.model.text import Lang
from public_portal.phrases import phrases

WIDTH, HEIGHT = 360, 190
LEFT, RIGHT, TOP, BOTTOM = 34.0, 10.0, 8.0, 20.0
HOURS = 24
AXES: Mapping[str, tuple[float, float]] = {
    "free_chlorine": (0.0, 2.2),
    "total_chlorine": (0.0, 3.3),
    "turbidity": (0.0, 1.2),
    "ph": (6.0, 9.0),
}
"""So that days and areas can be compared by eye; a value beyond reaches further."""
TICKS = 6
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Bar:
    """An hour: its band from `top`, `high` tall, and its median at `y`. state: by which it is coloured."""

    x: float
    width: float
    top: float
    high: float
    y: float
    state: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on an axis with its word."""

    at: float
    word: str


@dataclass(frozen=True, slots=True)
class Plot:
    """Lengths in units of its own; left, right: between which it is drawn."""

    bars: list[Bar]
    limits: list[Mark]
    ticks: list[Mark]
    hours: list[Mark]
    said: str
    key: str
    width: int = WIDTH
    height: int = HEIGHT
    left: float = LEFT
    right: float = WIDTH - RIGHT


def plot_of(day: PublishedDay, name: str, unit: str, lang: Lang) -> Plot | None:
    """None where no hour has a value."""
    known = [hour for hour in day.hours if hour.median is not None]
    if not known:
        return None
    low, high, step = _axis(day.parameter, known, day.limit)

    def y(value: float) -> float:
        return round(TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM), 1)

    ends = [end for end in (day.limit.low, day.limit.high) if end is not None] if day.limit else []
    t = phrases(lang)
    count = round((high - low) / step)
    return Plot(
        bars=[_bar(hour, y) for hour in known],
        limits=[Mark(y(end), f"{end:g}") for end in ends],
        ticks=[Mark(y(low + n * step), f"{low + n * step:g}") for n in range(count + 1)],
        hours=[Mark(_x(hour), f"{hour}") for hour in range(0, HOURS + 1, 6)],
        said=_said(name, unit, known, lang),
        key=t["plot_key_limit"] if ends else t["plot_key"],
    )


def _axis(parameter: str, known: Sequence[Hour], limit: AppliedLimit | None) -> tuple[float, float, float]:
    """Its ends, whole steps, and a step."""
    shown = [value for hour in known for value in (hour.low15, hour.median, hour.high15) if value is not None]
    shown += [end for end in (limit.low, limit.high) if end is not None] if limit else []
    low, high = AXES.get(parameter, (0.0, max(shown) or 1.0))
    low, high = min(low, *shown), max(high, *shown)
    rough = (high - low) / TICKS
    scale = 10.0 ** math.floor(math.log10(rough))
    step = scale * next(step for step in STEPS if step * scale >= rough - _ROUNDING)
    return math.floor(low / step + _ROUNDING) * step, math.ceil(high / step - _ROUNDING) * step, step


def _bar(hour: Hour, y: Callable[[float], float]) -> Bar:
    """Older records have no lowest: their band begins at the median."""
    middle = hour.median or 0.0
    top = y(middle if hour.high15 is None else hour.high15)
    bottom = y(middle if hour.low15 is None else hour.low15)
    x, width = _x(local(hour.start_ns).hour), round(_x(1) - _x(0) - 1, 1)
    return Bar(x + 0.5, width, top, round(bottom - top, 1), y(middle), hour.state.value)


def _x(hour: int) -> float:
    return round(LEFT + hour * (WIDTH - LEFT - RIGHT) / HOURS, 1)


def _said(name: str, unit: str, known: Sequence[Hour], lang: Lang) -> str:
    """For who hears it."""
    medians = [hour.median for hour in known if hour.median is not None]
    high = f"{max(medians):.2f} {unit}".strip()
    return phrases(lang)["plot_said"].format(name=name, n=len(known), low=f"{min(medians):.2f}", high=high)
