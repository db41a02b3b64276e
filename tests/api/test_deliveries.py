"""Messages to customers through the interface: what providers report, what people read and send again."""

import asyncio
import hashlib
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest

from api.wire import rfc3339
from core.model.account import Role, User
from core.model.incident import IncidentState
from core.model.mailing import LetterState
from core.model.notice import Change, Site
from core.model.report import Symptom
from response.delivery.room import Delivering
from tests.api import hub_at_work as hubs
from tests.response import little_town as town
from tests.response.post_office import Post, person, phone, post_office
from tests.response.test_delivery_later import NIGHT_NS
from tests.servers.wechat import TOKEN


@dataclass
class House:
    hub: hubs.Hub
    post: Post

    @property
    def receipts(self) -> str:
        return f"{self.hub.url}/api/v1/receipts"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with house_at(tmp_path) as house:
        yield house


@asynccontextmanager
async def house_at(tmp_path: Path, *, exercise: bool = False, **more: object) -> AsyncIterator[House]:
    async with post_office(tmp_path, **more) as post:  # type: ignore[arg-type]
        post.file = post.file.model_copy(update={"exercise": exercise})
        post.started()
        async with post.ledger.begin() as tx:
            await tx.put_many(User(id=role, role=role, password_hash=hubs._QUICK) for role in Role)
        (tmp_path / "hub").mkdir()
        async with hubs.hub_at_work(
            tmp_path / "hub",
            ledger=post.ledger,
            vault=post.vault,
            clock=post.clock,
            delivering=Delivering(post.file, post.service, post.receipts),
        ) as hub:
            yield House(hub, post)


async def published(house: House) -> str:
    await house.post.people(
        [
            *person(1, "A1", phone=phone(1)),
            *person(2, "A2", wechat="o-2"),
            *person(3, "A3", phone=phone(3)),
            *person(4, "A4", phone=phone(4)),
        ]
    )
    id = await house.post.publish(["A1", "A2", "A3", "A4", "A5"])
    await house.post.done(id)
    return id


async def test_providers_reports_are_taken_when_they_are_signed(house: House) -> None:
    """ON-23: delivery reports of SMS, TEMPLATESENDJOBFINISH of WeChat."""
    post, id = house.post, await published(house)
    letters = await post.letters(id)
    one, two = letters["P0001"].receipt, letters["P0002"].receipt
    by_wechat = f"{house.receipts}/wechat"
    assert await asyncio.to_thread(post.sms.report, f"{house.receipts}/sms", one, "DELIVRD", "wrong") == 403
    assert await asyncio.to_thread(post.wechat.finished, by_wechat, two, token="wrong") == 403
    assert await asyncio.to_thread(post.sms.report, f"{house.receipts}/email", one, "DELIVRD") == 404
    assert (await post.letters(id))["P0001"].state is LetterState.SENT
    assert await asyncio.to_thread(post.sms.report, f"{house.receipts}/sms", one, "DELIVRD") == 200
    assert await asyncio.to_thread(post.wechat.finished, by_wechat, two) == 200
    letters = await post.letters(id)
    assert letters["P0001"].state is letters["P0002"].state is LetterState.DELIVERED


async def test_wechat_hears_that_the_address_is_the_accounts_own_and_no_stranger_does(house: House) -> None:
    stamp = str(int(time.time()))
    signed = hashlib.sha1("".join(sorted((TOKEN, stamp, "n"))).encode()).hexdigest()
    query = {"signature": signed, "timestamp": stamp, "nonce": "n", "echostr": "52"}
    async with house.hub.as_(None) as client:
        answer = await client.get(f"{house.receipts}/wechat", params=query)
        assert (answer.status_code, answer.text) == (200, "52")
        answer = await client.get(f"{house.receipts}/wechat", params={**query, "signature": "0"})
        assert answer.status_code == 403 and "52" not in answer.text


