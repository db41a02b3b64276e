"""A day of the published record as a page shows it, in one language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from core.model.limits import AppliedLimit
from core.model.published import Amended, Hour, HourState, PublishedDay, Replaced
from core.model.shanghai import day as day_words
from core.model.shanghai import local, moment
from core.model.snapshot import Area
from core.model.text import Lang, Text
from public_portal import words
from public_portal.history_words import STATES
from public_portal.limit_views import BEYOND, basis, beyond, figures
from public_portal.parts import Part
from public_portal.phrases import phrases
from public_portal.plot import Plot, plot_of

HOUR_NS = 3_600_000_000_000
_WHY = {Amended.HELD: "corrected_held", Amended.INSTRUMENT_FAULT: "corrected_fault"}
LATE_NS = 3 * HOUR_NS
"""After its end, beyond every validation delay: such an hour was not published when it was due."""


@dataclass(frozen=True, slots=True)
class HourView:
    hours: str
    median: str | None
    low: str | None
    high: str | None
    complete: int
    state: str
    state_word: str
    notes: list[str]


@dataclass(frozen=True, slots=True)
class Link:
    href: str
    word: str
    here: bool = False


@dataclass(frozen=True, slots=True)
class HistoryView:
    """query: what the address needs besides the language. day: None where nothing is recorded."""

    id: str
    area: str
    query: dict[str, str]
    parameter: str
    unit: str
    limit: str
    limit_basis: str
    day: str | None
    links: list[Link]
    before: str | None
    after: str | None
    hours: list[HourView]
    summary: str
    highest: str | None
    plot: Plot | None
    corrections: list[str]
    month: str
    refused: bool
    missing: bool


def chosen_day(days: Sequence[PublishedDay], parameter: str, day: str) -> PublishedDay | None:
    """The day that is asked for, without one the last."""
    own = sorted((d for d in days if d.parameter == parameter), key=lambda d: d.day)
    if day:
        return next((d for d in own if d.day == day), None)
    return own[-1] if own else None


def history_view(
    area: Area, parameter: str, own: PublishedDay | None, part: Part | None, months: list[str], lang: Lang
) -> HistoryView:
    unit = words.UNITS.get(own.unit, Text(own.unit, own.unit)).in_(lang) if own else ""
    hours = own.hours if own else ()
    before, after = _neighbours(own, part, months)
    query = {"parameter": parameter} | ({"day": own.day} if own else {})
    return HistoryView(
        id=area.id,
        area=area.name.in_(lang),
        query=query,
        parameter=_name(parameter, lang),
        unit=unit,
        limit=figures(own.limit, lang) if own and own.limit else "",
        limit_basis=basis(parameter, own.limit, None, lang) if own and own.limit else "",
        day=day_words(own.hours[0].start_ns).in_(lang) if own and own.hours else None,
        links=[_link(r.parameter, parameter, query, lang) for r in area.readings],
        before=urlencode(query | {"day": before}) if before else None,
        after=urlencode(query | {"day": after}) if after else None,
        hours=[_hour(hour, own.limit if own else None, lang) for hour in hours],
        summary=_summary(hours, lang),
        highest=_highest(hours, unit, lang),
        plot=plot_of(own, _name(parameter, lang), unit, lang) if own else None,
        corrections=[_correction(one, hours, lang) for one in own.replaced] if own else [],
        month=own.day[:7] if own else "",
        refused=part is not None and part.refused,
        missing=part is None and bool(months),
    )


def _link(parameter: str, here: str, query: dict[str, str], lang: Lang) -> Link:
    return Link(urlencode(query | {"parameter": parameter}), _name(parameter, lang), parameter == here)


def _name(parameter: str, lang: Lang) -> str:
    return words.PARAMETERS.get(parameter, Text(parameter, parameter)).in_(lang)


def _neighbours(
    own: PublishedDay | None, part: Part | None, months: list[str]
) -> tuple[str | None, str | None]:
    """The days beside it, where they are recorded; of another month it is only known that there is one."""
    if own is None or part is None:
        return None, None
    days = {d.day for d in part.days if d.parameter == own.parameter}
    known = [d for d in _beside(own.day) if d in days or (d[:7] != own.day[:7] and d[:7] in months)]
    return next((d for d in known if d < own.day), None), next((d for d in known if d > own.day), None)


def _beside(day: str) -> tuple[str, str]:
    """The day before and the day after."""
    at = date.fromisoformat(day)
    return (at - timedelta(1)).isoformat(), (at + timedelta(1)).isoformat()


def _hour(hour: Hour, limit: AppliedLimit | None, lang: Lang) -> HourView:
    t = phrases(lang)
    late = hour.version == 1 and hour.published_ns > hour.start_ns + HOUR_NS + LATE_NS
    notes = [t["hour_late"]] if late else []
    notes += [t["hour_version"].format(n=hour.version)] if hour.version > 1 else []
    if hour.held_until_ns is not None:
        notes.append(t["held_until"].format(time=moment(hour.held_until_ns).in_(lang)))
    over = hour.state is HourState.WATCH and beyond(limit, hour.low15, hour.median, hour.high15)
    return HourView(
        hours=_short(hour),
        median=_number(hour.median),
        low=_number(hour.low15),
        high=_number(hour.high15),
        complete=hour.n_valid * 100 // hour.n_expected,
        state=hour.state.value,
        state_word=(words.STATES[BEYOND] if over else STATES[hour.state]).in_(lang),
        notes=notes,
    )


def _clock(hour: Hour) -> str:
    """`23:00–24:00`."""
    begin = local(hour.start_ns).hour
    return f"{begin:02d}:00–{begin + 1:02d}:00"


def _short(hour: Hour) -> str:
    """`23–24`."""
    begin = local(hour.start_ns).hour
    return f"{begin:02d}–{begin + 1:02d}"


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.2f}"


def _summary(hours: Sequence[Hour], lang: Lang) -> str:
    if not hours:
        return ""
    expected = sum(hour.n_expected for hour in hours)
    return phrases(lang)["day_summary"].format(
        n=sum(hour.median is not None for hour in hours),
        of=len(hours),
        share=sum(hour.n_valid for hour in hours) * 100 // expected,
    )


def _highest(hours: Sequence[Hour], unit: str, lang: Lang) -> str | None:
    known = [(hour.high15, hour) for hour in hours if hour.high15 is not None]
    if not known:
        return None
    value, hour = max(known, key=lambda pair: pair[0])
    return phrases(lang)["day_highest"].format(value=f"{value:.2f} {unit}".strip(), hour=_clock(hour))


def _correction(one: Replaced, hours: Sequence[Hour], lang: Lang) -> str:
    """Against the version that followed."""
    t, start_ns = phrases(lang), one.hour.start_ns
    now = next((hour for hour in hours if hour.start_ns == start_ns), one.hour)
    return t[_WHY.get(one.why, "corrected")].format(
        hour=_clock(one.hour),
        before=_number(one.hour.median) or t["no_value"],
        after=_number(now.median) or t["no_value"],
        at=moment(one.at_ns).in_(lang),
    )
