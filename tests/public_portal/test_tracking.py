"""WO-28: a report is followed by its number: no crew, no other caller, nothing personal is told."""

import asyncio
from dataclasses import replace

import httpx
import pytest

from core.model.appointment import Visit
from core.model.event import EventKind
from core.model.tracking import ALPHABET, LENGTH, fresh_token, key_of, spoken, token_of
from core.model.work_order import Finding, Outcome
from public_portal import tracked
from public_portal.server import build
from public_portal.signing import public_key_of
from tests.at_work import running
from tests.own_time import within
from tests.public_portal import samples
from tests.public_portal.conftest import serving
from tests.public_portal.followed import DONE, PAGE, S, order, report, take
from tests.public_portal.whole_utility import until
from tests.response import little_town as town

CANARIES = tuple(
    f"canary-{one}" for one in ("words", "account", "person", "address", "call", "crew", "agent")
)


def test_a_token_has_128_bits_or_more_and_can_be_read_out() -> None:
    assert len(set(ALPHABET)) == 32 and LENGTH * 5 >= 128
    many = {fresh_token() for _ in range(2_000)}
    assert len(many) == 2_000
    assert all({token[at] for token in many} == set(ALPHABET) for at in range(LENGTH)), (
        "every place is random"
    )
    token = samples.TOKEN
    assert token_of(f" {spoken(token).upper()} ") == token
    assert token_of(token.replace("0", "O").replace("1", "l")) == token
    for wrong in ("", token[:-1], token + "2", token[:-1] + "u", "RPT-20261122-00001", "无" * LENGTH):
        assert token_of(wrong) is None


def test_the_page_tells_the_six_milestones_what_is_known_and_when_next(portal, put) -> None:
    put(samples.burst())
    zh = portal.get(PAGE)
    assert zh.status_code == 200
    for said in (
        "接报",
        "派工",
        "维修",
        "完工",
        "回访",
        "考核",
        "抢修人员已到现场",
        "下次更新不晚于",
        "00:05",
    ):
        assert said in zh.text, said
    assert 'href="/n/NTC-20261122-00001' in zh.text and f'href="/en/t/{samples.TOKEN}"' in zh.text
    en = portal.get(f"/en/t/{spoken(samples.TOKEN).upper()}").text
    for said in (
        "Reported",
        "Crew assigned",
        "Repair",
        "Work done",
        "Called back",
        "Reviewed",
        "Next update by",
    ):
        assert said in en, said
    assert (zh.headers["cache-control"], "noindex" in zh.headers["x-robots-tag"]) == ("no-store", True)
    assert portal.get(f"/fr/t/{samples.TOKEN}").status_code == 404


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"reached": (("received", samples.NOW),), "notice": None}, "已收到您的反映"),
        ({"held": True}, "工作暂停"),
        ({"end": "not_found"}, "没有发现需要维修的故障"),
        ({"unfound": True, "reached": (("received", samples.NOW), ("repair", samples.NOW))}, "仍在监测"),
        ({"end": "repaired", "reached": (("received", samples.NOW), ("done", samples.NOW))}, "已修复"),
        ({"end": "cancelled"}, "已撤销"),
        ({"next_update_ns": samples.NOW - samples.MIN}, "更新逾期"),
        ({"next_update_ns": None}, "进展一有变化"),
        ({"visit": (samples.NOW + 19 * samples.HOUR, samples.NOW + 21 * samples.HOUR)}, "预约上门"),
        ({"visit": (samples.NOW, samples.NOW), "visit_missed": True}, "未能按约上门"),
    ],
)
def test_what_is_said_follows_the_order(portal, put, changed, said) -> None:
    put(samples.ordinary(tracking=(samples.tracking(**changed),)))
    assert said in portal.get(PAGE).text


def test_a_call_back_that_nobody_made_is_not_told_as_done(portal, put) -> None:
    """WO-28: an order that is settled without one, since it needs none or was appraised too early."""
    steps = ("received", "dispatched", "repair", "done", "appraised")
    reached = tuple((name, samples.NOW + n) for n, name in enumerate(steps))
    put(samples.ordinary(tracking=(samples.tracking(reached=reached),)))
    for lang, word, said in (("zh", "回访", "未进行"), ("en", "Called back", "Not made")):
        page = portal.get(f"/{lang}/t/{samples.TOKEN}").text
        row = page[page.index(f'<span class="stage">{word}') :].partition("</li>")[0]
        assert f'<span class="stamp">{said}</span>' in row