async def test_what_went_out_is_read_in_counts_and_no_address_is_in_any_answer(house: House) -> None:
    house.post.sms.answers += ["MOBILE"]
    id = await published(house)
    texts = []
    async with house.hub.as_(Role.DUTY_MANAGER) as client:
        for path in ("deliveries", f"deliveries/{id}", f"deliveries/{id}/dead-letters", "promises"):
            answer = await client.get(f"/api/v1/{path}")
            assert answer.status_code == 200
            texts.append(answer.text)
        (mailing,) = (await client.get("/api/v1/deliveries")).json()["items"]
        (dead,) = (await client.get(f"/api/v1/deliveries/{id}/dead-letters")).json()["items"]
    assert (mailing["states"], mailing["nobody"]) == ({"sent": 3, "failed": 1}, 1)
    assert mailing["by_channel"] == {"sms": {"sent": 2, "failed": 1}, "wechat": {"sent": 1}}
    assert dead["tries"][0]["outcome"] == "refused"
    assert not any(phone(n) in text for n in range(1, 5) for text in texts)


async def every_count_is_made_of_rows(client: httpx.AsyncClient, mailing: dict) -> list[dict]:
    """What the page shows of a mailing, number by number; its rows of people who were written to."""
    path = f"/api/v1/deliveries/{mailing['id']}"

    async def rows(what: str, **asked: object) -> list[dict]:
        """Page by page, two at a time."""
        found: list[dict] = []
        page: dict[str, object] = {"limit": 2}
        while page:
            answer = await client.get(f"{path}/{what}", params=asked | page)
            assert answer.status_code == 200, answer.text
            found += answer.json()["items"]
            after = answer.json()["next"]
            page = {"limit": 2, "after": after} if after else {}
        return found

    for state, n in mailing["states"].items():
        assert len(await rows("letters", state=state)) == n
    for channel, states in mailing["by_channel"].items():
        for state, n in states.items():
            assert len(await rows("letters", state=state, channel=channel)) == n
    untold = Counter(row["why"] for row in await rows("untold"))
    nobody = {"no_channel": mailing["nobody"]} if mailing["nobody"] else {}
    assert untold == nobody | mailing["silent"]
    letters = await rows("letters")
    held = Counter(row["held"] for row in letters)
    assert held["night"] == mailing["withheld"].get("night", 0)
    return letters


async def test_every_number_of_a_mailing_is_made_of_rows_for_who_may_see_them(house: House) -> None:
    house.post.sms.answers += ["MOBILE"]
    id = await published(house)
    again = await house.post.publish(["A1", "A2", "A3", "A4", "A5"], Change.UPDATE)
    await house.post.done(again)
    async with house.hub.as_(Role.DUTY_MANAGER) as client:
        second, first = (await client.get("/api/v1/deliveries")).json()["items"]
        assert first["withheld"] == {"no_channel": 1, "dead": 1}
        assert second["silent"] == {"estimate_stands": 3}
        letters = await every_count_is_made_of_rows(client, first)
        await every_count_is_made_of_rows(client, second)
        pages = [await client.get(f"/api/v1/deliveries/{again}/untold", params={"limit": 2})]
        while after := pages[-1].json()["next"]:
            pages.append(await client.get(f"/api/v1/deliveries/{again}/untold", params={"after": after}))
        listed = [row["account"] for page in pages for row in page.json()["items"]]
        assert len(listed) == len(set(listed)) == 4
    assert {row["account"]: row["supply"] for row in letters} == dict.fromkeys(
        ("A1", "A2", "A3", "A4"), "no_water"
    )
    assert not any(phone(n) in str(letters) for n in range(1, 5))
    async with house.hub.as_(Role.OPERATOR) as client:
        for what in ("letters", "untold"):
            assert (await client.get(f"/api/v1/deliveries/{id}/{what}")).status_code == 403


async def test_what_waits_for_the_morning_is_told_as_withheld(tmp_path: Path) -> None:
    async with house_at(tmp_path, at_ns=NIGHT_NS) as house:
        await published(house)
        id = await house.post.publish([], Change.RESTORED)
        async with house.hub.as_(Role.HOTLINE) as client:
            async with asyncio.timeout(30):
                while (shown := (await client.get(f"/api/v1/deliveries/{id}")).json())["state"] != "sending":
                    await asyncio.sleep(0.02)
            assert shown["withheld"] == {"night": 4}
            letters = await every_count_is_made_of_rows(client, shown)
            assert {row["held"] for row in letters} == {"night"}


async def test_whom_a_version_speaks_of_is_told_with_weak_water_apart(house: House) -> None:
    await house.post.people(person(1, "A1", phone=phone(1)))
    id = await house.post.publish(["A1"], accounts_affected=31, accounts_weak=7)
    await house.post.done(id)
    async with house.hub.as_(Role.VIEWER) as client:
        shown = (await client.get(f"/api/v1/deliveries/{id}")).json()
    assert (shown["accounts_affected"], shown["accounts_weak"]) == (31, 7)
    assert shown["connections_low_pressure"] is None, "what the public is told: none below ten"


