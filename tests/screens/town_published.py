"""An hour of the published record, as the portal's publisher leaves it."""

from core.model.published import PARAMETERS, Hour, HourState, PublishedDay, day_id
from tests.screens.town import Town

HOUR_NS = 3_600_000_000_000
DAY = "2026-11-23"


async def published(town: Town) -> None:
    """Midnight to one, of all that is public."""
    now_ns = town.clock.now_ns()
    hour = Hour(
        start_ns=now_ns // HOUR_NS * HOUR_NS - HOUR_NS,
        state=HourState.WATCH,
        published_ns=now_ns,
        n_valid=60,
        median=0.9,
    )
    pairs = {
        (tag.zone, tag.quantity.value, tag.unit)
        for tag in town.plant.tags.values()
        if tag.public and tag.zone and tag.quantity in PARAMETERS
    }
    async with town.ledger.begin() as tx:
        await tx.put_many(
            PublishedDay(
                id=day_id(zone, parameter, DAY),
                zone=zone,
                parameter=parameter,
                unit=unit,
                day=DAY,
                hours=(hour,),
            )
            for zone, parameter, unit in sorted(pairs)
        )
