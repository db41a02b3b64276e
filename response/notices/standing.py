"""How one account is supplied, as far as notices say: five answers, each with its reason (ON-03)."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.model.account import Account
from core.model.notice import Affected, Notice, NoticeState, Status, Supply
from core.model.plant import Plant
from core.ports.ledger import Tx
from response.affected import LOW_PRESSURE, NO_WATER, QUALITY
from response.concern import Concern

UNAFFECTED, UNKNOWN, INTERMITTENT = "unaffected", "unknown", "intermittent"
_GRAVEST = (NO_WATER, QUALITY, LOW_PRESSURE)


@dataclass(frozen=True, slots=True)
class Supplied:
    """supply: no_water | intermittent | quality | low_pressure | unaffected | unknown. notice: whose.
    published: not by a draft, of which the public was told nothing."""

    supply: str
    reason: str
    notice: str | None = None
    published: bool = True


async def supply_at(
    tx: Tx, plant: Plant, account: Account, now_ns: int, concerns: Sequence[Concern] = ()
) -> Supplied:
    """By the published notices that have begun, the gravest first; else by what is drafted of the account
    among its concerns. Unknown is not unaffected: where the network's model has no place for an account,
    nobody can say that it has water while its zone has a notice."""
    live = {one.id: one for one in await tx.find(Notice, state=NoticeState.PUBLISHED)}
    live = {id: one for id, one in live.items() if one.status is Status.ACTUAL and one.starts_ns <= now_ns}
    rows = [row for row in await tx.find(Affected, account=account.id) if row.notice in live]
    for supply in _GRAVEST:
        for row in rows:
            if row.supply == supply:
                return Supplied(_tapped(supply, live[row.notice]), row.reason, row.notice)
    for one in concerns:
        drafted = one.notice.state is not NoticeState.PUBLISHED and one.notice.starts_ns <= now_ns
        if drafted and one.supply in _GRAVEST:
            return Supplied(_tapped(one.supply, one.notice), one.reason, one.notice.id, published=False)
    near = next((one for one in live.values() if account.zone in (one.zone, *one.zones)), None)
    if near is not None and account.node not in plant.network.nodes:
        return Supplied(UNKNOWN, "not_in_the_model", near.id)
    return Supplied(UNAFFECTED, "outside_every_notice")


def _tapped(supply: str, notice: Notice) -> str:
    return INTERMITTENT if supply == NO_WATER and notice.supply is Supply.INTERMITTENT else supply
