"""How many are without water in the whole town now, each counted once, however many incidents reach them."""

from collections import Counter
from collections.abc import Callable

from core.model.incident import OPEN, Incident
from core.model.notice import Affected, Notice, Site
from core.ports.ledger import Tx
from response.notices.again import newest
from response.notices.exercises import in_earnest
from response.site import Water, Work, water, works

_WORST = (Water.OFF, Water.MAY_BE_OFF, Water.WEAK)
"""What is told of whoever is reached twice."""


async def without_water(tx: Tx, sees: Callable[[Incident], bool]) -> dict[Water, int]:
    """Of the open incidents that `sees` allows."""
    found = [incident for incident in await tx.find(Incident, state=OPEN) if sees(incident)]
    done = await works(tx, [incident.id for incident in found])
    known = {one.id: water(one, done.get(one.id, Work(Site.ORGANISED))) for one in found}
    reaching = tuple(id for id, one in known.items() if one in _WORST)
    drawn = newest(in_earnest(await tx.find(Notice, incident=reaching))) if reaching else []
    notices = {one.id: one.incident for one in drawn}
    rows = await tx.find(Affected, notice=tuple(notices)) if notices else []
    worst: dict[str, Water] = {}
    for row in rows:
        has = _has(known[notices[row.notice] or ""], row.supply)
        if has is not None:
            worst[row.account] = min(has, worst.get(row.account, has), key=_WORST.index)
    counted = Counter(worst.values())
    return {one: counted[one] for one in _WORST}


def _has(incident: Water | None, supply: str) -> Water | None:
    """A person of an incident of which so much is known."""
    if supply == "no_water":
        return incident
    return Water.WEAK if supply == "low_pressure" else None
