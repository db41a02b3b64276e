"""ON-02, ON-25: what a preview shows and counts is what goes out, to as many, in the same words."""

from collections import Counter

import pytest

from core.model.notice import Change, Site, Status
from core.model.notice_version import NoticeReach, NoticeVersion, Reached, VersionState
from response.delivery.as_sent import filled, signed
from response.delivery.foreseen import Foreseen, foreseen
from response.delivery.planning import Planner
from tests.response import little_town as town
from tests.response.post_office import NOTICE, Post, person, phone, sms_channel, version_of
from tests.response.test_delivery import post as post
from tests.servers.sms_gateway import SmsGateway

ZH = "【清河水务】${area}${matter}，${when}。详情 https://w.cn/n/${number} 热线96xxx"
EN = "(Qinghe) ${area}: ${matter}, ${when_1} ${when_2}. https://w.cn/n/${number}"
VARIABLES = {name: name for name in ("number", "area", "matter", "when")}
HALVES = {name: name for name in ("number", "area", "matter", "when_1", "when_2")}
TEMPLATES = [
    {"id": "SMS_ZH", "lang": "zh", "text": ZH, "variables": VARIABLES},
    {"id": "SMS_EN", "lang": "en", "text": EN, "variables": HALVES},
]


def registered(post: Post) -> None:
    sms = sms_channel(post.sms.port, templates=TEMPLATES)
    channels = [one.model_dump() for one in post.file.channels if one.id != "sms"]
    post.file = type(post.file).model_validate({"channels": [channels[0], sms, *channels[1:]]})


async def looked(
    post: Post, affected: list[str], change: Change, *, weak: tuple[str, ...] = (), **more: object
) -> Foreseen:
    """As `post.publish` would publish it, before it does."""
    moved = bool(more.pop("moved", False))
    async with post.ledger.read() as tx:
        earlier = await tx.find(NoticeVersion, notice=NOTICE, state=VersionState.PUBLISHED)
        said = version_of(len(earlier) + 1, change, post.clock.now_ns(), moved=moved, **more)
        parts = (("no_water", tuple(affected)), ("low_pressure", weak))
        reached = tuple(Reached(supply=name, reason="isolated", accounts=ids) for name, ids in parts)
        reach = NoticeReach(id=said.id, notice=NOTICE, reached=reached)
        planner = Planner(post.file, post.vault, post.ledger, post.clock)
        return await foreseen(tx, planner, post.file, town.plant(), said, reach)


async def same(post: Post, seen: Foreseen, id: str) -> None:
    """As many by each channel."""
    letters = await post.letters(id)
    assert seen.people == len(letters)
    counted = Counter(one.channel for one in letters.values())
    by_channel = Counter[str]()
    for one in seen.sent:
        by_channel[one.channel.id] += sum(one.people.values())
    assert by_channel == counted


def arrived(gateway: SmsGateway, since: int) -> Counter[str]:
    texts = {"SMS_ZH": ZH, "SMS_EN": EN}
    return Counter(filled(texts[one["template"]], one["params"]) for one in gateway.sent[since:])


def shown(seen: Foreseen) -> Counter[str]:
    found = Counter[str]()
    for one in seen.sent:
        if one.channel.id == "sms":
            for lang, n in one.people.items():
                found[one.texts[lang].text] += n
    return +found


async def test_what_is_shown_before_is_what_goes_out_of_every_version(post: Post) -> None:
    registered(post)
    await post.people(
        [
            *(one for n in range(1, 5) for one in person(n, f"A{n}", phone=phone(n))),
            *person(5, "A5", phone=phone(5), language="en"),
            *person(6, "A6", "A7", phone=phone(6)),
            *person(8, "A8", email="eight@example.org"),
            *person(9, "A9"),
        ]
    )
    await post.called(phone=phone(77))
    post.started()
    here, weak = ["A1", "A2", "A5", "A6", "A8", "A9"], ("A3", "A7")
    steps = (
        (here, weak, Change.FIRST, {"site": Site.ORGANISED}),
        (["A1", "A4"], ("A5",), Change.UPDATE, {"moved": True, "site": Site.SHUT, "parted": True}),
        (["A1", "A4"], ("A5",), Change.RESTORED, {"site": Site.RETURNING, "parted": True}),
    )
    for affected, low, change, more in steps:
        since = len(post.sms.sent)
        seen = await looked(post, affected, change, weak=low, **more)
        id = await post.publish(affected, change, weak=low, **more)  # type: ignore[arg-type]
        mailing = await post.done(id)
        await same(post, seen, id)
        assert (seen.accounts, seen.nobody) == (mailing.accounts, mailing.nobody)
        assert shown(seen) == arrived(post.sms, since), change


