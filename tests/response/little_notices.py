"""Notices of the little town, and what is said of doubtful water in one."""

from dataclasses import replace

from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.account import Role
from core.model.notice import Notice, NoticeKind, NoticeState, QualityFacts
from core.model.text import Text
from response.notices import decisions
from tests.response import little_town as town

MANAGER = town.user(Role.DUTY_MANAGER)
FACTS = QualityFacts(
    finding=Text("检出总大肠菌群。", "Coliform bacteria were found."),
    effects=Text("可能引起腹泻。", "They may cause diarrhoea."),
    risk=Text("婴幼儿、老人和病人应格外注意。", "Infants, the old and the ill are at greater risk."),
    doing=Text("正在冲洗消毒。", "Mains are being flushed and disinfected."),
    alternatives=Text("瓶装水。", "bottled water."),
    authority=Text("市卫健委", "Health Commission"),
)
_BLANK = Text("", "")


def bare(kind: NoticeKind, **more: object) -> Notice:
    """A draft that people wrote at T0, before anything is filled in."""
    made = Notice(
        id="NTC-20261122-00001",
        incident=None,
        kind=kind,
        state=NoticeState.DRAFT,
        zone="dma-01",
        title=_BLANK,
        body=_BLANK,
        advice=_BLANK,
        author="operator",
        drafted_ns=town.T0,
        starts_ns=town.T0,
    )
    return replace(made, **more)  # type: ignore[arg-type]


async def the_draft(ledger: SqlLedger) -> str:
    """Of the only notice there is."""
    async with ledger.read() as tx:
        (draft,) = await tx.find(Notice)
    return draft.id


async def publish(ledger: SqlLedger, at_ns: int) -> str:
    """The same, approved and published."""
    id = await the_draft(ledger)
    async with ledger.begin() as tx:
        await decisions.approve(tx, id, MANAGER, at_ns)
        await decisions.publish(tx, id, MANAGER, at_ns)
    return id
