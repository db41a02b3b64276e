"""A published notice that concerns 50,000 people: until every letter is queued, and how fast they leave.

Each account has one person with a phone, sealed as the hub seals them (ON-25). The first clock runs from the
commit that publishes until the mailing is queued: who is concerned is looked up, opened, compared with what
they were told before, and written, in transactions of 500, while another commit is tried every 20 ms on the
same ledger. The second sends 2,000 of them through the SMS adapter to an HTTP gateway in a process of its own
that answers at once, 32 under way at a time, each answer committed.
"""

import asyncio
import multiprocessing
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bench.figures import Figure
from bench.small_plant import plant_with
from core.adapters.sealed_vault import SealedVault
from core.adapters.sms_notifier import Gateway, SmsNotifier
from core.adapters.sql_ledger.ledger import SqlLedger
from core.adapters.vault_keys import KeyRing
from core.model.clock import Anchor
from core.model.event import Event, EventKind
from core.model.mailing import Letter, LetterState, Mailing, MailingState
from core.model.notice import Change, Notice, NoticeKind, NoticeState
from core.model.notice_version import NoticeReach, NoticeVersion, Reached, VersionState, version_id
from core.model.person import Person
from core.model.text import Text
from core.ports.notifier import Notifier
from core.runtime.clock import AnchoredClock
from core.runtime.health import Health
from core.runtime.timetable import Timetable
from response.delivery.service import DeliveryService
from response.delivery.spec import DeliveryFile

PEOPLE, SENT = 50_000, 2_000
AT_ONCE = 32
GOAL_S = 60.0
NIGHT_NS = 1_795_368_420 * 1_000_000_000
"""01:27 in Shanghai: what is no emergency is queued for the morning, so that planning is measured alone."""
NOTICE = "NTC-20261123-00001"
_DAY_NS = 24 * 3600 * 1_000_000_000


@dataclass(slots=True)
class Waits:
    """Of commits that had to take turns with the planning, ms."""

    ms: list[float] = field(default_factory=list)


