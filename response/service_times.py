"""Service commitments: how soon a crew must arrive, stop the water and finish.

`cn-default` is this project's own default, chosen from published commitments of Chinese utilities
(arrival 30 to 90 min, stop water 4 h, repair 24 h up to DN500 and 48 h above; Jinan, Lianyungang, Nan'an).
It is configuration, not law: a utility puts its own promise here.
"""

from dataclasses import dataclass

from core.model.shanghai import local
from core.model.work_order import WorkOrder, WorkOrderState, how_far

_S = 1_000_000_000
MINUTE_S, HOUR_S = 60, 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTimes:
    """All in seconds of plant time from the order's opening; night is night_from..night_to, local hours.

    restore: rows (up to this diameter in mm, earliest, latest) for the first estimate of restoration.
    update_s: the longest silence of a published emergency notice, by the order's priority.
    """

    name: str
    arrive_s: int
    arrive_night_s: int
    stop_water_s: int
    repair_s: int
    repair_large_s: int
    large_mm: float
    quality_arrive_s: int
    quality_answer_s: int
    restore: tuple[tuple[float, int, int], ...]
    update_s: int
    neutral_after_s: int
    review_s: int
    night_from: int = 22
    night_to: int = 6

    def arrival_s(self, at_ns: int) -> int:
        hour = local(at_ns).hour
        night = hour >= self.night_from or hour < self.night_to
        return self.arrive_night_s if night else self.arrive_s

    def clocks(self, kind: str, opened_ns: int, diameter_mm: float) -> tuple[tuple[str, int], ...]:
        """Every clock of a new order as (name, due_ns), the soonest first."""
        if kind == "pump_trip":
            rows = [("arrive", self.arrival_s(opened_ns)), ("repair", self.repair_s)]
        elif kind == "water_quality":
            rows = [("arrive", self.quality_arrive_s), ("answer", self.quality_answer_s)]
        else:
            repair_s = self.repair_large_s if diameter_mm > self.large_mm else self.repair_s
            rows = [
                ("arrive", self.arrival_s(opened_ns)),
                ("stop_water", self.stop_water_s),
                ("repair", repair_s),
            ]
        return tuple((name, opened_ns + seconds * _S) for name, seconds in rows)

    def estimate(self, diameter_mm: float, from_ns: int) -> tuple[int, int]:
        """When water may be back, earliest and latest, rounded up to half an hour."""
        _, earliest_s, latest_s = next(row for row in self.restore if diameter_mm <= row[0])
        return _half_hour(from_ns + earliest_s * _S), _half_hour(from_ns + latest_s * _S)


def _half_hour(t_ns: int) -> int:
    step = 30 * MINUTE_S * _S
    return -(-t_ns // step) * step


CN_DEFAULT = ServiceTimes(
    name="cn-default",
    arrive_s=60 * MINUTE_S,
    arrive_night_s=90 * MINUTE_S,
    stop_water_s=4 * HOUR_S,
    repair_s=24 * HOUR_S,
    repair_large_s=48 * HOUR_S,
    large_mm=500.0,
    quality_arrive_s=2 * HOUR_S,
    quality_answer_s=24 * HOUR_S,
    restore=(
        (150.0, 4 * HOUR_S, 8 * HOUR_S),
        (300.0, 5 * HOUR_S, 10 * HOUR_S),
        (500.0, 6 * HOUR_S, 14 * HOUR_S),
        (float("inf"), 10 * HOUR_S, 24 * HOUR_S),
    ),
    update_s=HOUR_S,
    neutral_after_s=10 * MINUTE_S,
    review_s=HOUR_S,
)

_STOPS = {
    "arrive": WorkOrderState.ARRIVED,
    "stop_water": WorkOrderState.ISOLATED,
    "repair": WorkOrderState.COMPLETED,
    "answer": WorkOrderState.COMPLETED,
}


def due_ns(order: WorkOrder) -> int | None:
    """The deadline of the next clock that still runs; None when all have stopped."""
    done = how_far(order.reached)
    return next((due for name, due in order.clocks if done < how_far(_STOPS[name])), None)
