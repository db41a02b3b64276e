"""Limits as a page shows them: their figures, what they rest on, and standards of elsewhere beside them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.model.limits import NOTHING, RESIDUALS, AppliedLimit, Disinfectant, within
from core.model.snapshot import Area
from core.model.text import Lang, Text
from public_portal import words
from public_portal.limit_words import DISINFECTANTS, PHRASES, RESIDUAL_WORDS, SAMPLES, STANDARDS

ORDER = list(STANDARDS)
BEYOND = "beyond"
"""Of what is to be watched: the figure that is shown is beyond the limit that is shown."""


def beyond(limit: AppliedLimit | None, *values: float | None) -> bool:
    return not within(limit, *values)


@dataclass(frozen=True, slots=True)
class BesideRow:
    """here: it is what readings are judged by. cells: one a name."""

    name: str
    here: bool
    cells: list[str]


@dataclass(frozen=True, slots=True)
class BesideView:
    names: list[str]
    rows: list[BesideRow]
    notes: list[str]
    marked: bool


def figures(limit: AppliedLimit | None, lang: Lang) -> str:
    """`0.05–2`, `≤ 1`, `≥ 0.05`; words where there is no number."""
    if limit is None:
        return ""
    low, high = limit.low, limit.high
    if low is not None and high is not None:
        return f"{number(low)}–{number(high)}"
    if high is not None:
        return f"≤ {number(high)}"
    return f"≥ {number(low)}" if low is not None else limit.words.in_(lang)


def number(value: float) -> str:
    """All of its digits, and no power of ten: `0.00001`, `1200000`."""
    return f"{Decimal(repr(value)).normalize():f}"


def basis(item: str, limit: AppliedLimit | None, disinfectant: Disinfectant | None, lang: Lang) -> str:
    """What the limit rests on: `GB 5749-2022 表2，管网水，游离氯消毒`; why there is none."""
    if limit is None:
        return _why_none(item, disinfectant, lang)
    said = [f"{limit.standard} {limit.clause.in_(lang)}".strip(), SAMPLES[limit.sample].in_(lang)]
    if item in RESIDUALS.values():
        used = DISINFECTANTS[limit.disinfectant]
        said.append(Text(f"{used.zh}消毒", f"disinfected with {used.en}").in_(lang))
    if _numbers(limit) and limit.words != NOTHING:
        said.append(limit.words.in_(lang))
    if limit.unverified:
        said.append(PHRASES["limit_unverified"].in_(lang))
    return ("，" if lang == "zh" else ", ").join(said)


def _why_none(item: str, disinfectant: Disinfectant | None, lang: Lang) -> str:
    if disinfectant is None or item not in RESIDUALS.values() or RESIDUALS[disinfectant] == item:
        return ""
    return (
        PHRASES["limit_other"]
        .in_(lang)
        .format(
            disinfectant=DISINFECTANTS[disinfectant].in_(lang),
            residual=RESIDUAL_WORDS[RESIDUALS[disinfectant]].in_(lang),
        )
    )


def beside_view(area: Area, comparisons: Iterable[AppliedLimit], lang: Lang) -> BesideView | None:
    """What holds here, and under it each standard of elsewhere; None without any."""
    items = [reading.parameter for reading in area.readings]
    own = [reading.limit for reading in area.readings if reading.limit]
    others = [
        limit
        for limit in comparisons
        if limit.item in items and limit.sample is area.sample and limit.disinfectant is area.disinfectant
    ]
    if not others:
        return None
    others.sort(key=lambda limit: ORDER.index(limit.set) if limit.set in ORDER else len(ORDER))
    rows = [_rows(limits, items, here, lang) for limits, here in ((own, True), (others, False))]
    return BesideView(
        names=[_column(item, [*own, *others], lang) for item in items],
        rows=[row for some in rows for row in some],
        notes=[note for limit in others if (note := _note(limit, lang))],
        marked=any(limit.unverified for limit in (*own, *others)),
    )


def _rows(limits: Sequence[AppliedLimit], items: Sequence[str], here: bool, lang: Lang) -> list[BesideRow]:
    """One a standard, in the order they come."""
    sets = dict.fromkeys(limit.set for limit in limits)
    found = {(limit.set, limit.item): limit for limit in limits}
    return [
        BesideRow(
            name=_standard(next(limit for limit in limits if limit.set == name), lang),
            here=here,
            cells=[_cell(found.get((name, item))) for item in items],
        )
        for name in sets
    ]


def _cell(limit: AppliedLimit | None) -> str:
    """A number; what is said in words stands below the table."""
    if limit is None or not _numbers(limit):
        return ""
    marked = {"low", "high"} & {*limit.unverified}
    return figures(limit, "zh") + ("*" if marked else "")


def _note(limit: AppliedLimit, lang: Lang) -> str:
    if limit.words == NOTHING:
        return ""
    name, item = _standard(limit, lang), _name(limit.item, lang)
    mark = "*" if "words" in limit.unverified else ""
    said = limit.words.in_(lang)
    return (
        f"{name}，{item}：{said}{mark}"
        if lang == "zh"
        else f"{name}, {item[:1].lower()}{item[1:]}: {said}{mark}"
    )


def _numbers(limit: AppliedLimit) -> bool:
    return limit.low is not None or limit.high is not None


def _standard(limit: AppliedLimit, lang: Lang) -> str:
    return STANDARDS.get(limit.set, Text(limit.standard, limit.standard)).in_(lang)


def _name(item: str, lang: Lang) -> str:
    return words.PARAMETERS.get(item, Text(item, item)).in_(lang)


def _column(item: str, limits: Iterable[AppliedLimit], lang: Lang) -> str:
    """`余氯 毫克/升`: a name with its unit."""
    unit = next((limit.unit for limit in limits if limit.item == item), "")
    shown = words.UNITS.get(unit, Text(unit, unit)).in_(lang)
    return f"{_name(item, lang)} {shown}".strip()
