"""F-17, inside: a letter becomes a report once, whatever is killed; what is none is kept with its reason."""

import base64
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.clock import Anchor
from core.model.event import EventKind
from core.model.letterbox import FetchedLetter, Outcome, WebReport
from core.model.report import Channel, Report, Symptom
from core.model.service import Service
from core.model.tracking import fresh_token, key_of
from core.model.work_order import Origin, WorkOrder
from core.runtime.clock import AnchoredClock
from core.runtime.health import Health
from public_portal import fetching
from public_portal.fetching import LetterFetch
from public_portal.letter_seal import public_half, sealed
from response.orders.catalogue import services
from response.service_times import CN_DEFAULT
from tests.ledgers import ledger_in
from tests.persons import vault_in
from tests.public_portal import samples
from tests.public_portal.letter_town import FORM, KEY, LetterTown, letter_town
from tests.response import little_town as town

TO = public_half(KEY)


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[LetterTown]:
    with letter_town(tmp_path / "portal") as made:
        yield made


class Inside:
    """The hub's end, on a ledger of its own; `again` is a hub that has started anew."""

    def __init__(self, ledger: SqlLedger, folder: Path, portal: LetterTown) -> None:
        self.ledger, self.folder, self.portal = ledger, folder, portal
        self.clock = AnchoredClock(Anchor(time.time_ns(), samples.NOW, 1.0))
        self.health, self.now_s = Health(), 0.0
        self.fetch = self.again()

    def again(self) -> LetterFetch:
        self.fetch = LetterFetch(
            self.portal.hub(),
            KEY,
            self.ledger,
            vault_in(self.folder),
            town.plant(),
            CN_DEFAULT,
            self.clock,
            self.health,
            now_s=lambda: self.now_s,
        )
        return self.fetch

    def told(self, **changed: object) -> bytes:
        fields = {
            "token": fresh_token(),
            "symptom": Symptom.NO_WATER,
            "address": "人民路44号",
            "sent_ns": self.clock.now_ns(),
        }
        return msgspec.json.encode(WebReport(**{**fields, **changed}))  # type: ignore[arg-type]

    async def every(self, kind: type) -> list:  # type: ignore[type-arg]
        async with self.ledger.read() as tx:
            return await tx.find(kind)

    def standing(self) -> set[str]:
        return {one.id for one in self.health.standing()}


@pytest.fixture
async def inside(tmp_path: Path, portal: LetterTown) -> AsyncIterator[Inside]:
    ledger = await ledger_in(tmp_path)
    yield Inside(ledger, tmp_path, portal)
    await ledger.close()


async def test_a_letter_becomes_what_an_agent_would_have_put_down(inside: Inside) -> None:
    assert await inside.fetch.look() == 0
    assert inside.portal.citizen.post("/report", data=FORM | {"area": ""}).status_code == 200
    assert await inside.fetch.look() == 1
    (report,), (order,) = await inside.every(Report), await inside.every(WorkOrder)
    assert (report.channel, report.symptom, report.taken_by) == (Channel.WEB, Symptom.NO_WATER, None)
    assert (report.address, report.text) == (FORM["address"], FORM["text"])
    assert (report.street, report.zone) == ("s-1", "dma-01"), "of the address"
    assert (report.account, report.person, report.wants_update) == (None, None, False)
    assert report.work_order == order.id and order.origin is Origin.REPORT and order.reports == 1
    assert (await inside.ledger.events(0))[-1].kind in (EventKind.REPORT, EventKind.WORK_ORDER)
    (kept,) = await inside.every(FetchedLetter)
    assert (kept.outcome, kept.report, kept.opened) == (Outcome.TAKEN, report.id, True)
    assert kept.code == key_of(report.token) and kept.sealed is None
    assert inside.portal.lying() == [] and inside.fetch.facts.taken == 1


