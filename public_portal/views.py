"""What a page shows, in one language: plain strings and numbers, so that a template decides nothing."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.model.limits import NOTHING, AppliedLimit, Disinfectant
from core.model.shanghai import moment, span
from core.model.snapshot import Area, PublicNotice, Reading, ReadingState
from core.model.street_line import StreetLine, by_street
from core.model.text import Lang, Text
from public_portal import notice_words, words
from public_portal.ended import LIFTED_KINDS, TimesView, restored_ns, times_view
from public_portal.limit_views import BEYOND, BesideView, basis, beside_view, beyond, figures
from public_portal.phrases import phrases
from public_portal.received import Received
from public_portal.stages import StageView, stages_of
from public_portal.standing import standing_lines

OUTDATED = "outdated"
_GAUGE_MARGIN = 0.5
"""Of the usual range's width on either side: there a reading is to be watched (`areas.state_of`)."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """Positions 0..100 along a line: the usual range and the value, clamped to its ends."""

    band_x: float
    band_w: float
    dot_x: float


@dataclass(frozen=True, slots=True)
class ReadingView:
    name: str
    meaning: str
    unit: str
    value: str | None
    at: str | None
    usual: str | None
    limit: str
    limit_basis: str
    state: str
    state_word: str
    held: str
    """That a person holds its value back, and until when at most."""
    gauge: Gauge | None


@dataclass(frozen=True, slots=True)
class AreaView:
    id: str
    name: str
    readings: list[ReadingView]
    streets: list[str]
    at: str | None
    beside: BesideView | None


@dataclass(frozen=True, slots=True)
class StreetView:
    """numbers: `40–58`; None of a whole street. single: it is one. off: what holds there, where water is weak
    elsewhere. low: where on it water is weak."""

    name: str
    numbers: str | None
    off: str
    low: str
    single: bool


@dataclass(frozen=True, slots=True)
class NoticeView:
    id: str
    version: int
    kind: str
    kind_word: str
    title: str
    area: str
    area_name: str
    paragraphs: list[str]
    advice: str
    times: TimesView
    published: str
    expected: str | None
    overdue: bool
    next_update: str | None
    next_late: bool
    connections: int | None
    weak: int | None
    back: str | None
    concerned: str | None
    off: str
    """What holds where water is not weak; empty where it is nowhere."""
    streets: list[StreetView]
    stages: list[StageView]
    current: str
    restored: str | None
    cancelled: bool
    short_notice: bool
    lifted: bool
    """Its end is an all-clear by people, not water that comes back."""
    stayed_on: bool
    """Only pressure was low."""
    in_doubt: bool
    """Nobody has seen on site what it tells of."""

    @property
    def planned(self) -> bool:
        return self.kind == "planned_outage"

    @property
    def called_off(self) -> bool:
        return self.cancelled and self.planned

    @property
    def over(self) -> bool:
        return self.times.ended is not None


