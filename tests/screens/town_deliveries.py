"""Messages to the demo's customers: two versions of a notice went out, some of it nowhere."""

import asyncio
from dataclasses import replace
from pathlib import Path

from core.model.bulletin import Bulletin, Ending
from core.model.mailing import Because, Letter, LetterState, Mailing, MailingState, Try, TryOutcome, letter_id
from core.model.notice import Change, NoticeKind, Supply
from core.model.plant import Plant
from core.model.report import Channel, Report
from core.model.text import Text
from core.ports.clock import Clock
from core.ports.ledger import Ledger
from core.ports.vault import Vault
from core.runtime.health import Health
from core.runtime.timetable import Timetable
from hub.channels import customer_channels_of
from hub.documents import document
from response.delivery.codes import CODE
from response.delivery.room import Delivering
from response.delivery.service import MAILING, DeliveryService
from response.delivery.spec import DeliveryFile

CONFIG = Path(__file__).parents[2] / "configs" / "demo"
NOTICE = "NTC-20261123-00009"
MINUTE_NS = 60_000_000_000
PATIENCE_S = 20.0
S = LetterState


def delivering(plant: Plant, vault: Vault, ledger: Ledger, clock: Clock, data: Path) -> Delivering:
    """As the demo's file says, into folders of `data`: codes that callers are sent go out, what is published
    waits for `mailed`."""
    file = document(CONFIG / "delivery.yaml", DeliveryFile)
    channels = customer_channels_of(file, CONFIG, data)
    service = DeliveryService(file, channels, plant, vault, ledger, Health(), clock)
    service.timetable = Timetable(ledger, clock, {CODE: service.work[CODE]})
    return Delivering(file, service)


async def mailed(delivering: Delivering, ledger: Ledger, clock: Clock) -> None:
    """What is published is told to whom it concerns, until nothing of it is due."""
    work = {MAILING: delivering.service.work[MAILING]}
    task = asyncio.create_task(Timetable(ledger, clock, work).run())
    try:
        await delivering.service.handle(await ledger.events(0, 10_000))
        async with asyncio.timeout(PATIENCE_S):
            while not await _done(ledger):
                await asyncio.sleep(0.05)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _done(ledger: Ledger) -> bool:
    async with ledger.read() as tx:
        found = await tx.find(Mailing)
    return bool(found) and all(one.state is MailingState.DONE for one in found)


async def deliver(plant: Plant, ledger: Ledger, now_ns: int) -> None:
    first, second = (
        _mailing(plant, 1, Change.FIRST, now_ns - 90 * MINUTE_NS, MailingState.DONE),
        _mailing(plant, 2, Change.UPDATE, now_ns - 2 * MINUTE_NS, MailingState.SENDING),
    )
    letters = [
        *_letters(first, 0, 180, "wechat", S.DELIVERED),
        *_letters(first, 180, 900, "sms", S.DELIVERED),
        *_letters(first, 1_080, 41, "sms", S.SENT),
        *_letters(first, 1_121, 3, "sms", S.FAILED),
        *_letters(first, 1_124, 60, "email", S.SENT),
        *_letters(second, 0, 180, "wechat", S.SENT),
        *_letters(second, 180, 310, "sms", S.SENT),
        *_letters(second, 490, 634, "sms", S.QUEUED),
    ]
    back, spared = _letters(second, 1_124, 2, "email", S.FAILED, Change.RESTORED, now_ns - MINUTE_NS)
    late = [back, replace(spared, ending=Ending.SPARED)]
    async with ledger.begin() as tx:
        await tx.put_many([first, second])
        report, lost = _code(first)
        await tx.put(report)
        await tx.put_many([*letters, *late, lost])


def _code(mailing: Mailing) -> tuple[Report, Letter]:
    """Somebody called, and the code that they were sent did not come."""
    report = Report(
        id="RPT-20261123-00900",
        channel=Channel.PHONE,
        at_ns=mailing.made_ns,
        account="A000100",
        person="P000100",
        token="0" * 28,
    )
    (lost,) = _letters(mailing, 99, 1, "sms", S.FAILED)
    code = f"{report.id}.code"
    more = {"mailing": code, "notice": report.id, "person": "P000100", "because": Because.ASKED}
    return report, replace(lost, id=letter_id(code, "P000100"), **more)  # type: ignore[arg-type]


def _mailing(plant: Plant, version: int, change: Change, at_ns: int, state: MailingState) -> Mailing:
    return Mailing(
        id=f"{NOTICE}.{version}",
        notice=NOTICE,
        version=version,
        state=state,
        bulletin=Bulletin(
            number=NOTICE,
            version=version,
            identifier=f"urn:x:{version}",
            sender="notice@water.example.cn",
            kind=NoticeKind.EMERGENCY_OUTAGE,
            supply=Supply.NONE,
            change=change,
            sent_ns=at_ns,
            starts_ns=at_ns,
            expires_ns=at_ns + 600 * MINUTE_NS,
            utility=plant.utility.name,
            hotline=plant.utility.hotline,
            title=Text("城东片区抢修停水", "Emergency outage in Chengdong"),
            area=Text("城东片区", "Chengdong"),
            reason=Text("管道抢修", "repair of a main"),
            description=Text("正在抢修。", "It is being repaired."),
            instruction=Text("请储水。", "Please store water."),
            url="https://water.example.cn/n/1",
        ),
        urgent=True,
        made_ns=at_ns,
        accounts=1_300,
        planned=1_300,
        silent=() if version == 1 else ((Because.ESTIMATE_STANDS, 60),),
        nobody=116,
        queued_ns=at_ns,
        done_ns=at_ns + 5 * MINUTE_NS if state is MailingState.DONE else None,
    )


def _letters(
    mailing: Mailing,
    start: int,
    n: int,
    channel: str,
    state: LetterState,
    change: Change | None = None,
    promised_ns: int | None = None,
) -> list[Letter]:
    at_ns = mailing.made_ns + MINUTE_NS
    refused = Try(
        channel=channel,
        at_ns=at_ns,
        outcome=TryOutcome.REFUSED,
        reason="address",
        detail="MOBILE_NUMBER_ILLEGAL",
    )
    passed = Try(channel="wechat", at_ns=at_ns, outcome=TryOutcome.PASSED_ON, reason="no_report")
    return [
        Letter(
            id=letter_id(mailing.id, f"P{k:05d}"),
            mailing=mailing.id,
            notice=mailing.notice,
            version=mailing.version,
            person=f"P{k:05d}",
            account=f"A{k + 1:06d}",
            change=change or mailing.bulletin.change,
            because=Because.NEWLY_AFFECTED,
            state=state,
            channel=channel,
            due_ns=at_ns if state is S.QUEUED else None,
            promised_ns=promised_ns,
            tries=(passed, refused) if state is S.FAILED else (),
        )
        for k in range(start, start + n)
    ]