async def test_killed_before_the_commit_it_comes_again_and_after_it_stands_once(inside: Inside) -> None:
    await inside.fetch.look()
    inside.portal.citizen.post("/report", data=FORM)
    hub = inside.portal.hub()
    ((_, letter),) = (await hub.waiting(9)).letters  # fetched, and killed before anything stands
    await hub.close()
    assert await inside.every(Report) == [] and len(inside.portal.lying()) == 1
    await inside.again().take(letter)  # committed, and killed before it is let go of
    assert len(await inside.every(Report)) == 1 and len(inside.portal.lying()) == 1
    assert await inside.again().look() == 1
    assert len(await inside.every(Report)) == 1 and inside.portal.lying() == []


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda own, _: b"rubbish", "not_a_letter"),
        (lambda own, _: sealed(own.told(), public_half(bytes(range(32)))), "another_key"),
        (lambda own, _: sealed(own.told(), TO)[:-1] + b"x", "tampered"),
        (lambda own, _: sealed(b"{}", TO), "no_report"),
        (lambda own, _: sealed(b"\xff", TO), "no_report"),
        (lambda own, _: sealed(own.told(symptom=Symptom.OTHER), TO), "no_report"),
        (lambda own, _: sealed(own.told(address="街" * 101), TO), "no_report"),
        (lambda own, _: sealed(own.told(text="字" * 501), TO), "no_report"),
        (lambda own, _: sealed(own.told(address="人民路\u202e44号"), TO), "no_report"),
        (lambda own, _: sealed(own.told(text="\x1b[31m\x00"), TO), "no_report"),
        (lambda own, _: sealed(own.told(token="RPT-1"), TO), "no_report"),
        (lambda own, _: sealed(own.told(sent_ns=own.clock.now_ns() - 31 * 24 * town.HOUR), TO), "too_old"),
        (lambda own, _: sealed(own.told(sent_ns=own.clock.now_ns() + 2 * town.HOUR), TO), "too_old"),
        (lambda own, _: sealed(own.told(zone="dma-77"), TO), "no_such_area"),
        (lambda own, token: sealed(own.told(token=token), TO), "code_used"),
    ],
)  # fmt: skip
async def test_what_is_no_report_is_kept_with_its_reason(inside: Inside, make, why: str) -> None:
    token = fresh_token()
    await inside.fetch.take(sealed(inside.told(token=token), TO))
    letter = make(inside, token)
    inside.portal.letters.mkdir(parents=True, exist_ok=True)
    await inside.fetch.take(letter)
    await inside.fetch.take(letter)
    assert len(await inside.every(Report)) == 1
    (refused,) = (one for one in await inside.every(FetchedLetter) if one.outcome is Outcome.REFUSED)
    assert refused.why == why and base64.b64decode(refused.sealed or "") == letter
    assert inside.fetch.facts.refused == {why: 1}
    await inside.fetch.look()
    assert "letters_refused" in inside.standing()


async def test_of_what_was_refused_the_newest_are_kept(inside: Inside, monkeypatch) -> None:
    monkeypatch.setattr(fetching, "KEPT_REFUSED", 3)
    for n in range(5):
        await inside.fetch.take(b"rubbish %d" % n)
    kept = sorted(base64.b64decode(one.sealed) for one in await inside.every(FetchedLetter))
    assert kept == [b"rubbish 2", b"rubbish 3", b"rubbish 4"]


async def test_strangers_open_so_many_orders_an_hour_and_the_rest_is_kept_and_told(
    inside: Inside, monkeypatch
) -> None:
    monkeypatch.setattr(fetching, "ORDERS_AN_HOUR", 2)
    for n in range(4):
        await inside.fetch.take(sealed(inside.told(address=f"无名路{n}号"), TO))
    assert len(await inside.every(WorkOrder)) == 2
    reports = await inside.every(Report)
    assert len(reports) == 4 and sum(one.work_order is None for one in reports) == 2
    await inside.fetch.look()
    assert "letters_many" in inside.standing()


async def test_a_service_that_is_out_of_use_loses_no_report(inside: Inside) -> None:
    async with inside.ledger.begin() as tx:
        row = (await services(tx))["no_water"]
        await tx.put(replace(row, active=False))
    assert isinstance(row, Service)
    await inside.fetch.take(sealed(inside.told(), TO))
    (report,) = await inside.every(Report)
    assert report.channel is Channel.WEB and await inside.every(WorkOrder) == []


async def test_a_letterbox_that_is_away_is_told_after_a_minute_and_forgotten_when_it_is_back(
    inside: Inside,
) -> None:
    there, inside.portal.url = inside.portal.url, "http://127.0.0.1:9"
    fetch = inside.again()
    assert await fetch.look() == 0 and inside.standing() == set()
    inside.now_s = 61.0
    assert await fetch.look() == 0 and inside.standing() == {"letterbox_away"}
    inside.portal.url = there
    await inside.again().look()
    assert inside.standing() == set()


def test_an_account_is_never_guessed_from_an_address() -> None:
    report = WebReport(token=fresh_token(), symptom=Symptom.ODOUR, address="人民路2号3栋1室", sent_ns=town.T0)
    told = fetching.told_of(report, town.plant(), town.T0, order=False)
    assert told.account is None and told.street == "s-1"
    elsewhere = replace(report, address="无名路1号", zone="dma-02")
    told = fetching.told_of(elsewhere, town.plant(), town.T0, order=False)
    assert (told.street, told.zone) == (None, "dma-02")
