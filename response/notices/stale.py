"""What a draft prints and time has overtaken, each with what to do (ON-05, ON-07).

A next update is promised anew when it is published, and the hub's own estimate is moved on when it is
approved: of these the draft only says so. What a person wrote nobody changes for them; publishing refuses an
estimate or a start that has passed (`validation`).
"""

from collections.abc import Iterator
from dataclasses import replace

from core.model.notice import UNPUBLISHED, Change, Notice, NoticeKind, NoticeState
from core.model.shanghai import moment
from core.model.text import Text
from response import wording
from response.notices.rules import HUB
from response.notices.validation import Lack

_STEP_NS = 1800 * 1_000_000_000


def stale(printed: Notice, now_ns: int) -> Iterator[Lack]:
    """Of a draft as people read it now; nothing of what was published, or is over."""
    waits = printed.state in UNPUBLISHED
    if not waits or printed.change in (Change.RESTORED, Change.CANCELLED):
        return
    yield from _next_update(printed, now_ns)
    yield from _estimate(printed, now_ns)


def moves_on(notice: Notice) -> bool:
    """Approving it gives the hub's estimate the time back for which it lay unread."""
    return notice.author == HUB and notice.state is NoticeState.DRAFT


def estimated_anew(notice: Notice, now_ns: int) -> Notice:
    """The hub's estimate, moved on by the whole half hours for which the draft lay unread."""
    if notice.author != HUB or notice.eta_earliest_ns is None or notice.eta_latest_ns is None:
        return notice
    if notice.eta_earliest_ns > now_ns:
        return notice
    waited = -(-(now_ns - notice.drafted_ns) // _STEP_NS) * _STEP_NS
    later = replace(
        notice,
        eta_earliest_ns=notice.eta_earliest_ns + waited,
        eta_likely_ns=notice.eta_likely_ns + waited if notice.eta_likely_ns else None,
        eta_latest_ns=notice.eta_latest_ns + waited,
        next_update_ns=None,
    )
    return wording.composed(later)


def _next_update(printed: Notice, now_ns: int) -> Iterator[Lack]:
    next_ns = printed.next_update_ns
    if next_ns is None or next_ns > now_ns:
        return
    at = moment(next_ns)
    why = Text(
        f"草稿上的下次通报时间{at.zh}已过：发布时系统写上新的时间",
        f"the next update that it prints, {at.en}, has passed: publishing puts a new one in its place",
    )
    yield Lack("next_update_passed", why, hard=False)


def _estimate(printed: Notice, now_ns: int) -> Iterator[Lack]:
    earliest_ns, latest_ns = printed.eta_earliest_ns, printed.eta_latest_ns
    if earliest_ns is None or latest_ns is None or earliest_ns > now_ns:
        return
    if printed.kind is NoticeKind.PLANNED_OUTAGE:
        return
    at = moment(earliest_ns)
    if moves_on(printed):
        why = Text(
            f"草稿上的预计恢复时间{at.zh}已到：批准时系统按等待的时间顺延，请核对后批准",
            f"the estimate that it prints begins at {at.en}, which has passed: approving moves it on by the "
            "time it lay; look at it first",
        )
        yield Lack("estimate_moves_on", why, hard=False)
    elif latest_ns > now_ns:
        why = Text(
            f"最早恢复时间{at.zh}已过而公告尚未发布：水未恢复的，请修改预计",
            f"the earliest time, {at.en}, has passed before it is published: if water is not back, edit the "
            "estimate",
        )
        yield Lack("estimate_begun", why, hard=False)
