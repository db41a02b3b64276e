"""How many key customers heard in time, late, or not at all (WO-13)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from core.model.account import Segment
from core.model.duty import Duty, DutyAbout, DutyState


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """in_time, late: reached and acknowledged; not_reached: nobody ever was; overdue: nobody has been yet,
    and their time is over. What was dropped, or is open and not yet due, says nothing."""

    segment: Segment
    about: DutyAbout
    in_time: int = 0
    late: int = 0
    not_reached: int = 0
    overdue: int = 0

    @property
    def n(self) -> int:
        return self.in_time + self.late + self.not_reached + self.overdue


def stands(duty: Duty, now_ns: int) -> str | None:
    """What a duty counts as; None for nothing."""
    late = duty.late(now_ns)
    if duty.state is DutyState.DONE:
        return "late" if late else "in_time"
    if duty.state is DutyState.NOT_REACHED:
        return "not_reached"
    return "overdue" if duty.state is DutyState.OPEN and late else None


def heard(duties: Iterable[Duty], now_ns: int) -> list[Heard]:
    """By segment and matter, in the order of their names in the model."""
    count: dict[tuple[Segment, DutyAbout], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for duty in duties:
        name = stands(duty, now_ns)
        if name is not None:
            count[duty.segment, duty.about][name] += 1
    segments, abouts = list(Segment), list(DutyAbout)
    ordered = sorted(count, key=lambda key: (segments.index(key[0]), abouts.index(key[1])))
    return [Heard(segment=s, about=a, **count[s, a]) for s, a in ordered]
