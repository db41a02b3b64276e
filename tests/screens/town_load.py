"""How much a position of the town was told within the last minutes."""

import msgspec

from alarms.flood import Load, Told
from alarms.upkeep import NAME
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.flood import ONE_POSITION
from tests.screens.town_past import ZONE, S


async def load_people(ledger: SqlLedger, n: int, now_ns: int) -> None:
    """As the alarms' upkeep keeps it: one a quarter of an hour ago, and n a minute ago."""
    load = Load()
    load.take(Told(now_ns - 900 * S, None, None))
    for k in range(n):
        load.take(Told(now_ns - 60 * S + k, ZONE, None))
    state = {"seq": 0, "chatter": {}, "loads": {ONE_POSITION[0].id: load.state()}}
    async with ledger.begin() as tx:
        await tx.keep(NAME, msgspec.msgpack.encode(state))
