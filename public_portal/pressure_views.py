"""An area's service pressure as its page tells it: 30 days in a sentence, the last day by the hour."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.model.pressure import LEAST_MPA, PressureHour, PressureMonth
from core.model.shanghai import local
from core.model.text import Lang
from public_portal.phrases import phrases

_HOUR_NS = 3_600_000_000_000
_SPAN_NS = 30 * 24 * _HOUR_NS
_LISTED = 24


@dataclass(frozen=True, slots=True)
class PressureRow:
    hours: str
    median: str | None
    kept: str | None


@dataclass(frozen=True, slots=True)
class PressureView:
    """said: a sentence. basis: whose threshold it is."""

    said: str
    basis: str
    rows: list[PressureRow]
    refused: bool


def pressure_view(months: Sequence[PressureMonth], refused: bool, lang: Lang) -> PressureView | None:
    """months: the oldest first. refused: part of it could not be read. None of an area of which none is
    published."""
    hours = [hour for month in months for hour in month.hours]
    t = phrases(lang)
    if not hours:
        return PressureView(t["history_missing"], "", [], True) if refused else None
    newest = hours[-1]
    own = [
        hour.kept
        for hour in hours
        if hour.kept is not None and hour.least == newest.least and hour.start_ns > newest.start_ns - _SPAN_NS
    ]
    share = 100 * sum(own) / len(own) if own else 0.0
    name = "pressure_said" if own else "pressure_unknown"
    return PressureView(
        said=t[name].format(n=len(own), least=f"{newest.least:g}", share=_percent(share)),
        basis=t["pressure_henan" if newest.least == LEAST_MPA else "pressure_own"].format(
            least=f"{newest.least:g}"
        ),
        rows=[_row(hour, newest.least) for hour in reversed(hours[-_LISTED:])],
        refused=refused,
    )


def _row(hour: PressureHour, least: float) -> PressureRow:
    """Of an hour that was held against another threshold no share is told."""
    begin = local(hour.start_ns)
    return PressureRow(
        hours=f"{begin:%m-%d} {begin.hour:02d}:00–{begin.hour + 1:02d}:00",
        median=None if hour.median is None else f"{hour.median:.2f}",
        kept=None if hour.kept is None or hour.least != least else _percent(100 * hour.kept),
    )


def _percent(share: float) -> str:
    """Never 100.0 of what was not always so."""
    return f"{min(share, 99.9) if share < 100 else share:.1f}"
