"""Customers, their addresses under seal, published notices, and real gateways that take what goes out."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from core.adapters.sealed_vault import SealedVault
from core.adapters.sql_ledger.ledger import SqlLedger
from core.adapters.vault_keys import KeyRing
from core.model.clock import Anchor
from core.model.event import Event, EventKind
from core.model.mailing import Letter, LetterState, Mailing, MailingState
from core.model.notice import Change, Notice, NoticeKind, NoticeState
from core.model.notice_version import NoticeReach, NoticeVersion, Reached, VersionState, version_id
from core.model.person import Person
from core.model.phone_call import Direction, PhoneCall, Stage
from core.model.report import Channel, Report
from core.model.text import Text
from core.runtime.clock import AnchoredClock
from core.runtime.health import Health
from core.runtime.timetable import Timetable
from hub.channels import customer_channels_of, receipts_of
from response.delivery.service import DeliveryService
from response.delivery.spec import DeliveryFile
from tests.ledgers import ledger_in
from tests.ports import free_port
from tests.response import little_town as town
from tests.servers import sms_gateway, wechat
from tests.servers.mailbox import Mailbox, mailbox_at
from tests.servers.sms_gateway import SmsGateway, sms_gateway_at
from tests.servers.wechat import Wechat, wechat_at

NOON_NS = town.T0 + 14 * town.HOUR
NOTICE = "NTC-20261123-00001"


def sms_channel(port: int, body: object = None, **more: object) -> dict[str, object]:
    """body: of its requests, instead of a template's."""
    return {
        "id": "sms",
        "address": "phone",
        "via": {
            "type": "sms",
            "url": f"http://127.0.0.1:{port}/send",
            "secret_file": "sms",
            "sign": "清河水务",
            "headers": {"Authorization": "Bearer {secret}"},
            "body": body
            or {
                "mobile": "{to}",
                "sign": "{sign}",
                "template": "{template}",
                "params": "{variables}",
                "id": "{id}",
            },
            "answer": {
                "code": "Code",
                "receipt": "BizId",
                "says": "Message",
                "taken": ["OK"],
                "later": ["LIMIT"],
                "nobody": ["MOBILE"],
                "login": ["AUTH"],
            },
            "reports": {"receipt": "bizId", "status": "status", "says": "err", "delivered": ["DELIVRD"]},
            "internal": True,
        },
        "templates": [{"id": "SMS_1", "variables": {"number": "number", "area": "area", "eta": "when"}}],
        "rate_per_s": 5_000,
        **more,
    }


def wechat_channel(port: int, **more: object) -> dict[str, object]:
    variables = {"character_string1": "number", "thing2": "area", "time3": "when"}
    return {
        "id": "wechat",
        "address": "wechat",
        "via": {
            "type": "wechat",
            "appid": wechat.APPID,
            "secret_file": "wechat",
            "token_file": "wechat-token",
            "base": f"http://127.0.0.1:{port}",
            "internal": True,
        },
        "templates": [{"id": "TM_1", "variables": variables}],
        "rate_per_s": 5_000,
        **more,
    }


def mail_channel(port: int, **more: object) -> dict[str, object]:
    via = {"type": "smtp", "host": "127.0.0.1", "port": port, "sender": "hub@example.org", "tls": "none"}
    return {"id": "email", "address": "email", "via": via, **more}


def person(n: int, *accounts: str, **addresses: object) -> list[Person]:
    """One person, of these accounts."""
    return [
        Person(id=f"P{n:04d}", account=account, name=f"用户{n:06d}", **addresses)  # type: ignore[arg-type]
        for account in accounts
    ]


def phone(n: int) -> str:
    return f"138{n:08d}"


