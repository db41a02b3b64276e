"""Service commitments: how soon a crew must arrive, stop the water and finish, as the profile says.

`cn-default` is this project's own default, chosen from published commitments of Chinese utilities (response/
clocks/cn_default.py names them). It is configuration, not law: a utility puts its own promise into
service-times.yaml.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from core.model.service_clock import CalendarKind, ClockName
from core.model.shanghai import local
from core.model.work_order import WorkOrder, WorkOrderState, how_far
from response.clocks.calendar import ALWAYS, Calendar, WorkingDays
from response.clocks.cn_default import CN_DEFAULT_FILE
from response.clocks.spec import MINUTE_S, ClockRow, ServiceTimesFile

_S = 1_000_000_000
_BEGIN_LATER = {
    ClockName.CALLBACK: WorkOrderState.COMPLETED,
    ClockName.INFORM: WorkOrderState.COMPLETED,
}
"""Clocks that begin not with the order but with this state."""


@dataclass(frozen=True, slots=True)
class Promise:
    """One clock of one order, as the profile has it."""

    clock: ClockName
    due_ns: int
    calendar: CalendarKind
    provisional: bool
    source: str


@dataclass(frozen=True, slots=True)
class About:
    """What a promise depends on. reported: somebody waits to hear of it."""

    kind: str
    priority: int = 2
    diameter_mm: float = 0.0
    zone: str | None = None
    reported: bool = False


@dataclass(frozen=True, slots=True)
class ServiceTimes:
    """A profile with its calendar. Times of service are plant time."""

    file: ServiceTimesFile
    days: WorkingDays = field(default_factory=WorkingDays)

    @property
    def name(self) -> str:
        return self.file.profile

    @property
    def update_s(self) -> int:
        """The longest silence of a published emergency notice."""
        return self.file.notices.update

    @property
    def neutral_after_s(self) -> int:
        return self.file.notices.neutral_after

    @property
    def review_s(self) -> int:
        return self.file.notices.review

    def lead_s(self, lasts_s: float) -> int:
        """How long beforehand planned work that lasts so long is told."""
        told = self.file.notices
        return told.long_lead if lasts_s > told.long else told.lead

    def calendar(self, kind: CalendarKind) -> Calendar:
        return self.days if kind is CalendarKind.WORKING_DAYS else ALWAYS

    def promises(self, about: About, at_ns: int, since: WorkOrderState) -> Iterator[Promise]:
        """The clocks that begin when an order enters the state `since` at `at_ns`, in the file's order."""
        seen: set[ClockName] = set()
        for row in self.file.clocks:
            begins = _BEGIN_LATER.get(row.clock, WorkOrderState.REPORTED)
            if begins is since and row.clock not in seen and self._fits(row, about, at_ns):
                seen.add(row.clock)
                yield self._promise(row, at_ns)

    def clocks(
        self, kind: str, opened_ns: int, diameter_mm: float, zone: str | None = None, priority: int = 2
    ) -> tuple[tuple[str, int], ...]:
        """Every clock that begins with a new order as (name, due_ns), the soonest first."""
        about = About(kind, priority, diameter_mm, zone)
        found = self.promises(about, opened_ns, WorkOrderState.REPORTED)
        return tuple(sorted(((p.clock.value, p.due_ns) for p in found), key=lambda row: row[1]))

    def _promise(self, row: ClockRow, at_ns: int) -> Promise:
        if not row.within.working_days:
            due_ns = at_ns + row.within.seconds * _S
            return Promise(row.clock, due_ns, CalendarKind.ALWAYS, False, row.source)
        begin_ns = self.days.counts_from(at_ns)
        due_ns = self.days.advance(begin_ns, row.within.working_days * self.days.day_ns)
        doubtful = self.days.provisional(due_ns)
        return Promise(row.clock, due_ns, CalendarKind.WORKING_DAYS, doubtful, row.source)

    def _fits(self, row: ClockRow, about: About, at_ns: int) -> bool:
        night = self.file.night.covers(local(at_ns).hour)
        wide = row.over_mm < about.diameter_mm or not row.over_mm
        narrow = row.up_to_mm is None or about.diameter_mm <= row.up_to_mm
        return (
            (not row.kinds or about.kind in row.kinds)
            and (not row.priorities or about.priority in row.priorities)
            and (wide and narrow)
            and (not row.rings or any(about.zone in self.file.rings[ring] for ring in row.rings))
            and (row.time == "any" or (row.time == "night") == night)
            and (about.reported or not row.callers)
        )

    def estimate(self, diameter_mm: float, from_ns: int) -> tuple[int, int]:
        """When water may be back, earliest and latest, rounded up to half an hour."""
        rows = self.file.notices.restore
        row = next((r for r in rows if r.up_to_mm is None or diameter_mm <= r.up_to_mm), rows[-1])
        return _half_hour(from_ns + row.earliest * _S), _half_hour(from_ns + row.latest * _S)


def _half_hour(t_ns: int) -> int:
    step = 30 * MINUTE_S * _S
    return -(-t_ns // step) * step


CN_DEFAULT = ServiceTimes(CN_DEFAULT_FILE)

STOPS: Mapping[ClockName, WorkOrderState] = MappingProxyType(
    {
        ClockName.ACCEPT: WorkOrderState.ACCEPTED,
        ClockName.ARRIVE: WorkOrderState.ARRIVED,
        ClockName.STOP_WATER: WorkOrderState.ISOLATED,
        ClockName.REPAIR: WorkOrderState.TO_OPEN,
        ClockName.REPLY: WorkOrderState.COMPLETED,
        ClockName.RESTORE: WorkOrderState.COMPLETED,
        ClockName.INFORM: WorkOrderState.CALLBACK_DONE,
        ClockName.CALLBACK: WorkOrderState.CALLBACK_DONE,
    }
)
"""What the order has reached when a promise is kept at the latest. `restore` is kept when telemetry says so;
`inform` also when a message told every caller, or somebody says that they were told."""


def kept_from(clock: ClockName) -> tuple[WorkOrderState, ...]:
    """The states in which what this clock promised is done, where no other sign says so before."""
    return tuple(state for state in WorkOrderState if how_far(STOPS[clock]) <= how_far(state))


def due_ns(order: WorkOrder) -> int | None:
    """The deadline of the next clock that still runs; None when all have stopped."""
    done = how_far(order.reached)
    return next((due for name, due in order.clocks if done < how_far(STOPS[ClockName(name)])), None)
