"""Limits of drinking water: which standard's number holds, by date, place of the sample and disinfectant.

Beside a limit an on-line value is told as inside its usual range or to be watched; that water complies is
said of laboratory results alone (WQ-01).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from core.model.text import Text

NOTHING = Text("", "")


class Disinfectant(StrEnum):
    FREE_CHLORINE = "free_chlorine"
    CHLORAMINE = "chloramine"
    OZONE = "ozone"
    CHLORINE_DIOXIDE = "chlorine_dioxide"


class SampleType(StrEnum):
    PLANT = "plant"
    """Water as it leaves the works (出厂水)."""
    NETWORK = "network"
    """Water in the mains (管网水)."""
    TAP = "tap"
    """Water at the ends of the network (末梢水)."""


class Use(StrEnum):
    JUDGED = "judged"
    """Readings are held against it where it is in force."""
    COMPARISON = "comparison"
    """Of somewhere else: shown beside, never judged by."""


RESIDUALS: Mapping[Disinfectant, str] = {
    Disinfectant.FREE_CHLORINE: "free_chlorine",
    Disinfectant.CHLORAMINE: "total_chlorine",
    Disinfectant.OZONE: "ozone",
    Disinfectant.CHLORINE_DIOXIDE: "chlorine_dioxide",
}
"""What is measured of each; only that of the disinfectant in use is judged (GB 5749-2022, table 2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One row of a standard. item: a quantity, or what only a laboratory finds. low, high: both are
    allowed. words: what stands beside the numbers, or in their place. unverified: which of low, high and
    words were not read in the standard itself. disinfectants: none named is whatever is used."""

    item: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    words: Text = NOTHING
    samples: tuple[SampleType, ...] = tuple(SampleType)
    disinfectants: tuple[Disinfectant, ...] = ()
    clause: Text = NOTHING
    unverified: tuple[str, ...] = ()

    def fits(self, item: str, sample: SampleType, disinfectant: Disinfectant) -> bool:
        used = not self.disinfectants or disinfectant in self.disinfectants
        return self.item == item and sample in self.samples and used


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSet:
    """A standard's edition. since, until: the days of its force, both belong to it; None is without end."""

    id: str
    standard: str
    name: Text
    use: Use
    source: str
    since: date | None = None
    until: date | None = None
    limits: tuple[Limit, ...] = ()

    def in_force(self, day: date) -> bool:
        return (self.since or date.min) <= day <= (self.until or date.max)

    def overlaps(self, other: "LimitSet") -> bool:
        first, last = (self.since or date.min), (self.until or date.max)
        return first <= (other.until or date.max) and (other.since or date.min) <= last


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedLimit:
    """A limit as it held for one sample: the whole of what may be said of it in public. since: the day, ISO
    8601, from which its edition is in force."""

    item: str
    unit: str
    set: str
    standard: str
    sample: SampleType
    disinfectant: Disinfectant
    since: str | None = None
    low: float | None = None
    high: float | None = None
    words: Text = NOTHING
    clause: Text = NOTHING
    unverified: tuple[str, ...] = ()

    def holds(self, value: float) -> bool:
        """The whole value is compared, unrounded (GB/T 8170, 全数值比较法)."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


def within(limit: AppliedLimit | None, *values: float | None) -> bool:
    """Nothing that is known is beyond it; where nothing limits it, nothing is."""
    return limit is None or all(value is None or limit.holds(value) for value in values)


@dataclass(frozen=True, slots=True)
class LimitSets:
    """Every edition that is known. At most one that is judged by is in force on a day."""

    sets: tuple[LimitSet, ...] = field(default=())

    def judged(
        self, item: str, day: date, sample: SampleType, disinfectant: Disinfectant
    ) -> AppliedLimit | None:
        """None where nothing limits it then and there: another disinfectant is used, or no edition has it."""
        found = self._fitting(Use.JUDGED, item, day, sample, disinfectant)
        return next(iter(found), None)

    def beside(
        self, item: str, day: date, sample: SampleType, disinfectant: Disinfectant
    ) -> tuple[AppliedLimit, ...]:
        """For comparison only (WQ-09)."""
        return tuple(self._fitting(Use.COMPARISON, item, day, sample, disinfectant))

    def _fitting(
        self, use: Use, item: str, day: date, sample: SampleType, disinfectant: Disinfectant
    ) -> Iterable[AppliedLimit]:
        if item in RESIDUALS.values() and RESIDUALS[disinfectant] != item:
            return
        for edition in self.sets:
            if edition.use is not use or not edition.in_force(day):
                continue
            for row in edition.limits:
                if row.fits(item, sample, disinfectant):
                    yield _applied(edition, row, sample, disinfectant)


def _applied(edition: LimitSet, row: Limit, sample: SampleType, disinfectant: Disinfectant) -> AppliedLimit:
    return AppliedLimit(
        item=row.item,
        unit=row.unit,
        set=edition.id,
        standard=edition.standard,
        sample=sample,
        disinfectant=disinfectant,
        since=edition.since.isoformat() if edition.since else None,
        low=row.low,
        high=row.high,
        words=row.words,
        clause=row.clause,
        unverified=row.unverified,
    )
