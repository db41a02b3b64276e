"""What happened in a period and how the service stood: incidents, promises, customers' minutes, notices."""

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import TypeVar

from api.glossary import GLOSSARY
from api.reports.period import Period
from api.reports.sheet import Cell, Section, percent
from core.model.callback import Callback
from core.model.incident import Incident, IncidentState
from core.model.notice import Notice
from core.model.notice_version import NoticeVersion
from core.model.outage import Outage
from core.model.plant import Plant
from core.model.shanghai import local, moment
from core.model.text import Text
from core.model.work_order import WorkOrder
from core.ports.ledger import Tx, pages
from response.clocks.board import cards_of
from response.clocks.figures import lost, satisfaction, timeliness
from response.outages import as_of
from response.proportion import Proportion
from response.service_times import ServiceTimes

_AT_ONCE = 200
_MINUTE_NS = 60 * 1_000_000_000
BEFORE_NS = 60 * 86_400 * 1_000_000_000
"""So long before the period orders and drafts are looked at of which something fell into it."""
_Kind = TypeVar("_Kind", Incident, WorkOrder, Notice)


async def since(tx: Tx, kind: type[_Kind], began_ns: int) -> AsyncIterator[_Kind]:
    """The newest first, down to those whose number is of an earlier Shanghai day than `began_ns`."""
    first = f"{local(began_ns):%Y%m%d}"
    async for found in pages(tx, kind, _AT_ONCE):
        for one in found:
            if one.id.partition("-")[2] < first:
                return
            yield one


async def incidents(tx: Tx, plant: Plant, period: Period) -> Section:
    """The oldest first."""
    found = [
        one
        async for one in since(tx, Incident, period.start_ns)
        if period.start_ns <= one.opened_ns < period.end_ns and one.state is not IncidentState.MERGED
    ]
    return Section(
        id="incidents",
        title=Text("爆管与异常事件", "Bursts and other incidents"),
        note=Text(
            "本期发现的事件及现在的状态；已并入其他事件的不再单列。",
            "Those that opened in the period, as they stand now; what was merged into another is not listed.",
        ),
        heads=(
            Text("编号", "Number"),
            Text("事件", "Incident"),
            Text("区域", "Area"),
            Text("发现", "Opened"),
            Text("状态", "State"),
            Text("估计漏量 m³/h", "Loss, m³/h"),
            Text("恢复用时 min", "Minutes until over"),
        ),
        rows=tuple(_incident(plant, one) for one in reversed(found)),
        none=Text("本期没有事件", "no incident in this period"),
    )


def _incident(plant: Plant, one: Incident) -> tuple[Cell, ...]:
    over_ns = one.back_ns or one.closed_ns
    zone = plant.zones.get(one.zone or "")
    return (
        one.id,
        one.title,
        zone.name if zone else None,
        moment(one.opened_ns),
        GLOSSARY[f"incident.{one.state.value}"],
        None if one.size_m3h is None else round(one.size_m3h, 1),
        None if over_ns is None else round((over_ns - one.opened_ns) / _MINUTE_NS),
    )


async def promises(tx: Tx, times: ServiceTimes, period: Period, now_ns: int) -> Section:
    """及时率 by clock, of orders opened up to `BEFORE_NS` before."""
    orders = [
        one
        async for one in since(tx, WorkOrder, period.start_ns - BEFORE_NS)
        if one.opened_ns < period.end_ns
    ]
    cards = await cards_of(tx, times, orders, now_ns)
    clocks = [row for card in cards for row in card.clocks]
    callbacks = await tx.within(Callback, "made_ns", period.start_ns, period.end_ns)
    said = satisfaction(callbacks, times.file.callbacks.satisfied)
    rows = [
        _share(GLOSSARY[f"clock.{row.clock}"], row.met_paused)
        for row in timeliness(clocks, period.start_ns, period.end_ns)
    ]
    rows += [
        _share(Text("满意率", "Satisfied"), said.satisfied),
        _share(Text("回访接通率", "Answered call-backs"), said.response),
        _share(Text("回访覆盖率", "Called back"), said.coverage),
    ]
    return Section(
        id="promises",
        title=Text("服务及时率与满意率", "Promises kept, and satisfaction"),
        note=Text(
            "本期到期的服务时限，扣除有依据的暂停；区间为95%威尔逊区间。",
            "Of promises that fell due in the period, pauses with evidence left out; Wilson's 95 % interval.",
        ),
        heads=(
            Text("指标", "What"),
            Text("达到", "Kept"),
            Text("总数", "Of"),
            Text("比率 %", "Share, %"),
            Text("95%区间 %", "95 % interval, %"),
        ),
        rows=tuple(rows),
    )


def _share(name: Text, of: Proportion) -> tuple[Cell, ...]:
    span = None if of.interval is None else f"{100 * of.interval[0]:.1f}–{100 * of.interval[1]:.1f}"
    return name, of.hits, of.n, percent(of.hits, of.n), span


async def without_water(tx: Tx, period: Period, now_ns: int) -> Section:
    began = await tx.within(Outage, "started_ns", period.start_ns, period.end_ns)
    return Section(
        id="without_water",
        title=Text("停水影响", "Customers without water"),
        note=Text(
            "户·分钟从第一只阀门关闭起计，仍在停水的计到制表时；多次停水的，只计停水的时间。",
            "Customer-minutes count from the first valve shut; where water is still off, up to the time "
            "of the report; what was off more than once counts only while it was off.",
        ),
        heads=(
            Text("原因", "Cause"),
            Text("次数", "Interruptions"),
            Text("户数", "Connections"),
            Text("户·分钟", "Customer-minutes"),
        ),
        rows=tuple(
            (
                GLOSSARY.get(f"outage_cause.{row.cause}", Text(row.cause, row.cause)),
                row.outages,
                row.connections,
                row.customer_minutes,
            )
            for row in lost([as_of(one, now_ns) for one in began], period.start_ns, period.end_ns)
        ),
        none=Text("本期没有停水", "no interruption in this period"),
    )


async def notices(tx: Tx, period: Period) -> Section:
    """Those whose first version was published in the period, by kind."""
    heads = [
        one
        async for one in since(tx, Notice, period.start_ns - BEFORE_NS)
        if one.drafted_ns < period.end_ns and one.published_ns is not None
    ]
    ids = tuple(one.id for one in heads)
    first = await tx.find(NoticeVersion, notice=ids, version=1) if ids else []
    found = [
        one.content
        for one in first
        if one.sent_ns is not None and period.start_ns <= one.sent_ns < period.end_ns
    ]
    return Section(
        id="notices",
        title=Text("公告", "Notices"),
        note=Text("本期发布的公告。", "Those published in the period."),
        heads=(Text("类别", "Kind"), Text("件数", "Notices"), Text("涉及户数", "Connections concerned")),
        rows=tuple(_by_kind(found)),
        none=Text("本期没有发布公告", "no notice was published in this period"),
    )


def _by_kind(found: Sequence[Notice]) -> Iterable[tuple[Cell, ...]]:
    for kind in sorted({one.kind for one in found}):
        those = [one for one in found if one.kind is kind]
        yield GLOSSARY[f"notice.kind.{kind.value}"], len(those), sum(one.accounts_affected for one in those)
