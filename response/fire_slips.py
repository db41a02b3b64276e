"""A slip is taken back: the fire service was marked as having heard, and had not (ON-13)."""

from dataclasses import replace

from core.model.account import User
from core.model.duty import DutyAnswer
from core.model.fire_duty import FireState
from core.model.text import Text
from core.model.timer import Timer
from core.ports.ledger import Tx
from response.clocks.spec import FireServiceRules
from response.fire_duties import FIRE, duties_of, follow, put, told
from response.notices.versions import prepared
from response.refused import Refused


async def taken_back(tx: Tx, id: str, actor: User, now_ns: int, rules: FireServiceRules) -> None:
    """What a person said last of the notice's newest statement holds no more: it is open again, and where no
    channel had told them either, they count as not told. The attempt stays on record with who took it back.
    Raises Refused `not_said`."""
    last = next(reversed(await duties_of(tx, id)), None)
    heard = [
        attempt
        for attempt in (last.attempts if last else ())
        if attempt.answer is DutyAnswer.REACHED and attempt.taken_back_ns is None
    ]
    if last is None or last.state is not FireState.DONE or not heard:
        why = Text("没有可撤销的电话记录", "nobody has written down that they confirmed it")
        raise Refused("not_said", why)
    slip = heard[-1]
    told_ns = None if last.told_ns == slip.at_ns else last.told_ns
    undone = replace(slip, taken_back_ns=now_ns, taken_back_by=actor.id)
    attempts = tuple(undone if one is slip else one for one in last.attempts)
    opened = replace(last, state=FireState.OPEN, done_ns=None, attempts=attempts)
    await put(tx, replace(opened, told_ns=told_ns))
    await tx.put(Timer(id=f"{FIRE}:{last.id}", kind=FIRE, subject=last.id, due_ns=now_ns))
    await told(tx, id, told_ns, now_ns)
    await follow(tx, await prepared(tx, id), rules, now_ns)
