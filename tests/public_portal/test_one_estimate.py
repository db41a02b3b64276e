"""One notice has one estimate, wherever and in whichever language somebody reads or hears it: the same range,
the same next update, overdue from the same moment on (ON-07, ON-22, HL-06)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from api.wire import parse_time, rfc3339
from core.model.account import Role
from core.model.incident import IncidentState
from response.sentences import LATE
from tests.public_portal.every_estimate import LANGS, House, Json, Told, at_work, minute
from tests.response import little_town as town

HOUR, MIN = town.HOUR, town.MIN
RANGE, NEXT = {"earliest", "latest"}, {"next"}
WHOLE = RANGE | NEXT
TELLS = {
    **dict.fromkeys(("page", "home", "area", "asked", "latest", "affected"), WHOLE),
    **dict.fromkeys(("atom", "rss", "calendar", "event", "geojson", "poster"), WHOLE),
    **dict.fromkeys(("web", "press", "desk", "card"), WHOLE),
    **dict.fromkeys(("headline", "sms", "template"), RANGE),
    "ivr": WHOLE,
    "wall": set[str](),
}
"""What each place has room for. A wall tells no time of which it could be wrong."""


FIGURES = {"latest", "affected", "geojson"}
"""For programs: when it is due, whether or not that has passed."""
PROMISES = {"zh": "下次通报", "en": "Next update"}
ASSESSED = {"zh": ("重新评估",), "en": ("assessed again", "new estimate", "overdue")}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with at_work(tmp_path) as house:
        yield house


class Estimate:
    """As the hub answers that it was published; every one that was."""

    def __init__(self) -> None:
        self.now: dict[str, int] = {}
        self.ever: set[int] = set()

    def published(self, notice: Json) -> None:
        names = {"earliest": "eta_earliest", "latest": "eta_latest", "next": "next_update"}
        self.now = {name: parse_time(notice[field]) for name, field in names.items()}
        self.ever |= {minute(t_ns) for t_ns in self.now.values()}

    def minutes(self, names: set[str]) -> set[int]:
        return {minute(self.now[name]) for name in names}


def same(found: Told, estimate: Estimate, *, late: bool = False) -> None:
    """Every place tells it, and none another."""
    assert {place for place, _ in found} == TELLS.keys()
    for (place, lang), said in found.items():
        wanted = estimate.minutes(TELLS[place])
        assert wanted <= said.times, (place, lang, said.text)
        assert not said.times & (estimate.ever - estimate.minutes(TELLS[place] | NEXT)), (place, lang)
        next_told(place, lang, said.text, late=late and TELLS[place] >= NEXT)


def next_told(place: str, lang: str, text: str, *, late: bool) -> None:
    """A promised update that did not come is owned up to, and promised no more."""
    if place not in FIGURES:
        assert (LATE.in_(lang) in text) is late, (place, lang, text)  # type: ignore[arg-type]
        assert not (late and PROMISES[lang] in text), (place, lang, text)


def overdue(found: Told, estimate: Estimate) -> None:
    for (place, lang), said in found.items():
        assert not said.times & (estimate.ever - estimate.minutes(NEXT)), (place, lang, said.text)
        if place != "wall":
            assert any(words in said.text for words in ASSESSED[lang]), (place, lang, said.text)
            next_told(place, lang, said.text, late=TELLS[place] >= NEXT)


async def flipped(house: House) -> bool:
    notice = await house.notice()
    return notice is not None and bool(notice["overdue"])


async def owned_up(house: House) -> bool:
    notice = await house.notice()
    return notice is not None and LATE.zh in notice["body"]["zh"]


async def test_one_estimate_on_every_page_from_the_draft_to_the_all_clear(house: House) -> None:
    estimate = Estimate()
    await town.report(house.utility.ledger, town.burst())
    draft = await house.until(house.notice, "a notice is drafted")
    await nobody_is_promised_a_draft(house, draft)

    house.clock.to(town.T0 + MIN)
    estimate.published(await house.publish(draft["id"]))
    await told_by_message(house, draft["id"], 1, estimate)
    same(await house.told(draft["id"]), estimate)
    house.clock.to(estimate.now["next"])
    same(await house.told(draft["id"]), estimate)
    house.clock.to(estimate.now["next"] + MIN)
    await house.until(lambda: owned_up(house), "the notice says that its update is late")
    same(await house.told(draft["id"]), estimate, late=True)
    house.clock.to(estimate.now["earliest"] + HOUR)
    same(await house.told(draft["id"]), estimate, late=True)

    house.clock.to(estimate.now["latest"] - 1)
    same(await house.told(draft["id"]), estimate, late=True)
    house.clock.to(estimate.now["latest"])
    await house.until(lambda: flipped(house), "the notice is overdue")
    overdue(await house.told(draft["id"]), estimate)
    await kept_as_said(house, draft["id"], 1, estimate)

    house.clock.to(estimate.now["latest"] + 20 * MIN)
    now_ns = house.clock.now_ns()
    anew = {"earliest": rfc3339(now_ns + 3 * HOUR), "latest": rfc3339(now_ns + 4 * HOUR)}
    await house.does(Role.OPERATOR, f"notices/{draft['id']}/updates", estimate=anew)
    estimate.published(await house.publish(draft["id"]))
    await told_by_message(house, draft["id"], 2, estimate)
    same(await house.told(draft["id"]), estimate)
    await kept_as_said(house, draft["id"], 2, estimate)

    back_ns = now_ns + HOUR
    await restored(house, draft["id"], back_ns)
    for (place, lang), said in (await house.told(draft["id"])).items():
        assert not said.times & (estimate.ever - {minute(back_ns)}), (place, lang, said.text)
        assert place == "wall" or minute(back_ns) in said.times, (place, lang, said.text)


async def nobody_is_promised_a_draft(house: House, draft: Json) -> None:
    promised = {minute(parse_time(draft[name])) for name in ("eta_earliest", "eta_latest")}
    assert (await house.publisher.publish()).notices == ()
    card = await house.does(Role.HOTLINE, "hotline/card", account="A000031")
    assert card["back"]["when"] == "not_published"
    for lang in LANGS:
        aloud = house.said("\n".join(one[lang] for one in (card["words"], *card["script"]["say"])), lang)
        assert not aloud.times & promised


async def told_by_message(house: House, id: str, version: int, estimate: Estimate) -> None:
    sent = await house.letters(f"{id}.{version}")
    assert sent.keys() == set(LANGS)
    for lang, one in sent.items():
        said = house.said(" ".join(one["params"].values()), lang)
        assert said.times == estimate.minutes(RANGE), one
        assert (one["template"], one["params"]["number"]) == (f"SMS_{lang.upper()}", id)


async def kept_as_said(house: House, id: str, version: int, estimate: Estimate) -> None:
    """What is signed does not change; CAP says by itself until when it holds."""
    cap, statement = await house.kept(id, version)
    for said in (cap, statement):
        assert estimate.minutes(WHOLE) <= said.times
    (expires,) = {line.split(">")[1].split("<")[0] for line in cap.text.split("\n") if "<expires>" in line}
    assert parse_time(expires) == max(estimate.now["latest"], estimate.now["next"])


async def restored(house: House, id: str, back_ns: int) -> None:
    house.clock.to(back_ns + 20 * MIN)
    over = replace(town.burst(IncidentState.RESTORED), back_ns=back_ns)
    await town.report(house.utility.ledger, over)

    async def drafted() -> bool:
        notice = await house.notice()
        pending = notice["pending"] if notice else None
        return pending is not None and pending["change"] == "restored"

    await house.until(drafted, "that water is back is drafted")
    await house.does(Role.DUTY_MANAGER, f"notices/{id}/restore")
    sent = await house.letters(f"{id}.3")
    for lang, one in sent.items():
        assert house.said(" ".join(one["params"].values()), lang).times == {minute(back_ns)}, one
