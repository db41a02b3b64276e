"""E2E-4, as the public is told: work two days ahead, moved once, called off once; and every file says the
same at each step (ON-22, ON-31, ON-32)."""

from dataclasses import replace
from datetime import datetime
from io import BytesIO

import feedparser
import icalendar
import pypdf
import pytest

from core.model.account import Role
from core.model.notice import NoticeKind
from core.model.shanghai import span
from core.model.snapshot import PublicSnapshot
from core.model.text import Text
from public_portal.chain import verified
from public_portal.lookup import Answer, look_up
from public_portal.received import Received
from public_portal.views import notice_view
from response.notices import decisions, drafts
from response.notices.drafts import Wish
from response.notices.scope import Scope
from tests.public_portal.whole_utility import MANAGER, Utility
from tests.response import little_town as town
from tests.response.cap_rules import broken
from tests.response.read_back import instants, times_en, times_zh

OPERATOR = town.user(Role.OPERATOR)
STARTS = town.T0 + 48 * town.HOUR
DAY = 24 * town.HOUR


async def plan(utility: Utility) -> str:
    wish = Wish(
        starts_ns=STARTS,
        estimated=True,
        eta_latest_ns=STARTS + 6 * town.HOUR,
        reason=Text("更换阀门", "a valve is replaced"),
        approval="水审〔2026〕7号",
        scope=Scope(pipes=("p2",)),
    )
    async with utility.ledger.begin() as tx:
        kind = NoticeKind.PLANNED_OUTAGE
        draft = await drafts.draft(tx, utility.plant, kind, wish, OPERATOR, town.T0)
        await decisions.approve(tx, draft.id, MANAGER, town.T0)
        await decisions.publish(tx, draft.id, MANAGER, town.T0)
    return draft.id


async def move(utility: Utility, id: str) -> None:
    at = town.T0 + town.HOUR
    wish = Wish(starts_ns=STARTS + DAY, estimated=True, eta_latest_ns=STARTS + DAY + 6 * town.HOUR)
    async with utility.ledger.begin() as tx:
        await drafts.update(tx, utility.plant, id, wish, OPERATOR.id, at)
        await decisions.approve(tx, id, MANAGER, at)
        await decisions.publish(tx, id, MANAGER, at)


async def call_off(utility: Utility, id: str) -> None:
    async with utility.ledger.begin() as tx:
        await decisions.withdraw(tx, id, MANAGER, town.T0 + 2 * town.HOUR, reason="发布有误")


class Files:
    """One snapshot's files, as their readers read them."""

    def __init__(self, snapshot: PublicSnapshot, id: str, version: int) -> None:
        self.by_path = {d.path: d.content for d in snapshot.documents}
        self.id, self.version = id, version
        (self.notice,) = snapshot.notices
        (self.event,) = icalendar.Calendar.from_ical(self.by_path["feed/zh.ics"]).walk("VEVENT")
        (self.entry,) = feedparser.parse(self.by_path["feed/zh.atom"]).entries
        (self.item,) = feedparser.parse(self.by_path["feed/en.rss"]).entries
        self.cap = self.by_path[f"n/{id}/v{version}.cap.xml"]
        sheet = pypdf.PdfReader(BytesIO(self.by_path[f"n/{id}/poster-zh.pdf"])).pages[0]
        self.poster = sheet.extract_text().replace("\n", "")

    def said(self) -> list[set[int]]:
        """The times that each reading names."""
        near = town.T0
        return [
            times_zh(self.notice.body.zh, near),
            times_en(self.notice.body.en, near),
            times_zh(self.entry.title + self.entry.summary, near),
            times_en(self.item.title + self.item.summary, near),
            times_zh(self.poster, near),
            instants(self.cap.decode()),
        ]


async def published(utility: Utility, id: str, version: int) -> Files:
    return Files(await utility.publisher().publish(), id, version)


def begins(files: Files) -> int:
    at = files.event.decoded("DTSTART")
    assert isinstance(at, datetime)
    return int(at.timestamp()) * 1_000_000_000


