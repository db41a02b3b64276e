"""An exercise is over: its notices end with it, and of what goes on another is drafted in earnest (ON-42)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from core.model.notice import ENDED, Notice, NoticeState, Status
from core.model.text import Text
from core.ports.ledger import Tx
from response.notices import versions

_UNTOLD = Text(
    "演练：公众未获告知，也不会由此公告获知；演练结束后仍在继续的，系统另行起草正式公告",
    "an exercise: the public was not told, nor is it by this notice; of what goes on once the exercise is "
    "over the hub drafts another, in earnest",
)
_BEGAN = Text(
    "该事件始于演练：请核实确实停水后再发布",
    "its incident began in an exercise: make sure that it is so in earnest before it is published",
)


def in_earnest(notices: Sequence[Notice]) -> list[Notice]:
    """Of each incident those that count: of an exercise only where there is none in earnest."""
    told = {one.incident for one in notices if one.status is not Status.EXERCISE}
    return [one for one in notices if one.status is not Status.EXERCISE or one.incident not in told]


async def began_in_one(tx: Tx, notice: Notice) -> bool:
    """It is in earnest, and its incident had a notice of an exercise."""
    if notice.incident is None or notice.status is Status.EXERCISE:
        return False
    drawn = await tx.find(Notice, incident=notice.incident)
    return any(one.status is Status.EXERCISE for one in drawn)


def to_consider(notice: Notice, began: bool) -> Iterator[tuple[str, Text, bool]]:
    """What began in an exercise stays one, and its main may be broken all the same."""
    if notice.incident and notice.status is Status.EXERCISE:
        yield "public_untold", _UNTOLD, False
    elif began:
        yield "began_in_exercise", _BEGAN, False


async def ended(tx: Tx, now_ns: int) -> list[str]:
    """Once none is on: whatever incidents' notices of one still stand are withdrawn, and nobody is told; all
    incidents that had one."""
    notices = [one for one in await tx.find(Notice, status=Status.EXERCISE) if one.incident]
    for notice in notices:
        if notice.state not in ENDED or notice.undone:
            await versions.drop(tx, await versions.prepared(tx, notice.id))
            await versions.untimed(tx, notice.id)
            state = notice.state if notice.state in ENDED else NoticeState.WITHDRAWN
            await versions.put_head(tx, replace(notice, state=state, undone=False), now_ns)
    return list(dict.fromkeys(one.incident for one in notices if one.incident))
