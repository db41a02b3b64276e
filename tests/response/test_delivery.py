"""Notices to customers through real gateways: whom, by what, once (ON-08, ON-15, ON-20, ON-23)."""

import pytest

from core.model.mailing import Because, LetterState, TryOutcome
from core.model.notice import Change, Site, Status
from tests.response.post_office import person, phone, post_office


@pytest.fixture
async def post(tmp_path):
    async with post_office(tmp_path) as made:
        yield made


async def test_each_person_is_told_once_by_the_first_channel_that_reaches_them(post):
    await post.people(
        [
            *person(1, "A1", phone=phone(1), wechat="o-1", email="one@example.org"),
            *person(2, "A2", phone=phone(2), email="two@example.org"),
            *person(3, "A3", email="three@example.org", language="en"),
            *person(4, "A4"),
            *person(5, "A5", "A6", phone=phone(5)),
            *person(9, "A9", phone=phone(9)),
        ]
    )
    post.started()
    id = await post.publish(["A1", "A2", "A3", "A4", "A5", "A6", "A7"])
    mailing = await post.done(id)
    letters = await post.letters(id)
    assert {p: (one.channel, one.state) for p, one in letters.items()} == {
        "P0001": ("wechat", LetterState.SENT),
        "P0002": ("sms", LetterState.SENT),
        "P0003": ("email", LetterState.SENT),
        "P0005": ("sms", LetterState.SENT),
    }
    assert (mailing.accounts, mailing.nobody) == (7, 2), "A4's person has no address, A7 nobody at all"
    assert sorted(one["mobile"] for one in post.sms.sent) == [phone(2), phone(5)]
    assert post.sms.sent[0]["params"] == {
        "number": "NTC-20261123-00001",
        "area": "城东片区",
        "eta": "约11月23日15:10-17:10恢复",
    }
    assert [one["touser"] for one in post.wechat.sent] == ["o-1"]
    (letter,) = post.box.letters
    assert "three@example.org" in letter["To"] and "17:10" in letter.get_content()
    assert all(one.because is Because.NEWLY_AFFECTED for one in letters.values())


async def test_no_letter_holds_an_address_or_what_was_said_of_one(post):
    await post.people(person(1, "A1", phone="13899990000x"))
    post.started()
    id = await post.publish(["A1"])
    await post.done(id)
    (letter,) = (await post.letters(id)).values()
    assert letter.state is LetterState.FAILED
    assert "MOBILE" in letter.tries[0].detail and "1389999" not in str(letter)


async def test_a_mobile_goes_to_a_gateway_as_digits_however_the_customer_file_writes_it(post):
    written = ("138-0000-0001", "+86 138 0000 0002", "１３８０００００００３")
    await post.people(one for n, tel in enumerate(written) for one in person(n, f"A{n}", phone=tel))
    post.started()
    await post.done(await post.publish(["A0", "A1", "A2"]))
    assert sorted(one["mobile"] for one in post.sms.sent) == [f"138{n:08d}" for n in (1, 2, 3)]


async def test_a_difference_tells_the_newly_affected_the_released_and_the_rest_only_of_a_moved_estimate(post):
    """ON-08."""
    await post.people([one for n in range(1, 5) for one in person(n, f"A{n}", phone=phone(n))])
    post.started()
    await post.done(await post.publish(["A1", "A2"]))
    second = await post.publish(["A2", "A3"], Change.UPDATE)
    mailing = await post.done(second)
    told = {p: (one.change, one.because) for p, one in (await post.letters(second)).items()}
    assert told == {
        "P0001": (Change.RESTORED, Because.RELEASED),
        "P0003": (Change.FIRST, Because.NEWLY_AFFECTED),
    }
    assert dict(mailing.silent) == {Because.ESTIMATE_STANDS: 1}
    third = await post.publish(["A2", "A3"], Change.UPDATE, moved=True)
    mailing = await post.done(third)
    assert {p: one.change for p, one in (await post.letters(third)).items()} == {
        "P0002": Change.UPDATE,
        "P0003": Change.UPDATE,
    }
    last = await post.publish([], Change.RESTORED)
    await post.done(last)
    assert set(await post.letters(last)) == {"P0002", "P0003"}, "the released were told before"
    assert post.sms.sent[2]["params"]["eta"].endswith("已恢复") == (post.sms.sent[2]["mobile"] == phone(1))
    assert len(post.sms.sent) == 2 + 2 + 2 + 2


