"""A ledger as years leave it: of each kind as many that are over, and a few that go on."""

from collections.abc import Iterator
from itertools import islice

from core.model.account import Segment
from core.model.appointment import Appointment, AppointmentState
from core.model.bulletin import Bulletin
from core.model.callback import Callback, CallbackOutcome, CallbackReason
from core.model.duty import Duty, DutyState, DutyWay
from core.model.flow_lock import Earned, GrabPoint
from core.model.incident import Incident, IncidentKind, IncidentState
from core.model.mailing import Because, Letter, LetterState, Mailing, MailingState
from core.model.notice import Change, Notice, NoticeKind, NoticeState, Supply
from core.model.notice_version import NoticeVersion, VersionState
from core.model.outage import AuthorityReport, Outage, OutageStart, ReportState
from core.model.phone_call import CallCluster, ClusterState, Direction, PhoneCall, Stage, SymptomGroup
from core.model.report import Channel, Report, Symptom
from core.model.service_clock import CalendarKind, ClockName, ServiceClock
from core.model.shanghai import local
from core.model.text import Text
from core.model.usage import Cause, Failure, FailureMode, Material
from core.model.work_order import Milestone, WorkOrder, WorkOrderState
from core.ports.ledger import Ledger, Record

DAY_NS = 86_400 * 10**9
DAYS = 730
HERE = Text("人民路", "Renmin Road")
AT_ONCE = 5_000


async def fill(ledger: Ledger, n: int, now_ns: int) -> None:
    """n of each kind over DAYS, the last of them days ago."""
    for kind in (matters, notices, hotline, orders):
        rows = kind(n, now_ns)
        while lot := list(islice(rows, AT_ONCE)):
            by: dict[type, list[Record]] = {}
            for row in lot:
                by.setdefault(type(row), []).append(row)
            async with ledger.begin() as tx:
                for some in by.values():
                    await tx.put_many(some)