def ago(age_s: float) -> Text:
    """How long ago, in the largest whole unit."""
    minutes = int(age_s // 60)
    if minutes < 1:
        return Text("刚刚", "just now")
    if minutes < 60:
        return Text(f"{minutes}分钟前", f"{minutes} min ago")
    hours = minutes // 60
    if hours < 48:
        return Text(f"{hours}小时前", f"{hours} h ago")
    return Text(f"{hours // 24}天前", f"{hours // 24} days ago")


def reading_view(
    reading: Reading, lang: Lang, stale: bool, disinfectant: Disinfectant | None = None
) -> ReadingView:
    """In a stale snapshot no state stands: what was normal then is not known to be so now. What a parameter
    is for is said where it is: what is left of the disinfectant is not told of another one."""
    state = OUTDATED if stale else reading.state.value
    low, high = reading.usual_low, reading.usual_high
    rests_on = basis(reading.parameter, reading.limit, disinfectant, lang)
    meaning = words.MEANINGS.get(reading.parameter, NOTHING)
    return ReadingView(
        name=words.PARAMETERS.get(reading.parameter, Text(reading.parameter, reading.parameter)).in_(lang),
        meaning="" if rests_on and reading.limit is None else meaning.in_(lang),
        unit=words.UNITS.get(reading.unit, Text(reading.unit, reading.unit)).in_(lang),
        value=None if reading.value is None else f"{reading.value:.2f}",
        at=None if reading.at_ns is None else moment(reading.at_ns).in_(lang),
        usual=None if low is None or high is None else f"{low:.2f}–{high:.2f}",
        limit=figures(reading.limit, lang),
        limit_basis=rests_on,
        state=state,
        state_word=words.STATES[_told(reading, stale)].in_(lang),
        held=_held(reading, lang) if not stale else "",
        gauge=_gauge(reading),
    )


def _held(reading: Reading, lang: Lang) -> str:
    if reading.held_until_ns is None:
        return ""
    return phrases(lang)["held_until"].format(time=moment(reading.held_until_ns).in_(lang))


def _told(reading: Reading, stale: bool) -> str:
    """Its state as it is worded: beyond the limit is not outside the usual range."""
    if stale:
        return OUTDATED
    watched = reading.state is ReadingState.WATCH
    return BEYOND if watched and beyond(reading.limit, reading.value) else reading.state.value


def _gauge(reading: Reading) -> Gauge | None:
    low, high, value = reading.usual_low, reading.usual_high, reading.value
    if low is None or high is None or value is None:
        return None
    width = max(high - low, 0.02)
    start = low - width * _GAUGE_MARGIN
    scale = 100 / (width * (1 + 2 * _GAUGE_MARGIN))
    dot = min(98.0, max(2.0, (value - start) * scale))
    return Gauge(round((low - start) * scale, 1), round(max(high - low, 0.0) * scale, 1), round(dot, 1))


def area_view(area: Area, lang: Lang, stale: bool, comparisons: Iterable[AppliedLimit] = ()) -> AreaView:
    """comparisons: of all areas."""
    times = [reading.at_ns for reading in area.readings if reading.at_ns is not None]
    return AreaView(
        id=area.id,
        name=area.name.in_(lang),
        readings=[reading_view(reading, lang, stale, area.disinfectant) for reading in area.readings],
        streets=[street.in_(lang) for street in area.streets],
        at=moment(max(times)).in_(lang) if times else None,
        beside=beside_view(area, comparisons, lang),
    )


def summary(areas: Iterable[Area], lang: Lang, stale: bool) -> str:
    """How many areas are how, by the gravest of each one's readings."""
    order = [OUTDATED, BEYOND, *_GRAVEST, ReadingState.NORMAL]
    counts: dict[str, int] = {}
    for area in areas:
        states = {OUTDATED} if stale else {_told(reading, stale) for reading in area.readings}
        worst = next((s for s in order if s in states), ReadingState.NO_DATA.value)
        counts[worst] = counts.get(worst, 0) + 1
    said = [(words.STATES[state].in_(lang), counts[state]) for state in order if state in counts]
    if lang == "zh":
        return "，".join(f"{n}个片区{word}" for word, n in said) + "。"
    return ", ".join(f"{n} {'area' if n == 1 else 'areas'}: {word.lower()}" for word, n in said) + "."


def verdict(area: AreaView, lang: Lang) -> str:
    """One sentence for one area: which parameters are how, as `余氯偏离日常范围；浊度、pH未见异常。`"""
    by_state: dict[str, list[str]] = {}
    for reading in area.readings:
        by_state.setdefault(reading.state_word, []).append(reading.name)
    if lang == "zh":
        return "；".join(f"{'、'.join(names)}{word}" for word, names in by_state.items()) + "。"
    return "; ".join(f"{', '.join(names)}: {word.lower()}" for word, names in by_state.items()) + "."


_GRAVEST = (ReadingState.WATCH, ReadingState.VERIFYING, ReadingState.NO_DATA, ReadingState.MAINTENANCE)


def notice_view(notice: PublicNotice, received: Received, lang: Lang) -> NoticeView:
    """An estimate that has passed, or that restoration has overtaken, is shown nowhere, not even in the
    notice's own text."""
    restored = restored_ns(notice)
    over = notice.over
    lifted = over and notice.change != "cancelled"
    earliest, latest = notice.eta_earliest_ns, notice.eta_latest_ns
    overdue = notice.passed(received.now_ns)
    expected = None if earliest is None or latest is None else span(earliest, latest).in_(lang)
    next_ns = notice.next_update_ns
    names = [area.name.in_(lang) for area in received.snapshot.areas if notice.reaches(area.id)]
    stages = stages_of(notice, received.now_ns, lang)
    off = _off(notice).in_(lang)
    return NoticeView(
        id=notice.id,
        version=notice.version,
        kind=notice.kind,
        kind_word=(notice.matter or words.kind(notice.kind, notice.supply, lifted=lifted)).in_(lang),
        title=notice.title.in_(lang),
        area=notice.area,
        area_name=("、" if lang == "zh" else ", ").join(names),
        paragraphs=standing_lines(notice, received.now_ns, lang),
        advice=notice.advice.in_(lang),
        times=times_view(notice, received.now_ns, lang),
        published=moment(notice.published_ns).in_(lang),
        expected=None if overdue or over else expected,
        overdue=overdue,
        next_update=None if next_ns is None or over else moment(next_ns).in_(lang),
        next_late=not over and next_ns is not None and next_ns < received.now_ns,
        connections=notice.connections,
        weak=notice.weak,
        back=notice.back.in_(lang) if notice.back else None,
        concerned=notice.concerned.in_(lang) if notice.concerned else None,
        off=off,
        streets=[_street(line, off, lang) for line in by_street(notice.streets)],
        stages=stages,
        current=next((s.name for s in stages if s.phase == "current"), stages[-1].name),
        restored=None if restored is None else moment(restored).in_(lang),
        cancelled=notice.change == "cancelled",
        short_notice=notice.short_notice,
        lifted=notice.kind in LIFTED_KINDS,
        stayed_on=notice.supply == "low",
        in_doubt=bool(notice.doubt),
    )


def _off(notice: PublicNotice) -> Text:
    """In the words of the full text, which counts those apart who have weak water."""
    if notice.over or not (notice.weak or any(street.weak for street in notice.streets)):
        return NOTHING
    return notice_words.MAY_BE_OFF if notice.doubt else notice_words.OFF.get(notice.supply, NOTHING)


def _street(line: StreetLine, off: str, lang: Lang) -> StreetView:
    numbers = ("、" if lang == "zh" else ", ").join(line.numbers)
    apart = "" if line.weak or (line.low and not line.numbers) else off
    return StreetView(line.name.in_(lang), numbers or None, apart, line.low_in(lang), numbers.isdigit())