async def test_what_is_not_out_yet_is_told_by_the_next_version_instead(post):
    await post.people([one for n in range(1, 4) for one in person(n, f"A{n}", phone=phone(n))])
    first = await post.publish(["A1", "A2", "A3"])
    second = await post.publish(["A1", "A2"], Change.UPDATE)
    post.sms.answers += ["LIMIT"] * 3
    post.started()
    await post.done(second)
    assert {one.state for one in (await post.letters(first)).values()} <= {
        LetterState.SUPERSEDED,
        LetterState.SENT,
    }
    told = {one["mobile"] for one in post.sms.sent}
    assert told == {phone(1), phone(2), phone(3)}, "nobody is left out"


async def test_a_refused_number_falls_back_to_the_next_channel_and_without_one_is_a_dead_letter(post):
    post.wechat.strangers |= {"o-1", "o-2"}
    await post.people([*person(1, "A1", wechat="o-1", phone=phone(1)), *person(2, "A2", wechat="o-2")])
    post.started()
    id = await post.publish(["A1", "A2"])
    await post.done(id)
    letters = await post.letters(id)
    one, two = letters["P0001"], letters["P0002"]
    assert (one.state, one.channel) == (LetterState.SENT, "sms")
    assert [(t.channel, t.outcome) for t in one.tries] == [
        ("wechat", TryOutcome.REFUSED),
        ("sms", TryOutcome.SENT),
    ]
    assert (two.state, two.tries[0].reason) == (LetterState.FAILED, "address")


async def test_a_busy_gateway_is_tried_again_under_the_same_key(post):
    await post.people(person(1, "A1", phone=phone(1)))
    post.sms.answers += ["LIMIT"]
    post.started()
    id = await post.publish(["A1"])
    await post.done(id)
    (letter,) = (await post.letters(id)).values()
    assert [t.outcome for t in letter.tries] == [TryOutcome.RETRY, TryOutcome.SENT]
    assert post.sms.asked == 2 and len(post.sms.sent) == 1


async def test_an_exercise_makes_every_letter_and_reaches_nobody(post):
    """X-11, ON-42: by the whole hub's configuration, and by the notice's own status."""
    await post.people([one for n in range(1, 4) for one in person(n, f"A{n}", phone=phone(n), wechat="o")])
    post.file = post.file.model_copy(update={"exercise": True})
    post.started()
    id = await post.publish(["A1", "A2", "A3"])
    await post.done(id)
    assert {one.state for one in (await post.letters(id)).values()} == {LetterState.EXERCISE}
    await post.stopped()
    post.file = post.file.model_copy(update={"exercise": False})
    post.started()
    for status in (Status.EXERCISE, Status.TEST):
        id = await post.publish(["A1", "A2", "A3"], Change.UPDATE, moved=True, status=status)
        await post.done(id)
        assert {one.state for one in (await post.letters(id)).values()} == {LetterState.EXERCISE}
    assert not post.sms.asked and not post.wechat.paths and not post.box.letters


async def test_many_go_out_with_no_more_under_way_than_the_channel_says(post):
    n = 120
    await post.people([one for i in range(n) for one in person(i, f"A{i:04d}", phone=phone(i))])
    post.started()
    id = await post.publish([f"A{i:04d}" for i in range(n)])
    mailing = await post.done(id)
    assert len(post.sms.sent) == n == len({one["mobile"] for one in post.sms.sent})
    assert mailing.queued_ns and post.sms.most <= 16


async def test_on_20_who_has_weak_water_is_not_told_that_it_is_off(post):
    """By the account's own supply and what is known of the repair, in every channel."""
    people = [*person(1, "A1", email="one@example.org"), *person(2, "A2", email="two@example.org")]
    await post.people(people)
    post.started()
    id = await post.publish(["A1"], weak=["A2"], site=Site.ORGANISED)
    await post.done(id)
    subjects = {letter["To"]: str(letter["Subject"]) for letter in post.box.letters}
    assert "可能停水" in subjects["one@example.org"]
    assert "水压可能偏低" in subjects["two@example.org"] and "停水" not in subjects["two@example.org"]
    second = await post.publish(["A1"], Change.UPDATE, weak=["A2"], moved=True, site=Site.REPAIRING)
    await post.done(second)
    latest = {letter["To"]: str(letter["Subject"]) for letter in post.box.letters}
    assert "抢修停水" in latest["one@example.org"] and "抢修降压" in latest["two@example.org"]
