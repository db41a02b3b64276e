"""The delivery to customers as other rooms see it: what it is told by providers and by people."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from core.model.mailing import Letter, LetterState, Mailing, MailingState
from core.model.text import Text
from core.ports.ledger import Tx
from core.ports.notifier import Receipts
from response.delivery.service import DeliveryService, due_by
from response.delivery.spec import DeliveryFile
from response.refused import Refused, Unknown

MOST = 5_000
"""Letters tried again in one command."""


@dataclass(frozen=True, slots=True)
class Delivering:
    """receipts: how the providers' reports are read, by channel."""

    file: DeliveryFile
    service: DeliveryService
    receipts: Mapping[str, Receipts] = field(default_factory=dict)


async def retry(tx: Tx, id: str, letters: tuple[str, ...] | None, now_ns: int) -> int:
    """Dead letters of a mailing are sent again, on the channel where they failed: those named, or all; how
    many. The key stays, so that a provider who has it after all knows it again.

    Raises Unknown; Refused `not_failed` when one that is named, or all, are not dead letters."""
    mailing = await tx.get(Mailing, id)
    if mailing is None:
        raise Unknown("no_such_mailing", Text(f"没有发送批次 {id}", f"there is no mailing {id}"))
    dead = await tx.find(Letter, mailing=id, state=LetterState.FAILED)
    if letters is not None:
        wanted = set(letters)
        dead = [letter for letter in dead if letter.id in wanted]
    if not dead or (letters is not None and len(dead) < len(set(letters))):
        why = Text("没有可重发的失败消息", "it is no dead letter, or none is left")
        raise Refused("not_failed", why)
    again = dead[:MOST]
    await tx.put_many(
        replace(one, state=LetterState.QUEUED, attempts=0, receipt=None, due_ns=now_ns, seq=one.seq + 1)
        for one in again
    )
    await tx.put(replace(mailing, state=MailingState.SENDING, done_ns=None, seq=mailing.seq + 1))
    await due_by(tx, id, now_ns)
    return len(again)
