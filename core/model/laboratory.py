"""What a laboratory found in samples of water, and whether it complies: nothing else says so (WQ-01)."""

from dataclasses import dataclass

from core.model.limits import AppliedLimit, SampleType
from core.model.text import Text

MONTHS = "laboratory.months"
"""Kept in the ledger: of each month with results the SHA-256 of what was last taken in of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabResult:
    """One item of one sample; id: `sample:item`. sampled: the Shanghai day, `2026-11-22`. zone: where it was
    taken, and no nearer. Measured it has a value; below the limit of detection it has none, and its lod; what
    is only found or not has found. report: the laboratory's number."""

    id: str
    sample: str
    item: str
    sampled: str
    zone: str
    kind: SampleType
    method: str
    laboratory: str
    report: str
    unit: str = ""
    value: float | None = None
    lod: float | None = None
    found: bool | None = None

    @property
    def month(self) -> str:
        return self.sampled[:7]

    @property
    def below(self) -> bool:
        return self.value is None and self.found is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """limit: which of the month's, None where nothing limits it. complies: None where that cannot be told."""

    result: LabResult
    limit: int | None = None
    complies: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabMonth:
    """A month as it is published. places: what zones are called in public."""

    month: str
    places: dict[str, Text]
    limits: tuple[AppliedLimit, ...]
    results: tuple[Judged, ...]


def complies(result: LabResult, limit: AppliedLimit | None) -> bool | None:
    """Against a limit of words (`none`, `not detected`) nothing must be found. Below a limit of detection
    that is itself beyond the limit nothing can be told."""
    if limit is None:
        return None
    if limit.low is None and limit.high is None:
        return not result.found if result.value is None else result.value == 0
    if result.value is not None:
        return limit.holds(result.value)
    if result.found:
        return None
    lod = 0.0 if result.lod is None else result.lod
    if limit.high is not None and lod > limit.high:
        return None
    if limit.low is not None:
        return False if lod <= limit.low else None
    return True


def part_name(month: str) -> str:
    """Of the part of the signed snapshot that holds a month's results."""
    return f"laboratory/{month}"