async def test_a_dead_letter_is_sent_again_once_however_often_the_button_is_sent(house: House) -> None:
    house.post.sms.answers += ["TEMPLATE"] * 3
    id = await published(house)
    key = {"Idempotency-Key": "again-1"}
    async with house.hub.as_(Role.DUTY_MANAGER) as client:

        async def again(**more: object) -> httpx.Response:
            return await client.post(f"/api/v1/deliveries/{id}/retry", json={}, **more)  # type: ignore[arg-type]

        answers = await asyncio.gather(*(again(headers=key) for _ in range(3)))
        assert [answer.json() for answer in answers] == [{"queued": 3}] * 3
        await house.post.done(id)
        assert len(house.post.sms.sent) == 3
        refused = await again()
        assert refused.status_code == 409 and refused.json()["reason"] == "not_failed"
        missing = await client.post("/api/v1/deliveries/none/retry", json={})
        assert missing.status_code == 404
    async with house.hub.as_(Role.QUALITY_OFFICER) as client:
        assert (await again_as(client, id)).status_code == 403, "this notice is none of water quality"


async def again_as(client: httpx.AsyncClient, id: str) -> httpx.Response:
    return await client.post(f"/api/v1/deliveries/{id}/retry", json={})


async def test_a_promise_that_nobody_keeps_is_listed(house: House) -> None:
    """HL-14: the signal is back, and nobody has published it."""
    post = house.post
    await published(house)
    await post.called("A1")
    back_ns = post.clock.now_ns()
    restored = replace(town.burst(IncidentState.RESTORED, id="INC-1"), back_ns=back_ns)
    await town.report(post.ledger, restored)
    notice = (await post.mailing("NTC-20261123-00001.1")).bulletin  # type: ignore[union-attr]
    assert notice.incident == "INC-1"
    async with house.hub.as_(Role.HOTLINE) as client:
        owed = (await client.get("/api/v1/promises")).json()
        [waits] = owed["incidents"]
        assert (waits["incident"], waits["callers"]) == ("INC-1", 1)
        assert waits["back"] == rfc3339(back_ns), "the ten minutes that were promised are told from here"
        await post.done(await post.publish([], Change.RESTORED))
        owed = (await client.get("/api/v1/promises")).json()
        assert owed == {"letters": [], "incidents": []}


async def test_on_08_who_is_not_affected_after_all_is_not_counted_as_told_that_water_is_back(
    house: House,
) -> None:
    post = house.post
    await post.people([one for n in range(1, 5) for one in person(n, f"A{n}", phone=phone(n))])
    await post.done(await post.publish(["A1", "A2", "A3", "A4"], site=Site.ORGANISED))
    shut = await post.publish(["A1"], Change.UPDATE, moved=True, site=Site.SHUT, parted=True)
    await post.done(shut)
    await post.done(await post.publish(["A1"], Change.RESTORED, site=Site.RETURNING, parted=True))
    async with house.hub.as_(Role.DUTY_MANAGER) as client:
        over, second, first = (await client.get("/api/v1/deliveries")).json()["items"]
        letters = (await client.get(f"/api/v1/deliveries/{shut}/letters")).json()["items"]
    assert first["changes"] == {"first": 4}
    assert second["changes"] == {"update": 1, "spared": 3} == Counter(one["change"] for one in letters)
    assert over["changes"] == {"restored": 1}


async def test_hl_14_who_reported_no_water_and_is_left_out_is_listed_as_not_told_yet(house: House) -> None:
    post = house.post
    await post.people([one for n in range(1, 3) for one in person(n, f"A{n}", phone=phone(n))])
    await post.called("A2", symptom=Symptom.NO_WATER)
    await post.done(await post.publish(["A1", "A2"], site=Site.ORGANISED))
    await post.done(await post.publish(["A1"], Change.UPDATE, moved=True, site=Site.SHUT, parted=True))
    async with house.hub.as_(Role.DUTY_MANAGER) as client:
        second, _ = (await client.get("/api/v1/deliveries")).json()["items"]
        assert second["silent"] == {"reported": 1}
        await every_count_is_made_of_rows(client, second)