def run(short: bool) -> list[Figure]:
    people = PEOPLE // 10 if short else PEOPLE
    queued_s, waits = asyncio.run(_queued(people))
    per_s, cpu_ms = asyncio.run(_left(SENT // 4 if short else SENT))
    p50, p99 = np.percentile(waits.ms, [50, 99]).tolist()
    return [
        Figure(f"{people:,} people queued after publishing", queued_s, "s", GOAL_S, "lower"),
        Figure("another commit meanwhile, p50", p50, "ms", None, "lower"),
        Figure("another commit meanwhile, p99", p99, "ms", None, "lower"),
        Figure(f"messages through the SMS adapter, {AT_ONCE} at once", per_s, "1/s", None, "higher"),
        Figure("CPU of the hub a message", cpu_ms, "ms", None, "lower"),
    ]


async def _queued(people: int) -> tuple[float, Waits]:
    with tempfile.TemporaryDirectory() as folder:
        ledger, vault = await _house(Path(folder), people)
        clock = AnchoredClock(Anchor(time.time_ns(), NIGHT_NS, 1.0))
        tasks = _at_work(ledger, vault, clock, {}, "http://127.0.0.1:1/")
        waits = Waits()
        tasks.append(asyncio.create_task(_others(ledger, waits)))
        began = time.monotonic()
        await _publish(ledger, clock, people, NoticeKind.PLANNED_OUTAGE)
        await _until(lambda: _is_queued(ledger, people))
        took_s = time.monotonic() - began
        await _end(tasks, ledger)
        return took_s, waits


async def _left(people: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        ledger, vault = await _house(Path(folder), people)
        spawn = multiprocessing.get_context("spawn")
        ours, theirs = spawn.Pipe()
        gateway = spawn.Process(target=_gateway, args=(theirs,), daemon=True)
        gateway.start()
        port = await asyncio.to_thread(ours.recv)
        secret = Path(folder) / "secret"
        secret.write_text("k")
        url = f"http://127.0.0.1:{port}/"
        form = Gateway(
            body={"to": "{to}", "id": "{id}", "text": "{text_zh}"}, code="c", taken=frozenset({"0"})
        )
        channels: dict[str, Notifier] = {"sms": SmsNotifier(url, secret, form, internal=True)}
        clock = AnchoredClock(Anchor(time.time_ns(), NIGHT_NS, 1.0))
        tasks = _at_work(ledger, vault, clock, channels, url)
        await _publish(ledger, clock, people, NoticeKind.EMERGENCY_OUTAGE)
        await _until(lambda: _is_queued(ledger, people))
        began, cpu = time.monotonic(), time.process_time()
        await _until(lambda: _is_out(ledger))
        took_s, cpu_s = time.monotonic() - began, time.process_time() - cpu
        gateway.kill()
        await _end(tasks, ledger)
        return people / took_s, 1000 * cpu_s / people


async def _house(folder: Path, people: int) -> tuple[SqlLedger, SealedVault]:
    ledger = await SqlLedger.open(folder / "ledger.db")
    vault = SealedVault(KeyRing.open(folder / "keys"))
    for start in range(0, people, 5_000):
        some = range(start, min(start + 5_000, people))
        async with ledger.begin() as tx:
            await vault.put(tx, [Person(id=f"P{n}", account=f"A{n:06d}", phone=f"138{n:08d}") for n in some])
    return ledger, vault


def _at_work(
    ledger: SqlLedger, vault: SealedVault, clock: AnchoredClock, channels: dict[str, Notifier], url: str
) -> list[asyncio.Task[None]]:
    via = {"type": "sms", "url": url, "secret_file": "secret", "body": {"to": "{to}"}}
    sms = {"id": "sms", "address": "phone", "via": via, "at_once": AT_ONCE, "rate_per_s": 10_000}
    file = DeliveryFile.model_validate({"channels": [sms]})
    service = DeliveryService(file, channels, plant_with({}, {}), vault, ledger, Health(), clock)
    service.timetable = Timetable(ledger, clock, service.work)
    return [asyncio.create_task(service.run()), asyncio.create_task(service.timetable.run())]


async def _publish(ledger: SqlLedger, clock: AnchoredClock, people: int, kind: NoticeKind) -> None:
    now_ns = clock.now_ns()
    content = Notice(
        id=NOTICE,
        incident=None,
        kind=kind,
        state=NoticeState.PUBLISHED,
        zone="z",
        title=Text("停水", "Outage"),
        body=Text("停水。", "The water is off."),
        advice=Text("请储水。", "Store water."),
        author="hub",
        drafted_ns=now_ns,
        starts_ns=now_ns + _DAY_NS,
        eta_earliest_ns=now_ns + _DAY_NS,
        eta_latest_ns=now_ns + 2 * _DAY_NS,
        published_ns=now_ns,
    )
    version = NoticeVersion(
        id=version_id(NOTICE, 1),
        notice=NOTICE,
        version=1,
        state=VersionState.PUBLISHED,
        change=Change.FIRST,
        content=content,
        identifier=f"2026-11-23:{NOTICE}:1",
        sent_ns=now_ns,
    )
    reached = Reached(supply="no_water", reason="r", accounts=tuple(f"A{n:06d}" for n in range(people)))
    async with ledger.begin() as tx:
        await tx.put(content)
        await tx.put(version)
        await tx.put(NoticeReach(id=version.id, notice=NOTICE, reached=(reached,)))
        await tx.emit(Event(kind=EventKind.NOTICE, subject=NOTICE, t_ns=now_ns))


async def _is_queued(ledger: SqlLedger, people: int) -> bool:
    async with ledger.read() as tx:
        mailing = await tx.get(Mailing, version_id(NOTICE, 1))
        if mailing is None or mailing.state is MailingState.PLANNING:
            return False
        counts = await tx.count(Letter, ("mailing",))
    assert sum(counts.values()) == people, "a letter each"
    return True


async def _is_out(ledger: SqlLedger) -> bool:
    async with ledger.read() as tx:
        return not await tx.count(Letter, ("mailing",), state=LetterState.QUEUED)


async def _until(true: Callable[[], Awaitable[bool]]) -> None:
    while True:
        if await true():
            return
        await asyncio.sleep(0.02)


async def _others(ledger: SqlLedger, waits: Waits) -> None:
    """What else is committed while the letters are queued."""
    while True:
        began = time.monotonic()
        async with ledger.begin() as tx:
            await tx.set_cursor("other", round(began * 1000))
        waits.ms.append((time.monotonic() - began) * 1000)
        await asyncio.sleep(0.02)


async def _end(tasks: Sequence[asyncio.Task[None]], ledger: SqlLedger) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await ledger.close()


def _gateway(told: Any) -> None:
    """Answers every request with a yes, over connections that are kept."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        said = b'{"c": 0}'
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                named = (line.lower().partition(b":") for line in head.split(b"\r\n"))
                length = next(int(value) for name, _, value in named if name == b"content-length")
                await reader.readexactly(length)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(said), said))
        except asyncio.IncompleteReadError:
            writer.close()

    async def work() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(work())
