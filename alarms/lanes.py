"""Which charts share a baseline: of one tag, one window and one least standard deviation."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf, sqrt

from alarms.charts import CAP
from core.model.alarm import AlarmDefinition, Side
from core.model.finding import FindingKind


@dataclass(slots=True)
class Lane:
    """At most one chart of each kind; another of the same kind has a lane of its own. at: where its rows are
    among all."""

    tag: str
    window_s: float
    least_sd: float
    ewma: AlarmDefinition | None = None
    cusum: AlarmDefinition | None = None
    at: dict[FindingKind, int] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What its baseline is known by from one life to the next."""
        charts = ",".join(row.id for row in (self.ewma, self.cusum) if row is not None)
        return f"{charts} {self.window_s:g} {self.least_sd:g}"

    def row(self, kind: FindingKind) -> AlarmDefinition | None:
        return self.ewma if kind is FindingKind.EWMA else self.cusum

    def settings(self) -> tuple[float, ...]:
        """A column of `alarms.charts`' settings; it learns nothing yet."""
        up, down, high, low, most, caps = inf, inf, inf, -inf, inf, 0.0
        if self.ewma is not None:
            bound = (self.ewma.setpoint or 0.0) * spread(self.ewma)
            high = inf if self.ewma.side is Side.BELOW else bound
            low = -inf if self.ewma.side is Side.ABOVE else -bound
        if self.cusum is not None:
            most = self.cusum.setpoint or 0.0
            caps = CAP * most
            up = inf if self.cusum.side is Side.BELOW else self.cusum.allowance
            down = inf if self.cusum.side is Side.ABOVE else self.cusum.allowance
        weight = 0.0 if self.ewma is None else self.ewma.weight
        return 0.0, weight, up, down, caps, self.least_sd, high, low, most


def spread(row: AlarmDefinition) -> float:
    """Standard deviation of an EWMA of independent z, in the long run."""
    return sqrt(row.weight / (2.0 - row.weight))


def lanes_of(rows: Sequence[AlarmDefinition]) -> list[Lane]:
    """Raises ValueError for a row that says too little."""
    found: dict[tuple[str, float, float], list[Lane]] = {}
    for at, row in enumerate(rows):
        if row.tag is None or row.setpoint is None or row.window_s is None or row.least_sd is None:
            raise ValueError(f"alarm {row.id}: a chart needs a tag, a setpoint, a window and a least_sd")
        lanes = found.setdefault((row.tag, row.window_s, row.least_sd), [])
        lane = next((lane for lane in lanes if lane.row(row.kind) is None), None)
        if lane is None:
            lane = Lane(row.tag, row.window_s, row.least_sd)
            lanes.append(lane)
        if row.kind is FindingKind.EWMA:
            lane.ewma = row
        else:
            lane.cusum = row
        lane.at[row.kind] = at
    return [lane for lanes in found.values() for lane in lanes]
