"""Nothing is approved or published that a channel to customers could not carry (ON-21)."""

from collections.abc import Awaitable, Callable

from core.model.account import User
from core.model.notice import Notice
from core.model.plant import Plant
from core.ports.ledger import Tx
from response.bulletins import bulletin_of
from response.delivery.fitting import misfits
from response.delivery.spec import DeliveryFile
from response.notices.validation import Lack, Unfit
from response.notices.versions import as_said, prepared

Decision = Callable[[Tx, str, User, int], Awaitable[Notice]]


def fitting(decision: Decision, plant: Plant, file: DeliveryFile | None) -> Decision:
    """The same decision, refused with Unfit while a registered template or a short message cannot hold what
    is to be said. Without channels there is nothing to fit."""

    async def decide(tx: Tx, id: str, actor: User, now_ns: int) -> Notice:
        content = (await prepared(tx, id)).content
        if found := lacking(content, plant, file, now_ns):
            raise Unfit(found)
        return await decision(tx, id, actor, now_ns)

    return decide


def lacking(notice: Notice, plant: Plant, file: DeliveryFile | None, now_ns: int) -> tuple[Lack, ...]:
    """What would not fit, as validation lists it."""
    found = misfits(bulletin_of(as_said(notice, notice.version, now_ns, ()), plant), file)
    return tuple(Lack(f"message_{one.reason}", one.why) for one in found)