@pytest.mark.filterwarnings("error")
async def test_e2e4_planned_work_moved_once_and_called_off_once_is_the_same_in_every_file(
    utility: Utility,
) -> None:
    id = await plan(utility)
    first = await published(utility, id, 1)
    for said in first.said():
        assert {STARTS, STARTS + 6 * town.HOUR} <= said
    await move(utility, id)
    second = await published(utility, id, 2)
    for said in second.said():
        assert {STARTS + DAY, STARTS + DAY + 6 * town.HOUR} <= said
    assert "改期" in second.notice.title.zh and "moved" in second.notice.title.en
    for lead in (second.notice.body.zh, second.notice.body.en):
        named = times_zh(lead.split("\n")[0], town.T0) | times_en(lead.split("\n")[0], town.T0)
        assert named == {at + days for at in (STARTS, STARTS + 6 * town.HOUR) for days in (0, DAY)}
    for title in (second.entry.title, second.item.title, str(second.event["SUMMARY"]), second.poster):
        assert "改期" in title or "moved" in title
    for title in (second.entry.title, second.item.title, str(second.event["SUMMARY"])):
        old = {STARTS, STARTS + 6 * town.HOUR}
        assert not old & (times_zh(title, town.T0) | times_en(title, town.T0)), (
            "a headline names the new time"
        )
    assert second.notice.moved_from_ns == (STARTS, STARTS + 6 * town.HOUR)
    await call_off(utility, id)
    third = await published(utility, id, 3)
    assert [begins(f) - STARTS for f in (first, second)] == [0, DAY]
    assert [str(f.event["STATUS"]) for f in (first, second, third)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert [int(f.event["SEQUENCE"]) for f in (first, second, third)] == [0, 1, 2]
    assert len({str(f.event["UID"]) for f in (first, second, third)}) == 1
    assert len({f.entry.id for f in (first, second, third)}) == 1
    assert len({f.item.id for f in (first, second, third)}) == 3
    assert "计划停水已取消" in third.entry.title and "计划停水已取消" in third.poster.replace("\n", "")
    assert [broken(f.cap) for f in (first, second, third)] == [[], [], []]
    assert b"<msgType>Cancel</msgType>" in third.cap
    lines = verified(third.by_path["notices.jsonl"])
    assert [line["change"] for line in lines] == ["first", "update", "cancelled"]


async def test_e2e4_whoever_asks_is_told_the_work_is_off(utility: Utility) -> None:
    id = await plan(utility)
    snapshot = await utility.publisher().publish()
    assert look_up(Received(snapshot, snapshot.made_ns), "人民路44号").answer is Answer.AFFECTED
    await call_off(utility, id)
    snapshot = await utility.publisher().publish()
    assert look_up(Received(snapshot, snapshot.made_ns), "人民路44号").answer is Answer.NO


async def test_on_07_a_planned_end_is_a_range_as_it_was_entered_and_one_time_where_there_is_one(
    utility: Utility,
):
    end = STARTS + 6 * town.HOUR
    for entered, said in (((end - town.HOUR, end), "至"), ((end, end), None), ((None, end), None)):
        earliest, latest = entered
        likely = earliest + town.HOUR // 2 if earliest and said else None
        wish = Wish(
            starts_ns=STARTS,
            estimated=True,
            eta_earliest_ns=earliest,
            eta_likely_ns=likely,
            eta_latest_ns=latest,
            scope=Scope(pipes=("p2",)),
        )
        async with utility.ledger.begin() as tx:
            kind = NoticeKind.PLANNED_OUTAGE
            draft = await drafts.draft(tx, utility.plant, kind, wish, OPERATOR, town.T0)
        assert (draft.eta_earliest_ns, draft.eta_likely_ns) == (earliest or end, likely)
        shown = span(draft.eta_earliest_ns, draft.eta_latest_ns).zh
        assert ("至" in shown) == bool(said), shown


async def test_a_planned_cut_has_steps_of_its_own(utility: Utility):
    await plan(utility)
    snapshot = await utility.publisher().publish()
    received = Received(snapshot, snapshot.made_ns)
    (notice,) = received.snapshot.notices
    view = notice_view(notice, received, "zh")
    assert [(s.name, s.phase) for s in view.stages] == [
        ("已公告", "current"),
        ("停水施工", "to_come"),
        ("恢复供水", "to_come"),
    ]
    begun = notice_view(replace(notice, starts_ns=received.now_ns), received, "zh")
    assert (begun.current, begun.stages[0].phase) == ("停水施工", "done")
