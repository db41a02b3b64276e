"""What the channels to customers say of a notice before it is approved: whether it fits, whom it reaches and
how long that takes (ON-21, ON-25)."""

from api.deps import Deps
from api.wire import Json, plain
from core.ports.ledger import Tx
from response.delivery import approving
from response.delivery.outlook import outlook
from response.notices.versions import prepared, reach_of


def fitting(deps: Deps, decision: approving.Decision) -> approving.Decision:
    """The same decision, refused while a channel could not carry what is to be said."""
    file = deps.delivering.file if deps.delivering else None
    return approving.fitting(decision, deps.plant, file)


async def carried(tx: Tx, deps: Deps, id: str, checked: Json) -> Json:
    """`checked` with what would not fit, and `outlook`: people, the share of accounts that can be reached,
    channels, seconds until 95 % are told; None where no messages are sent."""
    if deps.delivering is None:
        return checked | {"outlook": None}
    before = await prepared(tx, id)
    file, content = deps.delivering.file, before.content
    lacks = approving.lacking(content, deps.plant, file, deps.clock.now_ns())
    accounts = (await reach_of(tx, content)).supply_of()
    found = await outlook(tx, deps.vault, file, accounts)
    shown = plain(found) | {"channels": dict(found.channels), "long": found.long}
    return checked | {"lacks": [*checked["lacks"], *map(plain, lacks)], "outlook": shown}