async def test_those_without_water_those_with_weak_water_and_those_released_are_shown_apart(
    post: Post,
) -> None:
    registered(post)
    await post.people([one for n in range(1, 4) for one in person(n, f"A{n}", phone=phone(n))])
    post.started()
    await post.done(await post.publish(["A1", "A3"], weak=["A2"], site=Site.ORGANISED))
    seen = await looked(post, ["A1"], Change.UPDATE, weak=("A2",), moved=True, site=Site.SHUT, parted=True)
    told = [(one.told, one.supply) for sent in seen.sent for one in sent.of]
    assert told == [("spared", "no_water"), ("update", "no_water"), ("update", "low_pressure")]
    assert len({sent.texts["zh"].text for sent in seen.sent}) == 3
    assert [sum(sent.people.values()) for sent in seen.sent] == [1, 1, 1]
    assert all(sent.texts["zh"].text.startswith("【清河水务】") for sent in seen.sent)
    assert all(f"https://w.cn/n/{NOTICE}" in sent.texts["zh"].text for sent in seen.sent)


@pytest.mark.parametrize("whole", [True, False])
async def test_of_an_exercise_every_text_says_so_and_so_does_what_is_kept(post: Post, whole: bool) -> None:
    """ON-42: of the whole hub's, or of the notice's own; a registered template has no place for it."""
    registered(post)
    post.file = post.file.model_copy(update={"exercise": whole})
    status = Status.ACTUAL if whole else Status.EXERCISE
    people = (person(1, "A1", phone=phone(1)), person(2, "A2", wechat="o2"))
    await post.people([one for rows in (*people, person(3, "A3", email="c@example.org")) for one in rows])
    post.started()
    seen = await looked(post, ["A1", "A2", "A3"], Change.FIRST, status=status)
    texts = {one.channel.id: one.texts for one in seen.sent}
    assert texts.keys() == {"sms", "wechat", "email"}
    assert texts["sms"]["zh"].text.startswith("【清河水务】【演练】")
    assert texts["sms"]["en"].text.startswith("(Qinghe) EXERCISE: ")
    for text in (texts["wechat"], texts["email"]):
        assert text["zh"].text.startswith("【演练】")
    assert texts["email"]["en"].text.startswith("EXERCISE: ")
    mailing = await post.done(await post.publish(["A1", "A2", "A3"], status=status))
    assert mailing.bulletin.status is Status.EXERCISE


async def test_nothing_is_written_by_looking(post: Post) -> None:
    await post.people(person(1, "A1", phone=phone(1)))
    before = await post.ledger.last_event()
    await looked(post, ["A1"], Change.FIRST)
    assert (await post.letters(), await post.ledger.last_event()) == ({}, before)


@pytest.mark.parametrize(
    ("text", "arrives"),
    [
        ("${a}停水", "城东停水"),
        ("{a}停水", "城东停水"),
        ("区域：{{a.DATA}}", "区域：城东"),
        ("${b}", "${b}"),
        ("", "城东"),
    ],
)
def test_a_template_is_filled_as_providers_write_their_places(text: str, arrives: str) -> None:
    assert filled(text, {"a": "城东"}) == arrives


def test_what_the_provider_signs_by_itself_is_shown_signed_and_never_twice() -> None:
    assert signed("停水", "清河水务") == "【清河水务】停水"
    assert signed("【清河水务】停水", "清河水务") == "【清河水务】停水"
    assert signed("停水", "") == "停水"
