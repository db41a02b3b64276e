"""A board full of orders: some late, one held by a permit, one that lies, call-backs that wait."""

from dataclasses import replace

from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.account import Segment
from core.model.callback import Callback, CallbackAttempt, CallbackOutcome, CallbackReason
from core.model.duty import Duty, DutyEnd, DutyState, DutyWay
from core.model.passing_on import OnCall
from core.model.report import Channel, Report, Symptom
from core.model.service_clock import Pause, PauseReason
from core.model.text import Text
from core.model.work_order import OPEN, Milestone, Origin, WorkOrder, WorkOrderState, how_far
from response.orders import events
from response.service_times import CN_DEFAULT

S = WorkOrderState
MIN = 60 * 1_000_000_000
ROWS = (
    # minutes ago, kind, priority, zone, place, state, crew, DN
    (65, "burst", 1, "dma-03", Text("城南片区解放路", "Jiefang Road"), S.REPORTED, None, 400.0),
    (18, "leak", 3, "dma-02", Text("城东片区中山路", "Zhongshan Road"), S.POOLED, None, 100.0),
    (40, "burst", 2, "dma-04", Text("开发区创业大道", "Chuangye Avenue"), S.EN_ROUTE, "crew-1", 300.0),
    (300, "leak", 3, "dma-05", Text("城西片区西湖路", "Xihu Road"), S.ASSIGNED, "crew-2", 80.0),
    (500, "burst", 2, "dma-01", Text("老城区文昌巷", "Wenchang Lane"), S.REPAIRING, "crew-1", 200.0),
    (200, "water_quality", 1, "dma-07", Text("北片区建设路", "Jianshe Road"), S.ARRIVED, "crew-3", 0.0),
    (900, "leak", 3, "dma-02", Text("城东片区和平街", "Heping Street"), S.COMPLETED, "crew-2", 100.0),
    (3000, "complaint", 3, "dma-06", Text("滨河片区滨河路", "Binhe Road"), S.CALLBACK_PENDING, None, 0.0),
)


def _order(n: int, now_ns: int) -> WorkOrder:
    ago, kind, priority, zone, place, state, crew, mm = ROWS[n]
    opened_ns = now_ns - ago * MIN
    milestones = [Milestone(state=S.REPORTED, at_ns=opened_ns, actor="hub")]
    line = (S.ASSIGNED, S.EN_ROUTE, S.ARRIVED, S.ISOLATED, S.REPAIRING, S.COMPLETED)
    step_ns = 8 * MIN
    for i, passed in enumerate(s for s in line if crew and how_far(s) <= how_far(state)):
        actor = "dispatcher" if passed is S.ASSIGNED else "crew"
        milestones.append(Milestone(state=passed, at_ns=opened_ns + (i + 1) * step_ns, actor=actor))
    if milestones[-1].state is not state:
        milestones.append(Milestone(state=state, at_ns=opened_ns + 2 * MIN, actor="dispatcher"))
    names = {
        "burst": Text("疑似爆管抢修", "Suspected burst, repair"),
        "leak": Text("漏水维修", "Leak, repair"),
    }
    return WorkOrder(
        id=f"WO-20261122-{n + 1:05d}",
        incident=None,
        kind=kind,
        state=state,
        priority=priority,
        zone=zone,
        title=names.get(kind, Text("用户反映，现场核查", "Reported, check on site")),
        place=place,
        opened_ns=opened_ns,
        clocks=CN_DEFAULT.clocks(kind, opened_ns, mm, zone, priority),
        crew=crew,
        milestones=tuple(milestones),
        diameter_mm=mm,
        origin=Origin.REPORT if kind in ("leak", "complaint") else Origin.PERSON,
        reports=2 if kind in ("leak", "complaint") else 0,
        callers=1 if kind in ("leak", "complaint") else 0,
        accounts_affected=40 * n if kind == "burst" else 0,
        first_owner="hotline",
        on_call=_on_call(opened_ns) if (kind, crew) == ("burst", None) else None,
    )


def _on_call(at_ns: int) -> OnCall:
    return OnCall(
        position="duty-manager",
        name=Text("值班长", "Duty manager"),
        contact="duty-phone-1",
        contact_name=Text("值班手机一", "Duty phone 1"),
        at_ns=at_ns,
    )


