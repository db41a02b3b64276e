"""Each zone's limits of water as they are in force today, and what the laboratory last found there."""

import json
from datetime import date

from api.context import Here
from api.gate import Asker, Door
from api.permissions import Permission
from api.routes.tags import reach
from api.wire import Answer, Json, plain
from core.model.item_words import named, place_of
from core.model.laboratory import MONTHS, LabResult
from core.model.limits import AppliedLimit
from core.model.plant import Plant, Zone
from core.model.shanghai import local
from core.model.tag import QUALITY
from core.ports.ledger import Tx

LOOKED_BACK = 13
"""Months with results in which a zone's last sample is looked for."""


async def quality(here: Here, caller: Asker) -> Answer:
    """Of every zone with a quality instrument or a laboratory result. An on-line value is beside a limit or
    beyond it; what complies only the laboratory says (WQ-01)."""
    plant, today = here.deps.plant, local(here.deps.clock.now_ns()).date()
    audience = await reach(here, caller)
    zones = [zone for zone in plant.zones.values() if audience.sees_zone(zone.id)]
    async with here.deps.ledger.read() as tx:
        last = await _last(tx, {zone.id for zone in zones})
    items = []
    for zone in zones:
        limits, found = _limits(plant, zone, today), last.get(zone.id)
        if limits or found:
            items.append(_shape(plant, zone, limits, found))
    return Answer({"items": items, "next": None, "day": today.isoformat()})


def _limits(plant: Plant, zone: Zone, today: date) -> list[AppliedLimit]:
    """Of what its instruments measure."""
    measured = sorted({tag.quantity for tag in plant.tags_of(zone.id)} & QUALITY)
    found = (plant.limit_of(quantity.value, zone.id, today) for quantity in measured)
    return [limit for limit in found if limit is not None]


async def _last(tx: Tx, wanted: set[str]) -> dict[str, list[LabResult]]:
    """Each zone's results of the newest day on which it was sampled."""
    known: dict[str, str] = json.loads(await tx.kept(MONTHS) or b"{}")
    last: dict[str, list[LabResult]] = {}
    for month in sorted(known, reverse=True)[:LOOKED_BACK]:
        left = wanted - last.keys()
        if not left:
            break
        by_zone: dict[str, list[LabResult]] = {}
        for one in await tx.find(LabResult, month=month):
            if one.zone in left:
                by_zone.setdefault(one.zone, []).append(one)
        for zone, results in by_zone.items():
            newest = max(one.sampled for one in results)
            last[zone] = [one for one in results if one.sampled == newest]
    return last


def _shape(plant: Plant, zone: Zone, limits: list[AppliedLimit], found: list[LabResult] | None) -> Json:
    return {
        "zone": zone.id,
        "sample": zone.sampled.value,
        "limits": [_limit(limit) for limit in limits],
        "laboratory": _laboratory(plant, found) if found else None,
    }


def _limit(limit: AppliedLimit) -> Json:
    """low, high: both allowed; null without one. unverified: which were not read in the standard."""
    return {
        "item": limit.item,
        "unit": limit.unit,
        "low": limit.low,
        "high": limit.high,
        "standard": limit.standard,
        "clause": plain(limit.clause),
        "unverified": list(limit.unverified),
    }


def _laboratory(plant: Plant, results: list[LabResult]) -> Json:
    """judged: how many can be told; failed: those of them that do not comply, as they were found."""
    verdicts = [(one, plant.verdict_of(one)) for one in results]
    failed = sorted(
        (one for one, said in verdicts if said is False), key=lambda one: (place_of(one.item), one.id)
    )
    return {
        "sampled": results[0].sampled,
        "samples": len({one.sample for one in results}),
        "results": len(results),
        "judged": sum(said is not None for _, said in verdicts),
        "complies": sum(said is True for _, said in verdicts),
        "failed": [_failed(one) for one in failed],
    }


def _failed(one: LabResult) -> Json:
    return {
        "item": one.item,
        "name": plain(named(one.item)),
        "value": one.value,
        "lod": one.lod,
        "found": one.found,
        "unit": one.unit,
    }


DOORS = (Door("GET", "/api/v1/quality", quality, Permission.VALUES),)
