"""A report as tables: JSON, page, CSV and PDF are all made from these, so that all say the same."""

from dataclasses import dataclass

from api.reports.period import Period
from core.model.text import Lang, Text

Cell = Text | str | int | float | None
"""None: not known, printed as a dash. A float is rounded where it is made."""


NONE = Text("无", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """id: stable, part of the JSON. note: how the figures are made, with the source of a limit. Each row has
    a cell for each head."""

    id: str
    title: Text
    note: Text
    heads: tuple[Text, ...]
    rows: tuple[tuple[Cell, ...], ...] = ()
    none: Text = NONE

    def __post_init__(self) -> None:
        if any(len(row) != len(self.heads) for row in self.rows):
            raise ValueError(f"{self.id}: a row has not a cell for each head")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """whole: the period was over when it was made, at `made_ns`."""

    utility: Text
    period: Period
    made_ns: int
    sections: tuple[Section, ...]

    @property
    def whole(self) -> bool:
        return self.made_ns >= self.period.end_ns


def shown(cell: Cell, lang: Lang) -> str:
    """As it is printed; None is a dash."""
    match cell:
        case None:
            return "–"
        case Text():
            return cell.in_(lang)
        case float():
            return f"{cell:,.10g}"
        case int():
            return f"{cell:,}"
        case _:
            return cell


def percent(hits: int, n: int) -> float | None:
    """100 is all of them: never what is rounded up to it."""
    if not n:
        return None
    return round(100 * hits / n, 2) if hits == n else min(round(100 * hits / n, 2), 99.99)
