"""A test message by a way to a person: taken, the way is proven for a while; not taken, it is no longer."""

from collections.abc import Mapping

from core.model.call import Notification, Outcome, VerifiedWay
from core.model.message import Delivery, MessageKind
from core.ports.clock import Clock
from core.ports.ledger import Ledger
from core.ports.notifier import Notifier
from response.escalation.coverage import address
from response.escalation.notebook import came_of, write
from response.escalation.spec import Contact, EscalationFile, Way
from response.escalation.wording import test_message

TEST = "test"


def meant(file: EscalationFile, name: str) -> list[tuple[Contact, Way]]:
    """The ways that a name stands for: a way's id, a contact's, a channel's, or `all`."""
    every = [(contact, way) for contact in file.contacts for way in contact.ways]
    return [one for one in every if name in ("all", one[0].id, one[1].id, one[1].channel)]


async def prove(
    contact: Contact, way: Way, channels: Mapping[str, Notifier], ledger: Ledger, clock: Clock
) -> Delivery:
    now_ns = clock.now_ns()
    key = f"{TEST}/{way.id}/{now_ns}"
    answer = await channels[way.channel].send(test_message(key, way.to, now_ns))
    outcome, trouble, said = came_of(answer)
    note = Notification(
        id="",
        call=TEST,
        key=key,
        kind=MessageKind.TEST,
        outcome=outcome,
        reason=trouble or TEST,
        at_ns=now_ns,
        detail=said,
        contact=contact.id,
        way=way.id,
        channel=way.channel,
    )
    async with ledger.begin() as tx:
        await write(tx, note)
        if outcome is Outcome.DELIVERED:
            await tx.put(VerifiedWay(id=way.id, address=address(way), at_ns=now_ns, receipt=said))
        else:
            await tx.delete(VerifiedWay, way.id)
    return answer
