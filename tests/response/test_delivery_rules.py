"""The rules of telling people, without a network: the difference (ON-08), the night (ON-15), what fits
(ON-21), how long it takes (ON-25), and what becomes of a letter."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.account import Role
from core.model.mailing import Because, Letter, LetterState
from core.model.message import Delivered, Fate, Heard, Refused, Retry, Trouble
from core.model.notice import Change, Notice, NoticeKind, NoticeState
from core.model.shanghai import local
from core.model.text import Text
from response.bulletins import bulletin_of
from response.delivery import outcomes
from response.delivery.approving import fitting
from response.delivery.difference import kept as rules_kept
from response.delivery.difference import newest, told
from response.delivery.fitting import misfits
from response.delivery.night import due_ns, until_ns
from response.delivery.outlook import most_s
from response.delivery.spec import DeliveryFile
from response.notices import decisions
from response.notices.validation import Unfit
from tests.response import little_town as town
from tests.response.post_office import NOON_NS, mail_channel, sms_channel, version_of, wechat_channel

PLANT = town.plant()
FILE = DeliveryFile.model_validate({"channels": [wechat_channel(1), sms_channel(2), mail_channel(3)]})
UNSENT = (LetterState.SUPERSEDED, LetterState.EXERCISE)
OVER = (Change.RESTORED, Change.CANCELLED)


def bulletin(change=Change.FIRST, sent_ns=NOON_NS, **of_notice):
    return bulletin_of(version_of(1, change, sent_ns, **of_notice), PLANT)


def letter(change=Change.FIRST, state=LetterState.SENT, **more):
    return Letter(
        mailing="n.1",
        notice="n",
        person="p",
        account="a",
        change=change,
        because=Because.NEWLY_AFFECTED,
        state=state,
        **{"id": "n.1/p", "version": 1, "channel": "sms", **more},
    )


LETTERS = st.none() | st.builds(
    letter, st.sampled_from(Change), st.sampled_from(LetterState), due_ns=st.sampled_from([None, 0, 10**6])
)


@given(LETTERS, st.sampled_from(Change), st.booleans(), st.booleans())
def test_by_the_difference_nobody_affected_is_left_untold_and_nobody_else_is_troubled(
    last, change, affected, moved
):
    """ON-08: set algebra, over every last word and every version."""
    letters = [] if last is None else [last]
    said, because = told(letters, change, affected=affected, moved_in=2 if moved else 0, now_ns=10)
    known = last is not None and last.state is not LetterState.SUPERSEDED
    believes = known and last.change not in OVER
    unheard = known and last.state in (LetterState.QUEUED, LetterState.FAILED, LetterState.NO_ADDRESS)
    if change in OVER:
        assert said in (None, change)
        assert (said is change) or not believes or unheard
    elif affected and not (believes and not unheard):
        assert said in (Change.FIRST, Change.UPDATE), "who has not heard of it hears of it"
    elif affected:
        assert (said is Change.UPDATE) == moved
    else:
        assert said in (None, Change.RESTORED) and (said is None or believes or unheard)
    assert isinstance(because, Because)


def test_who_was_to_hear_in_the_morning_of_what_is_over_by_then_hears_nothing():
    waiting = letter(state=LetterState.QUEUED, due_ns=1_000)
    assert told([waiting], Change.RESTORED, affected=False, now_ns=10)[0] is None
    assert told([waiting], Change.RESTORED, affected=False, now_ns=1_000)[0] is Change.RESTORED


@given(
    st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=8),
    st.sampled_from([None, *OVER]),
)
def test_whatever_versions_come_in_one_night_each_person_hears_once_how_it_ended(versions, end):
    """ON-08, ON-15: an outage goes out at night, its end waits for the morning. Of each version whether it
    concerns this person, with weak water, and whether it moved."""
    letters, moved_in, said_last = [], 0, None
    steps = [(Change.UPDATE, *one) for one in versions] + ([(end, False, False, False)] if end else [])
    for version, (change, affected, weak, moved) in enumerate(steps, 1):
        moved_in = version if moved else moved_in
        said, because = told(letters, change, affected=affected, moved_in=moved_in, weak=weak, now_ns=10)
        last = newest(letters)
        if last and last.state is LetterState.QUEUED and not rules_kept(last, because):
            letters = [replace(one, state=LetterState.SUPERSEDED) if one is last else one for one in letters]
        if said:
            waits = {"state": LetterState.QUEUED, "due_ns": 1_000} if said in OVER else {}
            letters.append(letter(said, weak=weak, **waits, id=f"n.{version}/p", version=version))
        said_last = affected and end is None
    out = [one.change for one in letters if one.state is LetterState.SENT]
    morning = [one.change for one in letters if one.state is LetterState.QUEUED]
    assert len(morning) <= 1, "nobody is told twice that it is over"
    assert (not said_last) == (morning != []) or not out, "who was told of it hears how it ended"
    assert not morning or out, "who was told nothing hears of no end"
    assert end is None or morning in ([], [end]) or end is Change.RESTORED
    assert out.count(Change.FIRST) <= 1, "concerned again before the morning: they were never told otherwise"


@given(st.integers(0, 24 * 60 - 1), st.sampled_from(NoticeKind), st.sampled_from(Change), st.booleans())
def test_only_emergencies_and_who_asked_for_it_break_the_night(minute, kind, change, at_night):
    day_ns = town.T0 - (22 * 60 + 10) * town.MIN
    now_ns = day_ns + minute * town.MIN
    said = bulletin(change, now_ns, kind=kind, starts_ns=now_ns - town.HOUR)
    due = due_ns(said, change, now_ns, at_night=at_night, from_h=22, to_h=7)
    night = minute >= 22 * 60 or minute < 7 * 60
    health = kind in (NoticeKind.BOIL, NoticeKind.DO_NOT_DRINK, NoticeKind.DO_NOT_USE)
    emergency = kind in (NoticeKind.EMERGENCY_OUTAGE, NoticeKind.WATER_QUALITY) and change not in OVER
    if not night or at_night or health or emergency:
        assert due == now_ns
    else:
        assert now_ns < due <= now_ns + 9 * town.HOUR and f"{local(due):%H:%M}" == "07:00"


def test_what_begins_before_the_morning_is_told_before_the_morning():
    said = bulletin(sent_ns=town.T0, kind=NoticeKind.PLANNED_OUTAGE, starts_ns=town.T0 + 7 * town.HOUR)
    for change in (Change.FIRST, Change.UPDATE, Change.CANCELLED):
        assert due_ns(said, change, town.T0, at_night=False, from_h=22, to_h=7) == town.T0
    assert until_ns(town.T0, 23, 7) == town.T0, "22:10 is no night that begins at 23"


def test_a_bulletin_that_fits_has_no_misfits_and_a_long_street_gives_way_to_its_zone():
    assert misfits(bulletin(), FILE) == [] and misfits(bulletin(), None) == []
    zone = PLANT.zones["dma-01"].name
    place = Text(f"{zone.zh}{'很长的路名' * 8}", f"A very long name of a street, {zone.en}")
    assert misfits(bulletin(place=place), FILE) == []


def test_a_place_that_no_whole_word_form_makes_fit_is_found_before_it_is_approved():
    """Never `Xinglin Street, Dax…`."""
    long = Text("很长的地名" * 8, "A very long name of a place")
    (one,) = wechat_channel(1)["templates"]
    templates = [{**one, "lang": "zh"}, {**one, "id": "TM_2", "lang": "en"}]
    file = DeliveryFile.model_validate({"channels": [wechat_channel(1, templates=templates)]})
    found = misfits(bulletin(place=long), file)
    assert [(one.channel, one.reason) for one in found] == [("wechat", "too_long")] * 2
    assert "TM_1" in found[0].why.zh and "40 字，最多 20 字" in found[0].why.zh and long.zh in found[0].why.zh
    assert "TM_2" in found[1].why.en and "27 characters, 20 at most" in found[1].why.en
    assert long.en in found[1].why.en and "thing2" in found[1].why.en


@pytest.mark.parametrize("change", Change)
@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_and_change_fits_the_variables_of_twenty_characters(kind, change):
    assert misfits(bulletin(change, kind=kind), FILE) == []


def without(**templates):
    sms = sms_channel(2)
    sms["templates"] = [{**sms["templates"][0], **templates}]
    return DeliveryFile.model_validate({"channels": [sms]})


def test_what_does_not_fit_is_said_before_it_is_approved_with_channel_template_and_variable():
    (wrong,) = misfits(bulletin(), without(longest=8, variables={"area": "area", "eta": "when"}))
    assert (wrong.channel, wrong.reason) == ("sms", "too_long")
    assert "SMS_1" in wrong.why.zh and "eta" in wrong.why.en and "8 at most" in wrong.why.en
    (none,) = misfits(bulletin(), without(kinds=["boil"]))
    assert none.reason == "no_template"
    number = replace(bulletin(), number="N" * 21)
    assert {one.reason for one in misfits(number, FILE)} == {"text_too_long"}
    hotline = replace(bulletin(), hotline="www.example.cn")
    (link,) = misfits(hotline, without(variables={"tel": "hotline"}))
    assert link.reason == "link"
    (empty,) = misfits(replace(bulletin(), hotline=" "), without(variables={"tel": "hotline"}))
    assert empty.reason == "empty"


def test_how_long_it_takes_until_95_of_a_hundred_are_told():
    """ON-25."""
    slow = FILE.model_copy(
        update={
            "channels": tuple(
                c.model_copy(update={"rate_per_s": r})
                for c, r in zip(FILE.channels, (100, 10, 1), strict=True)
            )
        }
    )
    assert most_s(slow, {}) is None
    assert most_s(slow, {"sms": 1_000}) == pytest.approx(95.0, rel=1e-6)
    assert most_s(slow, {"wechat": 1_000, "sms": 1_000}) == pytest.approx(90.0, rel=1e-6)
    assert most_s(slow, {"wechat": 950, "email": 50}) == pytest.approx(9.09, rel=0.1)


ANSWERS = st.sampled_from(
    [
        Delivered("r"),
        Retry(Trouble.BUSY, "busy"),
        Retry(Trouble.BUSY, "busy", 600.0),
        Refused(Trouble.ADDRESS, "nobody"),
        Heard("r", Fate.DELIVERED),
        Heard("r", Fate.READ),
        Heard("r", Fate.FAILED),
        "nothing heard",
    ]
)


@given(st.lists(ANSWERS, max_size=20), st.permutations(["wechat", "sms", "email"]), st.integers(0, 3))
def test_a_letter_ends_told_or_dead_and_never_goes_back_to_a_channel(answers, channels, n):
    chain = tuple(channels[:n])
    at = letter(state=LetterState.QUEUED, channel=channels[0], due_ns=0)
    went = [at.channel]
    for now_ns, answer in enumerate(answers, 1):
        if isinstance(answer, Heard):
            at = outcomes.heard(at, answer, chain, now_ns)
        elif isinstance(answer, str):
            at = outcomes.passed_on(at, chain, now_ns, "no_report") if at.due_ns is not None else at
        elif at.state is LetterState.QUEUED:
            at = outcomes.answered(at, answer, chain, now_ns, urgent_ns=5, reports=True)
        if at.channel != went[-1]:
            went.append(at.channel)
        assert (at.due_ns is None) <= (at.state is not LetterState.QUEUED), "what is queued is due"
        assert at.attempts < outcomes.ATTEMPTS or at.state is LetterState.FAILED
    assert len(set(went)) == len(went)
    if at.state is LetterState.FAILED:
        assert set(went) >= set(chain[chain.index(went[0]) :] if went[0] in chain else ())


async def test_nothing_is_approved_that_a_channel_could_not_carry(ledger, service):
    """ON-21: what does not fit fails before approval, with everything that does not."""
    manager, plant = town.user(Role.DUTY_MANAGER), town.plant()
    await service.handle([await town.report(ledger, town.burst())])
    tight = without(longest=8, variables={"area": "area", "when": "when", "number": "number"})
    async with ledger.begin() as tx:
        (draft,) = await tx.find(Notice)
        with pytest.raises(Unfit) as refused:
            await fitting(decisions.approve, plant, tight)(tx, draft.id, manager, town.T0)
        assert [lack.item for lack in refused.value.missing] == ["message_too_long"] * 2
        approved = await fitting(decisions.approve, plant, FILE)(tx, draft.id, manager, town.T0)
    assert approved.state is NoticeState.APPROVED