def test_unknown_expired_and_impossible_numbers_are_answered_alike(portal, put) -> None:
    put(samples.ordinary(tracking=(samples.tracking(until_ns=samples.NOW),)))
    answers = [portal.get(f"/zh/t/{given}") for given in (samples.TOKEN, fresh_token(), "RPT-20261122-00001")]
    assert {a.status_code for a in answers} == {404}
    assert len({a.text for a in answers}) == 1 and "无效或已过期" in answers[0].text
    assert len({tuple(sorted((k, v) for k, v in a.headers.items() if k != "date")) for a in answers}) == 1


def test_a_number_that_was_read_out_is_typed_in(portal, put) -> None:
    put(samples.burst())
    assert "查询办理进度" in portal.get("/").text
    typed = portal.get("/zh/t", params={"code": f" {spoken(samples.TOKEN).upper()} "})
    assert (typed.status_code, typed.headers["location"]) == (303, PAGE)
    assert "应为28位" in portal.get("/zh/t", params={"code": "123"}).text


def test_guessing_is_as_slow_as_asking_who_is_affected(store, put) -> None:
    put(samples.burst())
    app = build(store, public_key_of(samples.KEY), questions_a_minute=20)
    with serving(app) as address, httpx.Client(base_url=address, verify=False) as client:
        codes = [client.get(f"/zh/t/{fresh_token()}").status_code for _ in range(40)]
        assert codes[:20] == [404] * 20 and codes.count(429) >= 18
        assert client.get(PAGE).status_code == 429, "whoever guesses does not learn of a hit either"
        elsewhere = {"x-forwarded-for": "203.0.113.9"}
        assert client.get(PAGE, headers=elsewhere).status_code == 200


async def test_the_snapshot_tells_how_far_it_is_and_neither_the_number_nor_anybody(utility) -> None:
    steps = (S.ASSIGNED, S.EN_ROUTE, S.ARRIVED, S.REPAIRING)
    await utility.tell(order(S.REPAIRING, *steps), EventKind.WORK_ORDER)
    kept, other = await take(utility, report(1, work_order="WO-1"), report(2, work_order="WO-1"))
    assert kept.token != other.token
    await utility.publisher().publish()
    shown = {row.key: row for row in utility.shown().tracking}
    row = shown[key_of(kept.token)]
    assert [name for name, _ in row.reached] == ["received", "dispatched", "repair"]
    assert (row.matter.zh, row.next_update_ns, row.end) == ("无水", town.T0 + town.HOUR, "")
    content, _ = utility.store.get()
    for hidden in (*CANARIES, kept.token, other.token, kept.id, "WO-1"):
        assert hidden.encode() not in content, hidden


TO_DONE = ["received", "dispatched", "repair", "done"]


@pytest.mark.parametrize(
    ("line", "outcome", "reached", "end"),
    [
        ((S.ASSIGNED, S.REJECTED), None, ["received"], ""),
        (DONE, Outcome.REPAIRED, TO_DONE, "repaired"),
        (DONE, Outcome.NOT_FOUND, TO_DONE[:-1], ""),
        ((*DONE, S.CLOSED), Outcome.NOT_FOUND, [*TO_DONE, "appraised"], "not_found"),
        ((S.ASSIGNED, S.COMPLETED, S.REOPENED), None, ["received", "dispatched", "done", "again"], ""),
        ((*DONE, S.REOPENED, S.ASSIGNED), None, [*TO_DONE, "again", "dispatched"], ""),
        ((*DONE, S.REOPENED, S.ASSIGNED, S.REJECTED), None, [*TO_DONE, "again"], ""),
        (
            (*DONE, S.CLOSED, S.REOPENED, S.REPAIRING, S.COMPLETED),
            Outcome.REPAIRED,
            [*TO_DONE, "appraised", "again", "repair", "done"],
            "repaired",
        ),
        ((S.ASSIGNED, S.CANCELLED), None, ["received", "dispatched"], "cancelled"),
    ],
)
async def test_milestones_and_ends(utility, line, outcome, reached, end) -> None:
    finding = Finding(outcome=outcome, by="canary-crew", at_ns=town.T0) if outcome else None
    await utility.tell(order(S.REPORTED), EventKind.WORK_ORDER)
    await take(utility, report(work_order="WO-1"))
    await utility.tell(order(line[-1], *line, finding=finding), EventKind.WORK_ORDER)
    await utility.publisher().publish()
    (row,) = utility.shown().tracking
    assert ([name for name, _ in row.reached], row.end) == (reached, end)


