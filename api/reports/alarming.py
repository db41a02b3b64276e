"""Alarms of a period: the figures of ISA-18.2 / IEC 62682, as `alarms.kpi` counts them."""

import asyncio
from collections.abc import Mapping

from alarms.kpi import Kpi, Recount
from api.reports.period import Period
from api.reports.sheet import Cell, Section
from core.model.alarm import AlarmDefinition
from core.model.master import MasterVersion
from core.model.text import Text
from core.ports.ledger import Ledger

WORST = 5


async def counted(ledger: Ledger, period: Period, now_ns: int) -> Kpi:
    """Up to now, of a period that is not over: what stands now has not stood until its end."""
    end_ns = min(period.end_ns, now_ns)
    async with ledger.read() as tx:
        began_ns = min((version.t_ns for version in await tx.find(MasterVersion)), default=None)
    before = await ledger.journal_at(period.start_ns - 1)
    recount = Recount(period.start_ns, end_ns, before, began_ns)
    async for entries in ledger.journal_between(period.start_ns, end_ns):
        await asyncio.to_thread(recount.add, entries)
    return await asyncio.to_thread(recount.figures)


def alarms(kpi: Kpi, definitions: Mapping[str, AlarmDefinition]) -> Section:
    by_priority = kpi.by_priority
    rows: list[tuple[Cell, ...]] = [
        (Text("报警次数", "Alarms annunciated"), kpi.annunciated),
        *((Text(f"其中{p}级", f"of priority {p}"), n) for p, n in sorted(by_priority.items())),
        (Text("平均每10分钟", "A mean ten minutes"), round(kpi.per_ten_min, 2)),
        (Text("10分钟内最多", "Most in ten minutes"), kpi.most_in_ten_min),
        (Text("报警泛滥次数", "Floods"), len(kpi.floods)),
        (Text("最多同时持续24小时以上", "Most that stood longer than a day at once"), kpi.stale),
        (Text("抖动", "Chattering"), kpi.chattering),
    ]
    for actor in kpi.worst[:WORST]:
        row = definitions.get(actor.alarm)
        name = row.name if row else Text(actor.alarm, actor.alarm)
        called = Text(f"最多：{name.zh}（{actor.alarm}）", f"most: {name.en} ({actor.alarm})")
        rows.append((called, actor.annunciated))
    return Section(
        id="alarms",
        title=Text("报警", "Alarms"),
        note=Text(
            "按 ISA-18.2 / IEC 62682 的定义由报警日志统计。",
            "Counted from the journal, as ISA-18.2 / IEC 62682 say.",
        ),
        heads=(Text("指标", "What"), Text("数值", "Figure")),
        rows=tuple(rows),
    )
