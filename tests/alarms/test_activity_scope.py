"""What may be planned, and which alarms it withholds: those of its scope and no others."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alarms import planning
from alarms.expected import OF_ZONE, expected
from alarms.planning import Unplannable
from core.model.activity import ActivityKind
from core.model.alarm import AlarmClass, AlarmDefinition
from core.model.finding import FindingKind
from core.model.tag import Quantity
from tests.alarms.alarm_room import Room
from tests.alarms.alarm_town import NOON, SECOND, definition, plant
from tests.alarms.planned_work import GAUGE, HOUR, wish


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        ({"zones": ()}, "zones"),
        ({"zones": ("dma-99",)}, "zones"),
        ({"tags": (GAUGE,)}, "zones"),
        ({"kind": ActivityKind.CALIBRATION, "tags": (GAUGE,)}, "tags"),
        ({"kind": ActivityKind.CALIBRATION, "zones": (), "tags": ("x",)}, "tags"),
        ({"kind": ActivityKind.TEST}, "rows"),
        ({"rows": ("low",)}, "rows"),
        ({"kind": ActivityKind.VALVE_WORK, "zones": ()}, "zones"),
        ({"end_ns": NOON}, "end"),
        ({"end_ns": NOON + 8 * 24 * HOUR}, "end"),
        ({"start_ns": NOON + 100 * 24 * HOUR, "end_ns": NOON + 100 * 24 * HOUR + 1}, "start"),
        ({"grace_s": 5 * 3600.0}, "grace_s"),
    ],
)
async def test_what_cannot_be_planned_is_refused_by_its_field(
    room: Room, broken: dict[str, object], field: str
) -> None:
    with pytest.raises(Unplannable) as wrong:
        planning.check(wish(**broken), plant(), NOON + SECOND)  # type: ignore[arg-type]
    assert wrong.value.field == field


def town_rows() -> list[AlarmDefinition]:
    """Every kind of alarm that a tag, a zone or a station can have."""
    at, rows = plant(), []
    kinds = [k for k in FindingKind if k not in (FindingKind.BURST, FindingKind.COMMUNICATION)]
    for n, tag in enumerate(at.tags.values()):
        for kind in kinds:
            instrument = kind in (FindingKind.STALE, FindingKind.FLATLINE, FindingKind.BAD_QUALITY)
            of = AlarmClass.INSTRUMENT if instrument else list(AlarmClass)[n % len(AlarmClass)]
            row = definition(f"{tag.id}:{kind}", kind, tag=tag.id, zone=tag.zone, station=tag.station)
            rows.append(replace(row, alarm_class=of, priority=1 + n % 3))
    rows += [definition(f"{z}:burst", FindingKind.BURST, zone=z) for z in at.zones]
    for station in {tag.station for tag in at.tags.values()}:
        row = definition(f"{station}:comm", FindingKind.COMMUNICATION, station=station)
        rows.append(replace(row, alarm_class=AlarmClass.COMMUNICATION))
    return rows


TAGS, ZONES = sorted(plant().tags), sorted(plant().zones)
TOWN, EVERY = plant(), {row.id: row for row in town_rows()}
ROW_LIST = list(EVERY.values())


@settings(max_examples=400, deadline=None)
@given(
    kind=st.sampled_from(ActivityKind),
    zones=st.sets(st.sampled_from(ZONES)),
    tags=st.sets(st.sampled_from(TAGS), max_size=4),
    rows=st.sets(st.sampled_from(["limit_low", "rate", "burst", "dma-01.p1:limit_low"]), max_size=2),
    approved=st.booleans(),
)
def test_alarms_outside_the_listed_scope_are_never_touched(
    kind: ActivityKind, zones: set[str], tags: set[str], rows: set[str], approved: bool
) -> None:
    activity = wish(
        kind,
        zones=tuple(zones),
        tags=tuple(tags),
        rows=tuple(rows),
        approved_by="boss" if approved else None,
    )
    found = expected(activity, ROW_LIST, TOWN)
    for id in (*found.withheld, *found.to_approve, *found.never):
        row = EVERY[id]
        listed = row.tag in tags or row.zone in zones
        if kind is ActivityKind.TEST:
            assert row.id in rows or row.id.rpartition(":")[2] in rows
            assert listed or not (zones or tags)
        else:
            assert listed
        if kind in (ActivityKind.FLUSHING, ActivityKind.VALVE_WORK):
            assert row.alarm_class not in (AlarmClass.INSTRUMENT, AlarmClass.COMMUNICATION)
            quantity = TOWN.tags[row.tag].quantity if row.tag else None
            assert row.tag in tags or row.kind in OF_ZONE[kind][quantity]
            assert row.tag in tags or quantity is not Quantity.FREE_CHLORINE
        assert (id in found.never) is (row.alarm_class is AlarmClass.HIGHLY_MANAGED)
    assert all(EVERY[id].priority > 1 or approved for id in found.withheld)
    assert not found.to_approve or not approved
