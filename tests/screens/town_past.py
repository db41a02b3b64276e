"""Plausible people and a plausible past for the town the screens' tests look at."""

import math
import random

from core.model.account import Account, Segment
from core.model.plant import Plant
from core.model.quality import Status
from core.model.sample import Batch, Sample
from core.model.tag import Quantity, WorksRole

S = 1_000_000_000
HOUR, DAY = 3600 * S, 86_400 * S
ZONE = "dma-06"
"""Where things go wrong."""


def usual(zone: int, t_ns: int) -> float:
    """A zone's inflow by the hour of the day, m3/h."""
    hour = ((t_ns + 8 * HOUR) % DAY) / HOUR
    shape = 0.75 + 0.35 * math.exp(-((hour - 8) ** 2) / 6) + 0.45 * math.exp(-((hour - 19.5) ** 2) / 8)
    return (45 + 17 * zone) * (shape - 0.42 * math.exp(-((hour - 3) ** 2) / 9))


def accounts(plant: Plant) -> list[Account]:
    """A few for each place that stands on a street, labelled and plainly fictitious."""
    made: list[Account] = []
    for link in plant.network.links.values():
        if link.street and link.street in plant.streets:
            street, n = plant.streets[link.street], len(made) + 1
            made.append(
                Account(
                    id=f"A{n:06d}",
                    street=street.id,
                    address=f"{street.name.zh}{n % 200 + 1}号",
                    building=f"{street.name.zh}{n % 200 + 1}号",
                    storey=3,
                    zone=street.zone,
                    node=link.b,
                    meter=f"M{n:06d}",
                    segment=Segment.SCHOOL if n % 40 == 0 else Segment.GENERAL,
                )
            )
    return made


def past(plant: Plant, now_ns: int) -> list[Batch]:
    """Four weeks of inflow by the half-hour and a day by the minute, an hour of which nobody answered."""
    weeks = range(now_ns - 29 * DAY, now_ns - DAY, HOUR // 2)
    day = range(now_ns - DAY, now_ns, 60 * S)
    rng, batches = random.Random(3), []
    for tag in plant.tags.values():
        if tag.quantity is not Quantity.FLOW or not tag.zone or not tag.zone.startswith("dma"):
            continue
        n, dark = int(tag.zone[-2:]), range(now_ns - 6 * HOUR, now_ns - 5 * HOUR)
        samples = [
            Sample(tag.id, t, None, Status.BAD_TIMEOUT)
            if tag.zone == ZONE and t in dark
            else Sample(tag.id, t, round(usual(n, t) * rng.gauss(1, 0.03), 2))
            for t in (*weeks, *day)
        ]
        batches.append(Batch.of("hub", samples))
    return [*batches, *_pressures(plant, now_ns), *_works(plant, now_ns), *_found(now_ns)]


WORKS = {WorksRole.OUTLET_PRESSURE: 48.0, WorksRole.CLEAR_WELL: 3.4}
"""About what a works' instruments read."""


def _works(plant: Plant, now_ns: int) -> list[Batch]:
    """Three weeks of what leaves each works, and of its clear well, by the half-hour."""
    rng, weeks = random.Random(7), range(now_ns - 21 * DAY, now_ns - HOUR, HOUR // 2)
    batches = []
    for tag in plant.tags.values():
        if tag.role in WORKS:
            read = WORKS[tag.role]
            batches.append([Sample(tag.id, t, round(read * rng.gauss(1, 0.02), 2)) for t in weeks])
        elif tag.role is WorksRole.OUTLET_FLOW:
            batches.append([Sample(tag.id, t, round(usual(30, t) * rng.gauss(1, 0.03), 1)) for t in weeks])
    return [Batch.of("hub", samples) for samples in batches]


FOUND = {
    "q-07.conductivity": (408.0, 796.0),
    "q-07.turbidity": (0.22, 3.1),
    "q-07.ph": (7.3, 7.9),
    "tank-1.level": (4.3, 5.62),
}
"""What these read, and in the last hour."""


def _found(now_ns: int) -> list[Batch]:
    day = range(now_ns - DAY, now_ns, 120 * S)
    rng = random.Random(9)
    return [
        Batch.of("hub", [Sample(tag, t, read[t > now_ns - HOUR] * rng.gauss(1, 0.01)) for t in day])
        for tag, read in FOUND.items()
    ]


def _pressures(plant: Plant, now_ns: int) -> list[Batch]:
    """Three weeks of the gauges where things go wrong, by the half-hour."""
    rng, weeks = random.Random(5), range(now_ns - 21 * DAY, now_ns - HOUR, HOUR // 2)
    gauges = [t for t in plant.tags.values() if t.quantity is Quantity.PRESSURE and t.zone == ZONE]
    return [
        Batch.of("hub", [Sample(tag.id, t, round(31 + rng.gauss(0, 0.6), 2)) for t in weeks])
        for tag in gauges
    ]