def _when(k: int, n: int, now_ns: int) -> tuple[int, str]:
    """Plant time, and the id's end."""
    at_ns = now_ns - 3 * DAY_NS - (n - k) * (DAYS * DAY_NS // n)
    return at_ns, f"{local(at_ns).strftime('%Y%m%d')}-{k % 100_000:05d}"


def matters(n: int, now_ns: int) -> Iterator[Record]:
    for k in range(n):
        at_ns, id = _when(k, n, now_ns)
        state = IncidentState.CLOSED
        yield Incident(
            id=f"INC-{id}", kind=IncidentKind.BURST, state=state, opened_ns=at_ns, zone="z-1", title=HERE,
            closed_ns=at_ns + 3600 * 10**9,
        )  # fmt: skip
        yield Outage(
            id=f"INC-{id}", kind="burst", cause="burst", zone="z-1", started_ns=at_ns, start=OutageStart.CALL,
            at_ns=at_ns + 3600 * 10**9, restored_ns=at_ns + 3600 * 10**9, no_water=100,
            customer_minutes=6000.0, order=f"WO-{id}",
        )  # fmt: skip
        yield AuthorityReport(
            id=f"INC-{id}", state=ReportState.FILED, reasons=("long",), made_ns=at_ns, due_ns=at_ns,
            title=HERE, body=HERE, zone="z-1",
        )  # fmt: skip
        yield Duty(
            id=f"INC-{id}:A{k:07d}", incident=f"INC-{id}", account=f"A{k:07d}", segment=Segment.HOSPITAL,
            how=DutyWay.PHONE, state=DutyState.DONE, supply="no_water", opened_ns=at_ns, due_ns=at_ns,
            zone="z-1", done_ns=at_ns,
        )  # fmt: skip


def notices(n: int, now_ns: int) -> Iterator[Record]:
    for k in range(n):
        at_ns, id = _when(k, n, now_ns)
        notice = Notice(
            id=f"NTC-{id}", incident=f"INC-{id}", kind=NoticeKind.EMERGENCY_OUTAGE,
            state=NoticeState.RESTORED, zone="z-1", title=HERE, body=HERE, advice=HERE, author="hub",
            drafted_ns=at_ns, starts_ns=at_ns, restored_ns=at_ns + 3600 * 10**9,
            published_ns=at_ns, published_by="duty",
        )  # fmt: skip
        yield notice
        yield NoticeVersion(
            id=f"NTC-{id}.1", notice=notice.id, version=1, state=VersionState.PUBLISHED,
            change=Change.RESTORED, content=notice, identifier=f"urn:{id}", sent_ns=at_ns,
        )  # fmt: skip
        yield Mailing(
            id=f"NTC-{id}.1", notice=notice.id, version=1, state=MailingState.DONE, urgent=True,
            made_ns=at_ns, bulletin=_bulletin(notice, at_ns), accounts=100, done_ns=at_ns,
        )  # fmt: skip
        yield Letter(
            id=f"NTC-{id}.1:P{k:07d}", mailing=f"NTC-{id}.1", notice=notice.id, version=1,
            person=f"P{k:07d}", account=f"A{k:07d}", change=Change.RESTORED, because=Because.WATER_BACK,
            state=LetterState.DELIVERED if k % 5 else LetterState.FAILED, channel="sms",
            sent_ns=at_ns, promised_ns=at_ns,
        )  # fmt: skip


def _bulletin(notice: Notice, at_ns: int) -> Bulletin:
    return Bulletin(
        number=notice.id, version=1, identifier=f"urn:{notice.id}", sender="x@example.org", kind=notice.kind,
        supply=Supply.NONE, change=Change.RESTORED, sent_ns=at_ns, starts_ns=at_ns, utility=HERE, hotline="0",
        title=HERE, area=HERE, reason=HERE, description=HERE, instruction=HERE, url="https://example.org",
        expires_ns=at_ns,
    )  # fmt: skip


def hotline(n: int, now_ns: int) -> Iterator[Record]:
    for k in range(n):
        at_ns, id = _when(k, n, now_ns)
        yield PhoneCall(
            id=f"TEL-{id}", call=f"pbx-{k}", direction=Direction.IN, stage=Stage.ENDED, began_ns=at_ns,
            ended_ns=at_ns, accounts=(f"A{k:07d}",), incident=f"INC-{id}",
        )  # fmt: skip
        yield Report(
            id=f"RPT-{id}", channel=Channel.PHONE, at_ns=at_ns, symptom=Symptom.NO_WATER, account=f"A{k:07d}",
            text="家里没水了，邻居也没有", zone="z-1", work_order=f"WO-{id}", incident=f"INC-{id}",
            token=f"{k:020d}", wants_update=True,
        )  # fmt: skip
        yield CallCluster(
            id=f"CC-{id}", zone="z-1", group=SymptomGroup.SUPPLY, state=ClusterState.OVER, opened_ns=at_ns,
            first_ns=at_ns, last_ns=at_ns, window_s=1800.0, n=4, premises=4, expected=0.1, p=1e-6,
        )  # fmt: skip
        yield Callback(
            id=f"WO-{id}:RPT-{id}", order=f"WO-{id}", report=f"RPT-{id}", reason=CallbackReason.SAMPLE,
            day=local(at_ns).strftime("%Y-%m-%d"), made_ns=at_ns, open=False, zone="z-1",
            outcome=CallbackOutcome.ANSWERED, mark=5,
        )  # fmt: skip


def orders(n: int, now_ns: int) -> Iterator[Record]:
    for k in range(n):
        at_ns, id = _when(k, n, now_ns)
        yield WorkOrder(
            id=f"WO-{id}", incident=f"INC-{id}", kind="burst", state=WorkOrderState.CLOSED, priority=2,
            zone="z-1", title=HERE, place=HERE, opened_ns=at_ns, crew="crew-1", service="burst",
            milestones=(Milestone(state=WorkOrderState.CLOSED, at_ns=at_ns, actor="duty"),),
            recovered_ns=at_ns + 3600 * 10**9,
        )  # fmt: skip
        yield ServiceClock(
            id=f"WO-{id}:arrive:1", order=f"WO-{id}", clock=ClockName.ARRIVE, calendar=CalendarKind.ALWAYS,
            start_ns=at_ns, due_ns=at_ns, running=False, stopped_ns=at_ns,
        )  # fmt: skip
        yield Appointment(
            id=f"WO-{id}:1", order=f"WO-{id}", slot=f"{local(at_ns).strftime('%Y-%m-%d')}:am", start_ns=at_ns,
            end_ns=at_ns, state=AppointmentState.BOOKED, by="op", at_ns=at_ns,
        )  # fmt: skip
        yield GrabPoint(
            id=f"GP-{id}", crew="crew-1", work_order=f"WO-{id}", why=Earned.GRABBED, points=1, easy=False,
            at_ns=at_ns,
        )  # fmt: skip
        yield Failure(
            id=f"WO-{id}", mode=FailureMode.JOINT, material=Material.PE, cause=Cause.UNKNOWN, zone="z-1",
            by="crew", at_ns=at_ns,
        )  # fmt: skip