async def test_numbers_end_after_their_time_and_are_bounded(utility, monkeypatch) -> None:
    day = 24 * town.HOUR
    old = report(1, town.T0 - 31 * day)
    alone = report(2, town.T0 - 29 * day)
    longest = report(3, town.T0 - 89 * day, work_order="WO-1")
    await utility.tell(order(S.REPAIRING, S.REPAIRING), EventKind.WORK_ORDER)
    kept = await take(utility, old, alone, longest)
    await utility.publisher().publish()
    assert {row.key for row in utility.shown().tracking} == {key_of(one.token) for one in kept[1:]}
    monkeypatch.setattr(tracked, "MOST", 1)
    await utility.publisher().publish()
    assert [row.key for row in utility.shown().tracking] == [key_of(kept[1].token)], "the newest stay"


async def test_a_report_can_be_followed_two_seconds_after_it_was_taken(utility) -> None:
    from response.hotline.intake import event_of

    async with running(utility.publisher()):
        await until(lambda: utility.store.get() is not None)
        await asyncio.sleep(0.7)
        with serving(build(utility.store, public_key_of(samples.KEY))) as address:
            async with httpx.AsyncClient(verify=False, base_url=address, timeout=30) as client:
                (kept,) = await take(utility, report(at_ns=utility.clock.now_ns()))
                async with utility.ledger.begin() as tx:
                    await tx.emit(event_of(kept, kept.at_ns))
                async with within(2):
                    while (await client.get(f"/zh/t/{kept.token}")).status_code != 200:
                        await asyncio.sleep(0.1)


async def test_wo_28_what_is_read_again_is_what_reading_everything_tells(utility) -> None:
    """Over changes of reports and orders, one of which comes to stand for another."""
    from response.hotline.intake import event_of

    following = tracked.Tracking(utility.ledger)

    async def same(now_ns: int) -> int:
        await following.look()
        async with utility.ledger.read() as tx:
            told = await following.told(tx, [], now_ns)
            anew = await tracked.Tracking(utility.ledger).told(tx, [], now_ns)
            assert sorted(told, key=lambda one: one.key) == sorted(anew, key=lambda one: one.key)
        return len(told)

    assert await same(town.T0) == 0
    for n in range(1, 5):
        one = replace(report(id=f"RPT-{n}", work_order=f"WO-{n % 3}"), token=fresh_token())
        async with utility.ledger.begin() as tx:
            await tx.put(one)
            await tx.emit(event_of(one, town.T0))
        assert await same(town.T0 + n) == n
    for n, state in ((0, S.REPORTED), (1, S.ASSIGNED), (1, S.COMPLETED), (2, S.ASSIGNED)):
        await utility.tell(replace(order(state, state), id=f"WO-{n}"), EventKind.WORK_ORDER)
        assert await same(town.T0 + 10) == 4
    moved = replace(order(S.ASSIGNED, S.ASSIGNED), id="WO-2", same_as="WO-7", seq=9)
    await utility.tell(moved, EventKind.WORK_ORDER)
    await utility.tell(replace(order(S.REPAIRING, S.REPAIRING), id="WO-7"), EventKind.WORK_ORDER)
    assert await same(town.T0 + 20) == 4
    await utility.tell(replace(order(S.COMPLETED, S.COMPLETED), id="WO-7"), EventKind.WORK_ORDER)
    assert await same(town.T0 + 30) == 4
    assert await same(town.T0 + tracked.ALONE_FOR_NS + 40) == 4
    assert await same(town.T0 + tracked.OPEN_FOR_NS + 50) <= 4


async def test_wo18_the_agreed_visit_is_on_it_and_that_nobody_came(utility) -> None:
    visit = Visit(slot="2026-11-22:evening", start_ns=town.T0, end_ns=town.T0 + 2 * town.HOUR)
    await utility.tell(order(S.ASSIGNED, S.ASSIGNED, visit=visit), EventKind.WORK_ORDER)
    await take(utility, report(work_order="WO-1"))
    async with utility.ledger.read() as tx:
        (coming,) = await tracked.Tracking(utility.ledger).told(tx, [], town.T0)
        (missed,) = await tracked.Tracking(utility.ledger).told(tx, [], visit.end_ns + 1)
    assert (coming.visit, coming.visit_missed) == ((visit.start_ns, visit.end_ns), False)
    assert missed.visit_missed
