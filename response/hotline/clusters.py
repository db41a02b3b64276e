"""Several report one thing of one zone: more than chance brings (HL-30). Pure: a service asks the ledger."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from core.model.phone_call import SymptomGroup
from core.model.report import Channel, Report
from core.model.shanghai import local
from response.hotline.chance import at_least, expected
from response.hotline.symptoms import group_of

_S = 1_000_000_000
WINDOWS_S: Mapping[SymptomGroup, tuple[float, ...]] = MappingProxyType(
    {
        SymptomGroup.SUPPLY: (1800.0, 7200.0),
        SymptomGroup.LEAK: (1800.0, 7200.0),
        SymptomGroup.QUALITY: (86_400.0,),
    }
)
PREMISES = 3
CHANCE = 1e-4
"""At least so many buildings, and rarer than this by chance [P]."""


@dataclass(frozen=True, slots=True)
class Told:
    """A report as the detector sees it. premises: its building, or the report where none is known. explained:
    a published notice tells of it already."""

    report: Report
    premises: str
    explained: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """What was seen and against what (HL-36)."""

    zone: str
    group: SymptomGroup
    window_s: float
    n: int
    premises: int
    expected: float
    p: float
    first_ns: int
    last_ns: int
    reports: tuple[str, ...]
    x: float | None
    y: float | None
    zones: tuple[str, ...] = ()
    """All, where it is of several."""


def counts(told: Told) -> SymptomGroup | None:
    """The group it counts for; None of what says nothing of the water, is explained, taken back, or the
    house's own (HL-31)."""
    if told.explained or told.report.taken_back_ns is not None or told.report.channel is Channel.STAFF:
        return None
    return group_of(told.report.symptom)


def signal(
    zone: str, group: SymptomGroup, heard: Iterable[Told], rate_s: float, now_ns: int
) -> Signal | None:
    """The rarest of the group's windows, where it is rare enough. One building counts once, however often it
    rings up. rate_s: expected reports a second, over the day."""
    mine = [one for one in heard if counts(one) is group]
    found = [s for w in WINDOWS_S[group] if (s := _in_window(zone, group, mine, w, rate_s, now_ns))]
    return min(found, key=lambda one: one.p, default=None)


def _in_window(
    zone: str, group: SymptomGroup, heard: Sequence[Told], window_s: float, rate_s: float, now_ns: int
) -> Signal | None:
    since = now_ns - int(window_s * _S)
    inside = sorted((t for t in heard if since < t.report.at_ns <= now_ns), key=lambda t: t.report.at_ns)
    premises = {told.premises for told in inside}
    if len(premises) < PREMISES:
        return None
    mean = expected(rate_s, window_s, local(now_ns).hour)
    p = at_least(len(premises), mean)
    if p >= CHANCE:
        return None
    return signal_of(zone, group, inside, window_s, mean, p)


def signal_of(
    zone: str,
    group: SymptomGroup,
    inside: Sequence[Told],
    window_s: float,
    mean: float,
    p: float,
    zones: tuple[str, ...] = (),
) -> Signal:
    places = [(t.report.x, t.report.y) for t in inside if t.report.x is not None and t.report.y is not None]
    return Signal(
        zone=zone,
        group=group,
        window_s=window_s,
        n=len(inside),
        premises=len({told.premises for told in inside}),
        expected=mean,
        p=p,
        first_ns=min(told.report.at_ns for told in inside),
        last_ns=max(told.report.at_ns for told in inside),
        reports=tuple(told.report.id for told in inside),
        x=sum(x for x, _ in places if x is not None) / len(places) if places else None,
        y=sum(y for _, y in places if y is not None) / len(places) if places else None,
        zones=zones,
    )
