"""Alarms of a period: the figures of ISA-18.2 / IEC 62682, as `alarms.kpi` counts them."""

import asyncio
from collections.abc import Mapping

from alarms.kpi import Kpi, Recount
from api.reports.period import Period
from api.reports.sheet import Cell, Section
from core.model.alarm import AlarmDefinition
from core.model.master import MasterVersion
from core.model.shanghai import moment
from core.model.text import Text
from core.ports.ledger import Ledger

WORST = 5


async def counted(ledger: Ledger, period: Period, now_ns: int) -> Kpi | None:
    """Up to now, of a period that is not over: what stands now has not stood until its end. None where the
    hub began to watch later."""
    end_ns = min(period.end_ns, now_ns)
    async with ledger.read() as tx:
        began_ns = min((version.t_ns for version in await tx.find(MasterVersion)), default=None)
    if began_ns is not None and began_ns >= end_ns:
        return None
    before = await ledger.journal_at(period.start_ns - 1)
    recount = Recount(period.start_ns, end_ns, before, began_ns)
    async for entries in ledger.journal_between(period.start_ns, end_ns):
        await asyncio.to_thread(recount.add, entries)
    return await asyncio.to_thread(recount.figures)


def alarms(kpi: Kpi | None, definitions: Mapping[str, AlarmDefinition], period: Period) -> Section:
    note = Text(
        "按 ISA-18.2 / IEC 62682 的定义由报警日志统计。",
        "Counted from the journal, as ISA-18.2 / IEC 62682 say.",
    )
    if kpi is not None and kpi.start_ns > period.start_ns:
        since = moment(kpi.start_ns)
        note = Text(f"{note.zh}自{since.zh}起有记录。", f"{note.en} It begins on {since.en}.")
    return Section(
        id="alarms",
        title=Text("报警", "Alarms"),
        note=note,
        heads=(Text("指标", "What"), Text("数值", "Figure")),
        rows=() if kpi is None else _figures(kpi, definitions),
        none=Text("当时还没有报警记录", "alarms were not recorded yet"),
    )


def _figures(kpi: Kpi, definitions: Mapping[str, AlarmDefinition]) -> tuple[tuple[Cell, ...], ...]:
    return (
        (Text("报警次数", "Alarms annunciated"), kpi.annunciated),
        *((Text(f"其中{p}级", f"of priority {p}"), n) for p, n in sorted(kpi.by_priority.items())),
        (Text("平均每10分钟", "A mean ten minutes"), round(kpi.per_ten_min, 2)),
        (Text("10分钟内最多", "Most in ten minutes"), kpi.most_in_ten_min),
        (Text("报警泛滥次数", "Floods"), len(kpi.floods)),
        (Text("最多同时持续24小时以上", "Most that stood longer than a day at once"), kpi.stale),
        (Text("抖动", "Chattering"), kpi.chattering),
        *((_worst(actor.alarm, definitions), actor.annunciated) for actor in kpi.worst[:WORST]),
    )


def _worst(id: str, definitions: Mapping[str, AlarmDefinition]) -> Text:
    if (row := definitions.get(id)) is None:
        return Text(f"最多：{id}", f"most: {id}")
    return Text(f"最多：{row.name.zh}（{id}）", f"most: {row.name.en} ({id})")