async def give_out(ledger: SqlLedger, now_ns: int) -> None:
    """All at once, and the last week's call-backs with what came of them."""
    async with ledger.begin() as tx:
        for n in range(len(ROWS)):
            order = _order(n, now_ns)
            await tx.put(order)
            await tx.emit(events.event_of(order, now_ns))
            for i in range(order.reports):
                await tx.put(_report(order, n * 10 + i))
        held = Pause(
            id="PAU-20261122-00001",
            order="WO-20261122-00005",
            reason=PauseReason.AWAIT_PERMIT,
            evidence="占道许可 2026-118",
            by="dispatcher",
            from_ns=now_ns - 150 * MIN,
        )
        await tx.put(held)
        await tx.put_many(_callbacks(now_ns))
        await tx.put_many(_reports(now_ns))
        await tx.put_many(_duties(now_ns))
    assert all(row[5] in OPEN for row in ROWS)


def _duties(now_ns: int) -> list[Duty]:
    rows = (
        ("A000011", Segment.HOSPITAL, -4),
        ("A000012", Segment.SCHOOL, 6),
        ("A000013", Segment.VULNERABLE, 48),
    )
    missed = Duty(
        id="INC-20261121-00004:A000014",
        incident="INC-20261121-00004",
        account="A000014",
        segment=Segment.NURSING,
        how=DutyWay.PHONE,
        state=DutyState.NOT_REACHED,
        supply="no_water",
        opened_ns=now_ns - 900 * MIN,
        due_ns=now_ns - 880 * MIN,
        done_ns=now_ns - 600 * MIN,
        ended=DutyEnd.WATER_BACK,
        zone="dma-03",
    )
    return [missed] + [
        Duty(
            id=f"INC-20261122-00009:{account}",
            incident="INC-20261122-00009",
            account=account,
            segment=segment,
            how=DutyWay.VISIT if segment is Segment.VULNERABLE else DutyWay.PHONE,
            state=DutyState.OPEN,
            supply="no_water",
            opened_ns=now_ns - 14 * MIN,
            due_ns=now_ns + minutes * MIN,
            zone="dma-03",
        )
        for account, segment, minutes in rows
    ]


def _report(order: WorkOrder, n: int) -> Report:
    return Report(
        id=f"RPT-20261122-{n:05d}",
        channel=Channel.PHONE,
        at_ns=order.opened_ns + n,
        account=f"A{n + 1:06d}",
        work_order=order.id,
        zone=order.zone,
    )


def _reports(now_ns: int) -> list[Report]:
    """What the two who wait for a call had said."""
    return [
        Report(
            id=f"R{n}",
            channel=Channel.PHONE,
            at_ns=now_ns - 20 * 60 * MIN,
            symptom=Symptom.LOW_PRESSURE,
            text="三楼水压低",
            account=f"A{n:06d}",
            work_order="WO-20261122-00007",
        )
        for n in (1, 2)
    ]


def _callbacks(now_ns: int) -> list[Callback]:
    base = Callback(
        id="",
        order="WO-20261122-00007",
        report="",
        reason=CallbackReason.SAMPLE,
        day="2026-11-22",
        made_ns=now_ns - 60 * MIN,
        crew="crew-2",
        first_owner="hotline",
    )
    waits = [replace(base, id=f"WO-20261122-00007:R{n}", report=f"R{n}", account=f"A{n:06d}") for n in (1, 2)]
    past = [
        replace(
            base,
            id=f"past:R{n}",
            report=f"R{n}",
            open=False,
            outcome=CallbackOutcome.UNREACHABLE if n % 9 == 0 else CallbackOutcome.ANSWERED,
            mark=None if n % 9 == 0 else 3 if n == 50 else 5,
        )
        for n in range(100, 160)
    ]
    said = CallbackAttempt(
        at_ns=now_ns - 30 * MIN, by="hotline", outcome=CallbackOutcome.ANSWERED, mark=5, note="三楼水压正常了"
    )
    past[1] = replace(past[1], attempts=(said,))
    return [*waits, *past]