@dataclass
class Post:
    """The delivery at work. file: as configured; change it before `started`."""

    folder: Path
    ledger: SqlLedger
    vault: SealedVault
    clock: AnchoredClock
    sms: SmsGateway
    wechat: Wechat
    box: Mailbox
    file: DeliveryFile
    health: Health = field(default_factory=Health)
    service: DeliveryService = field(init=False)
    _running: list[asyncio.Task[None]] = field(default_factory=list)

    def started(self) -> None:
        channels = customer_channels_of(self.file, self.folder, self.folder)
        self.service = DeliveryService(
            self.file, channels, town.plant(), self.vault, self.ledger, self.health, self.clock
        )
        self.service.timetable = Timetable(self.ledger, self.clock, self.service.work)
        self.receipts = receipts_of(self.file, self.folder)
        for work in (self.service.run, self.service.timetable.run):
            self._running.append(asyncio.create_task(work()))

    async def stopped(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._running.clear()

    async def people(self, persons: Iterable[Person]) -> None:
        async with self.ledger.begin() as tx:
            await self.vault.put(tx, persons)

    async def publish(
        self,
        affected: Iterable[str],
        change: Change = Change.FIRST,
        *,
        moved: bool = False,
        weak: Iterable[str] = (),
        **of_notice: object,
    ) -> str:
        """The next version of NOTICE, as publishing writes it; its id."""
        async with self.ledger.begin() as tx:
            earlier = await tx.find(NoticeVersion, notice=NOTICE)
            said = version_of(len(earlier) + 1, change, self.clock.now_ns(), moved=moved, **of_notice)
            reached = Reached(supply="no_water", reason="isolated", accounts=tuple(affected))
            await tx.put(said)
            low = Reached(supply="low_pressure", reason="near_likely_pipe", accounts=tuple(weak))
            await tx.put(NoticeReach(id=said.id, notice=NOTICE, reached=(reached, low)))
            await tx.put(said.content)
            await tx.emit(Event(kind=EventKind.NOTICE, subject=NOTICE, t_ns=self.clock.now_ns()))
        return said.id

    async def called(self, account: str | None = None, *, phone: str = "", **more: object) -> str:
        """Somebody rings about INC-1 and wants to hear when water is back; the report's id."""
        now_ns = self.clock.now_ns()
        async with self.ledger.begin() as tx:
            id = await tx.next_id("RPT", now_ns)
            call = PhoneCall(
                id=await tx.next_id("TEL", now_ns),
                call=f"exchange-{id}",
                direction=Direction.IN,
                stage=Stage.ENDED,
                began_ns=now_ns,
            )
            report = Report(
                id=id, channel=Channel.PHONE, at_ns=now_ns, account=account, call=call.call, incident="INC-1"
            )
            if phone:
                await self.vault.put(tx, [Person(id=call.id, account=call.id, phone=phone)])
            await tx.put(call)
            await tx.put(replace(report, **{"wants_update": True, **more}))  # type: ignore[arg-type]
        return id

    async def letters(self, mailing: str | None = None) -> dict[str, Letter]:
        """By person."""
        asked = {} if mailing is None else {"mailing": mailing}
        async with self.ledger.read() as tx:
            return {letter.person: letter for letter in await tx.find(Letter, **asked)}

    async def mailing(self, id: str) -> Mailing | None:
        async with self.ledger.read() as tx:
            return await tx.get(Mailing, id)

    async def done(self, id: str, within_s: float = 90.0) -> Mailing:
        """When nothing is to be sent any more; a report may be waited for."""
        deadline = time.monotonic() + within_s
        while True:
            async with self.ledger.read() as tx:
                mailing = await tx.get(Mailing, id)
                queued = await tx.find(Letter, mailing=id, state=LetterState.QUEUED)
            if mailing is not None and mailing.state is not MailingState.PLANNING and not queued:
                return mailing
            assert time.monotonic() < deadline, (
                f"{[(one.id, one.state, one.tries[-1:]) for one in queued[:5]]}"
            )
            await asyncio.sleep(0.01)


def version_of(
    number: int, change: Change, sent_ns: int, *, moved: bool = False, **of_notice: object
) -> NoticeVersion:
    content = Notice(
        id=NOTICE,
        incident="INC-1",
        kind=NoticeKind.EMERGENCY_OUTAGE,
        state=NoticeState.PUBLISHED,
        zone="dma-01",
        version=number,
        title=Text("抢修停水", "Emergency outage"),
        body=Text("人民路爆管，正在抢修。", "A main has burst in Renmin Road; it is being repaired."),
        advice=Text("请储水。", "Please store water."),
        author="hub",
        drafted_ns=sent_ns,
        starts_ns=sent_ns,
        eta_earliest_ns=sent_ns + 3 * town.HOUR,
        eta_latest_ns=sent_ns + 5 * town.HOUR,
        change=change,
        published_by="user-duty_manager",
        published_ns=sent_ns,
    )
    return NoticeVersion(
        id=version_id(NOTICE, number),
        notice=NOTICE,
        version=number,
        state=VersionState.PUBLISHED,
        change=change,
        content=replace(content, **of_notice),  # type: ignore[arg-type]
        identifier=f"2026-11-23:{NOTICE}:{number}",
        sent_ns=sent_ns,
        moved=moved,
    )


@asynccontextmanager
async def post_office(
    folder: Path,
    *,
    at_ns: int = NOON_NS,
    speed: float = 1.0,
    honours: bool = False,
    **of_sms: Any,
) -> AsyncIterator[Post]:
    """at_ns: plant time at the beginning. honours: the SMS gateway knows our ids again. of_sms: of its
    channel."""
    with ExitStack() as stack:
        sms = stack.enter_context(sms_gateway_at(free_port(), honours=honours))
        weixin = stack.enter_context(wechat_at(free_port()))
        box = stack.enter_context(mailbox_at(free_port()))
        for name, content in (
            ("sms", sms_gateway.SECRET),
            ("wechat", wechat.SECRET),
            ("wechat-token", wechat.TOKEN),
        ):
            (folder / name).write_text(content)
        ledger = await ledger_in(folder)
        vault = SealedVault(KeyRing.open(folder / "vault"))
        clock = AnchoredClock(Anchor(time.time_ns(), at_ns, speed))
        channels = [wechat_channel(weixin.port), sms_channel(sms.port, **of_sms), mail_channel(box.port)]
        file = DeliveryFile.model_validate({"channels": channels})
        post = Post(folder, ledger, vault, clock, sms, weixin, box, file)
        try:
            yield post
        finally:
            await post.stopped()
            await ledger.close()
