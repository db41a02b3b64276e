"""What detectors found in the town, with what they went by, as the engine leaves it in the ledger."""

from dataclasses import dataclass, field

from core.model.alarm import Found
from core.model.event import Event, EventKind
from core.model.incident import Incident, IncidentKind, IncidentState, Member
from core.model.text import Text
from tests.screens.town import Town
from tests.screens.town_past import DAY, HOUR, ZONE, S

Evidence = dict[str, float | str]


@dataclass(frozen=True)
class Finding:
    """of: the incident that it opens, if any."""

    alarm: str
    value: float
    limit: float
    tags: tuple[str, ...]
    evidence: Evidence
    score: float | None = None
    ago_ns: int = HOUR
    of: IncidentKind | None = None
    names: tuple[str, str] = field(default=("", ""))


FINDINGS = {
    "leak": Finding(
        f"{ZONE}:leak",
        52.4,
        43.1,
        (f"{ZONE}.inflow",),
        {"night_m3h": 52.4, "usual_m3h": 43.1, "by_m3h": 9.3, "nights": 4.0, "reason": "found"},
        6.1,
        4 * DAY,
        IncidentKind.LEAK,
        ("疑似漏损", "Suspected leak"),
    ),
    "quality": Finding(
        "q-07:water-changed",
        796.0,
        428.0,
        ("q-07.conductivity", "q-07.free_chlorine", "q-07.ph"),
        {
            "class": "source_change",
            "probability": 0.9999,
            "station": "q-07",
            "reference": 408.0,
            "z:q-07.conductivity": 77.6,
            "z:q-07.free_chlorine": -0.8,
            "z:q-07.ph": 0.2,
        },
        77.6,
        HOUR,
        IncidentKind.WATER_QUALITY,
        ("水质异常", "Water quality anomaly"),
    ),
    "check": Finding(
        f"{ZONE}:does-not-fit",
        22.4,
        27.0,
        (f"{ZONE}.p1", f"{ZONE}.p3"),
        {"reference": 27.9, "off": -5.5, "off_in": "unit", f"x:{ZONE}.p1": 12.2, f"x:{ZONE}.p3": 1.1},
        12.2,
        4 * HOUR,
    ),
    "level": Finding(
        "plant-1.pump-2.running:pump-1-levels",
        5.62,
        5.16,
        ("plant-1.pump-2.running", "tank-1.level"),
        {"reference": 5.1, "off": 0.52, "off_in": "unit", "state": "running"},
    ),
    "spike": Finding(
        "q-07.turbidity:leaps",
        3.1,
        0.34,
        ("q-07.turbidity",),
        {"reference": 0.22, "score_in": "robust spreads of the last readings"},
        288.0,
    ),
    "drift": Finding(
        "q-07.ph:ph-drift",
        7.9,
        7.3,
        ("q-07.ph",),
        {"side": "above", "baseline": 7.3, "sd": 0.02, "score_in": "standard deviations of the cusum"},
        41.0,
    ),
    "balance": Finding(
        "plant-1.outlet_flow:output-off",
        410.0,
        330.0,
        ("plant-1.outlet_flow",),
        {"reference": 220.0, "off": 86.4, "off_in": "percent"},
        ago_ns=4 * HOUR,
    ),
}


async def find(town: Town, name: str) -> None:
    """By its name in FINDINGS."""
    one, now = FINDINGS[name], town.clock.now_ns()
    row = town.definitions[one.alarm]
    evidence: Evidence = {"onset_s": float((now - one.ago_ns) // S), **one.evidence}
    found = Found(tags=one.tags, evidence=evidence, score=one.score)
    async with town.ledger.begin() as tx:
        id = await tx.next_id("INC", now) if one.of else None
        alarm = await town.raised(tx, row.id, found, value=one.value, limit=one.limit, incident=id)
        if id is None or one.of is None:
            return
        zone = town.plant.zones[row.zone or ""].name
        title = Text(f"{zone.zh} {one.names[0]}", f"{one.names[1]}, {zone.en}")
        member = Member(alarm=alarm.id, occurrence=1, raised_ns=now, why="first_out")
        await tx.put(
            Incident(
                id=id,
                kind=one.of,
                state=IncidentState.CONFIRMED,
                opened_ns=now - one.ago_ns,
                confirmed_ns=now,
                zone=row.zone,
                title=title,
                members=(member,),
                first_out=(alarm.id,),
                why=("persisted",),
                seq=1,
            )
        )
        await tx.emit(Event(kind=EventKind.INCIDENT, subject=id, t_ns=now, zone=row.zone))
