"""WO-28, WO-04: what is told of a report whose order was opened again."""

import pytest

from core.model.event import EventKind
from core.model.notice import Progress
from core.model.work_order import Round
from tests.public_portal import samples
from tests.public_portal.followed import DONE, PAGE, S, order, report, take
from tests.response import little_town as town


async def test_whoever_reports_after_it_was_opened_again_is_told_of_that_round_alone(utility) -> None:
    await utility.tell(order(S.ASSIGNED, *DONE, S.REOPENED, S.ASSIGNED), EventKind.WORK_ORDER)
    await take(utility, report(1, town.T0 + 9 * town.MIN, work_order="WO-1"))
    await utility.publisher().publish()
    (row,) = utility.shown().tracking
    assert [name for name, _ in row.reached] == ["received", "dispatched"]


async def test_work_that_found_nothing_was_not_done_before_it_was_opened_again(utility) -> None:
    """Nobody else had agreed: that it was done was never shown."""
    shown = Round(incident=None, shown=((Progress.NOTHING_FOUND, 1),), again_ns=town.T0 + 4 * town.MIN)
    told = order(S.REOPENED, *DONE, S.REOPENED, rounds=(shown,))
    await utility.tell(told, EventKind.WORK_ORDER)
    await take(utility, report(work_order="WO-1"))
    await utility.publisher().publish()
    (row,) = utility.shown().tracking
    assert [name for name, _ in row.reached] == ["received", "dispatched", "repair", "again"]


@pytest.mark.parametrize(
    ("then", "now", "coming"),
    [
        ((), "目前 · 工单重开，再次处理", ["派工", "维修", "完工", "回访", "考核"]),
        ((("dispatched", samples.NOW + 9),), "目前 · 派工", ["维修", "完工", "回访", "考核"]),
    ],
)
def test_what_was_shown_stays_when_the_order_is_opened_again(portal, put, then, now, coming) -> None:
    names = ("received", "dispatched", "done", "again")
    reached = tuple((name, samples.NOW + n * samples.MIN) for n, name in enumerate(names))
    put(samples.ordinary(tracking=(samples.tracking(reached=(*reached, *then)),)))
    page = portal.get(PAGE).text
    rows = [row.partition("<")[0] for row in page.split('class="stage">')[1:]]
    assert rows == ["接报", "派工", "完工", "工单重开，再次处理", *(["派工"] if then else []), *coming]
    assert now in page and page.count("未开始") == len(coming)
    assert ("工单已重开，正在安排再次处理" in page) == (not then)
    assert "Opened again: work goes on" in portal.get(f"/en/t/{samples.TOKEN}").text
