"""ON-02, ON-09: that water is back is read as it goes out, and counted, before anybody says it."""

import re
from pathlib import Path

from core.model.account import Role
from core.model.incident import Incident, IncidentKind, IncidentState
from core.model.notice import Change, Notice, NoticeState
from core.model.text import Text
from tests.api.test_deliveries import House, house_at
from tests.response.post_office import NOTICE, person, phone

PATH = f"/api/v1/notices/{NOTICE}"
MESSAGES, PAGE = f"{PATH}/messages?over=restored", f"{PATH}/renderings?over=restored"


async def published(house: House) -> None:
    """Five accounts were told, of whom one person has another's as well, and one nobody to tell."""
    people = [one for n in range(1, 4) for one in person(n, f"A{n}", phone=phone(n))]
    await house.post.people([*people, *person(4, "A4", email="four@example.org")])
    await house.post.done(await house.post.publish(["A1", "A2", "A4", "A5"], weak=["A3"]))


async def incident(house: House, state: IncidentState) -> None:
    now_ns = house.post.clock.now_ns()
    async with house.post.ledger.begin() as tx:
        await tx.put(
            Incident(
                id="INC-1",
                kind=IncidentKind.BURST,
                state=state,
                opened_ns=now_ns,
                zone="dma-01",
                title=Text("爆管", "Burst"),
            )
        )


def timeless(text: str) -> str:
    """A minute may pass between the one and the other."""
    return re.sub(r"\d\d:\d\d", "", text)


async def test_what_is_read_before_water_is_back_is_what_is_then_published_and_sent(tmp_path: Path) -> None:
    async with house_at(tmp_path) as house, house.hub.as_(Role.DUTY_MANAGER) as manager:
        await published(house)
        seen = (await manager.get(MESSAGES)).json()
        page = (await manager.get(PAGE)).json()
        assert seen["version"] == page["version"] == 2
        assert [one["item"] for one in page["lacks"]] == ["recovery_missing"], "no incident says so"
        messages = seen["messages"]
        assert (messages["accounts"], messages["people"], messages["nobody"]) == (5, 4, 1)
        told = {(one["channel"], of["told"], of["supply"]) for one in messages["sent"] for of in one["of"]}
        assert told == {
            ("sms", "restored", "no_water"),
            ("sms", "restored", "low_pressure"),
            ("email", "restored", "no_water"),
        }
        async with house.post.ledger.read() as tx:
            head = await tx.get(Notice, NOTICE)
        assert head.state is NoticeState.PUBLISHED and head.version == 1, "it was looked at, no more"
        for nothing in ({}, {"reason": " "}):
            refused = await manager.post(f"{PATH}/restore", json=nothing)
            assert (refused.status_code, refused.json()["missing"]) == (422, page["lacks"])
        assert (await manager.post(f"{PATH}/restore", json={"reason": "现场已通水"})).is_success
        await house.post.done(f"{NOTICE}.2")
        letters = await house.post.letters(f"{NOTICE}.2")
        stands = (await manager.get(f"{PATH}/renderings")).json()
    assert len(letters) == messages["people"]
    for lang in ("zh", "en"):
        assert timeless(stands["web"][lang]) == timeless(page["web"][lang])


async def test_what_cannot_be_said_now_is_told_before_it_is_asked_for(tmp_path: Path) -> None:
    async with house_at(tmp_path) as house, house.hub.as_(Role.DUTY_MANAGER) as manager:
        await published(house)
        await incident(house, IncidentState.CONFIRMED)
        assert [one["item"] for one in (await manager.get(PAGE)).json()["lacks"]] == ["recovery_missing"]
        await incident(house, IncidentState.RESTORED)
        refused = [one["item"] for one in (await manager.get(PAGE)).json()["lacks"]]
        told = await manager.post(f"{PATH}/restore", json={})
    assert refused == ([] if told.is_success else [told.json()["missing"][0]["item"]])


async def test_what_is_over_has_no_end_to_be_read_and_a_regulator_reads_none(tmp_path: Path) -> None:
    async with (
        house_at(tmp_path) as house,
        house.hub.as_(Role.DUTY_MANAGER) as manager,
        house.hub.as_(Role.REGULATOR) as regulator,
    ):
        await published(house)
        for path in (MESSAGES, PAGE, f"{PATH}/messages"):
            assert (await regulator.get(path)).status_code == 404
        assert (await manager.get(f"{PATH}/messages?over=withdrawn")).json()["messages"]["people"] == 4
        await house.post.done(await house.post.publish([], Change.RESTORED, state=NoticeState.RESTORED))
        refused = await manager.get(MESSAGES)
    assert (refused.status_code, refused.json()["reason"]) == (409, "illegal_state")


async def test_of_what_is_published_the_messages_are_those_that_went_and_none_where_none_did(
    tmp_path: Path,
) -> None:
    async with house_at(tmp_path) as house, house.hub.as_(Role.DUTY_MANAGER) as manager:
        await published(house)
        first = (await manager.get(f"{PATH}/messages")).json()
        assert (first["version"], first["went"], first["messages"]["people"]) == (1, True, 4)
        same = {"weak": ["A3"]}
        await house.post.done(await house.post.publish(["A1", "A2", "A4", "A5"], Change.UPDATE, **same))
        quiet = (await manager.get(f"{PATH}/messages")).json()
        assert (quiet["version"], quiet["messages"]["people"], quiet["messages"]["sent"]) == (2, 0, [])
        over = {"weak": ["A3"], "state": NoticeState.RESTORED}
        await house.post.done(await house.post.publish(["A1", "A2", "A4", "A5"], Change.RESTORED, **over))
        last = (await manager.get(f"{PATH}/messages")).json()
    assert (last["version"], last["went"], last["messages"]["people"]) == (3, True, 4)
    told = {
        (one["channel"], of["told"], of["supply"]) for one in last["messages"]["sent"] for of in one["of"]
    }
    assert told == {
        ("sms", "restored", "no_water"),
        ("sms", "restored", "low_pressure"),
        ("email", "restored", "no_water"),
    }


async def test_in_an_exercise_it_says_that_nothing_is_sent(tmp_path: Path) -> None:
    async with house_at(tmp_path, exercise=True) as house, house.hub.as_(Role.DUTY_MANAGER) as manager:
        await house.post.people(person(1, "A1", phone=phone(1)))
        id = await house.post.publish(["A1"])
        await house.post.done(id)
        messages = (await manager.get(MESSAGES)).json()["messages"]
    assert (messages["exercise"], messages["people"]) == (True, 1)
