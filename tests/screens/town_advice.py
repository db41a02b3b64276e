"""What a town is told of doubtful water: a notice in force, and its end."""

from dataclasses import replace

from core.model.notice import Affected, Notice, NoticeKind, NoticeState, Supply
from core.model.text import Text
from core.ports.ledger import Tx
from response.notices.versions import event_of
from tests.screens.town import Town
from tests.screens.town_past import ZONE, S

TOLD = "A000001"
"""Whom it reaches."""
_ID = "NTC-20261123-00031"


async def advise(town: Town, kind: NoticeKind) -> None:
    now = town.clock.now_ns()
    notice = Notice(
        id=f"{_ID}-{kind}",
        incident=None,
        kind=kind,
        state=NoticeState.PUBLISHED,
        zone=ZONE,
        title=Text("请煮沸后饮用", "Boil your water"),
        body=Text("水质有疑。", "The water is in doubt."),
        advice=Text("请煮沸一分钟。", "Boil it for a minute."),
        author="quality_officer",
        drafted_ns=now - 900 * S,
        starts_ns=now - 900 * S,
        published_ns=now - 600 * S,
        accounts_affected=3_419,
        supply=Supply.QUALITY,
    )
    row = Affected(id=f"{notice.id}:{TOLD}", notice=notice.id, account=TOLD, supply="quality", reason="zone")
    async with town.ledger.begin() as tx:
        await tx.put(row)
        await _put(tx, notice, now)


async def lifted(town: Town) -> None:
    now = town.clock.now_ns()
    async with town.ledger.begin() as tx:
        for notice in await tx.find(Notice, state=NoticeState.PUBLISHED):
            await _put(tx, replace(notice, state=NoticeState.RESTORED, restored_ns=now), now)


async def _put(tx: Tx, notice: Notice, now: int) -> None:
    await tx.put(notice)
    await tx.emit(event_of(notice, now))
