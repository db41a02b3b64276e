"""Two days of a published record for the citizens' pages, with everything an hour can be."""

import math
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import msgspec

from core.adapters.folder_snapshots import FolderSnapshots
from core.model.pressure import PressureHour, PressureMonth, pressure_part
from core.model.published import Amended, Hour, HourState, PublishedDay, Replaced, day_id, part_name
from core.model.snapshot import PartRef, PublicSnapshot
from tests.public_portal.samples import HOUR, MIN, NOW

MIDNIGHT = NOW - NOW % HOUR - 23 * HOUR
"""Of Sunday 22 November in Shanghai."""
_UNITS = {"free_chlorine": "mg/L", "turbidity": "NTU", "ph": "pH"}
_NOT_NORMAL = {
    3: (HourState.WATCH, 60),
    4: (HourState.VERIFYING, 51),
    9: (HourState.NO_DATA, 12),
    10: (HourState.MAINTENANCE, 0),
    12: (HourState.NOT_EVALUATED, 58),
}


def _hour(start_ns: int, n: int) -> Hour:
    state, n_valid = _NOT_NORMAL.get(n, (HourState.NORMAL, 60))
    value = None if n_valid < 45 else round(0.2 + 0.05 * math.sin(n), 2)
    return Hour(
        start_ns=start_ns,
        state=state,
        published_ns=start_ns + HOUR + (30 * MIN if n != 15 else 5 * HOUR),
        n_valid=n_valid,
        median=value,
        high15=None if value is None else round(value + (0.9 if n == 3 else 0.03), 2),
    )


def day(zone: str, parameter: str, begin_ns: int, name: str, n: int = 24) -> PublishedDay:
    hours = [_hour(begin_ns + i * HOUR, i) for i in range(n)]
    old = replace(hours[7], n_valid=20, median=None, high15=None, state=HourState.NO_DATA)
    hours[7] = replace(hours[7], version=2, published_ns=hours[7].published_ns + HOUR)
    gone = Replaced(hour=old, at_ns=hours[7].published_ns, why=Amended.LATE_DATA)
    return PublishedDay(
        id=day_id(zone, parameter, name),
        zone=zone,
        parameter=parameter,
        unit=_UNITS[parameter],
        day=name,
        hours=tuple(hours),
        replaced=(gone,),
    )


def with_record(
    store: FolderSnapshots,
    snapshot: PublicSnapshot,
    instead: Mapping[str, PublishedDay] = MappingProxyType({}),
) -> PublicSnapshot:
    """The same with a record of each of its areas; the parts lie in the store. instead: days, by their id."""
    refs = []
    for area in snapshot.areas:
        days = [
            made
            for reading in area.readings
            for made in (
                day(area.id, reading.parameter, MIDNIGHT - 24 * HOUR, "2026-11-21"),
                day(area.id, reading.parameter, MIDNIGHT, "2026-11-22", 22),
            )
        ]
        if days:
            content = msgspec.json.encode([instead.get(made.id, made) for made in days])
            name = part_name(area.id, "2026-11")
            refs.append(PartRef(name=name, sha256=store.put_part(content), size=len(content)))
    return replace(snapshot, parts=tuple(refs))


def with_pressure(store: FolderSnapshots, snapshot: PublicSnapshot, zone: str) -> PublicSnapshot:
    """The same with the pressure of one area over two days, three hours of it without a figure."""
    hours = tuple(
        PressureHour(
            start_ns=MIDNIGHT + n * HOUR,
            published_ns=MIDNIGHT + n * HOUR + HOUR + 30 * MIN,
            least=0.14,
            median=None if n in (11, 12, 13) else round(0.28 + 0.04 * math.sin(n / 4), 2),
            kept=None if n in (11, 12, 13) else 0.958 if n == 19 else 1.0,
        )
        for n in range(-24, 22)
    )
    content = PressureMonth(zone=zone, month="2026-11", hours=hours).content
    ref = PartRef(name=pressure_part(zone, "2026-11"), sha256=store.put_part(content), size=len(content))
    return replace(snapshot, parts=(*snapshot.parts, ref))
