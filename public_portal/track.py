"""How far a report has come: found by its number, and as a page shows it."""

from dataclasses import dataclass

from core.model.shanghai import moment, span
from core.model.snapshot import PublicTracking
from core.model.text import Lang
from core.model.tracking import key_of, token_of
from public_portal import track_words, words
from public_portal.notice_words import PHRASES
from public_portal.received import Received
from public_portal.stages import StageView
from public_portal.views import NoticeView, notice_view

AGAIN = "again"
"""Not one of the six: the work was opened again, and what follows is of that round."""


class Tracked:
    """The index of one snapshot at a time."""

    def __init__(self) -> None:
        self._seq: int | None = None
        self._by_key: dict[str, PublicTracking] = {}

    def find(self, received: Received, given: str) -> PublicTracking | None:
        """None for what was never issued, and for what has ended."""
        if received.snapshot.seq != self._seq:
            self._by_key = {row.key: row for row in received.snapshot.tracking}
            self._seq = received.snapshot.seq
        token = token_of(given)
        found = self._by_key.get(key_of(token)) if token else None
        return found if found and received.now_ns < found.until_ns else None


@dataclass(frozen=True, slots=True)
class TrackingView:
    matter: str
    now: str
    """The milestone it stands at, in a word; said: in a sentence."""
    said: str
    stages: list[StageView]
    next_update: str | None
    next_late: bool
    notice: NoticeView | None
    visit: str | None
    visit_missed: bool
    until: str
    over: bool


def tracking_view(row: PublicTracking, received: Received, lang: Lang) -> TrackingView:
    notice = next((n for n in received.snapshot.notices if n.id == row.notice), None)
    stages = _stages(row, lang)
    last = row.reached[-1][0]
    so_far = track_words.UNFOUND if row.unfound else track_words.SAID.get(last, track_words.SAID["received"])
    said = track_words.ENDS.get(row.end) or (track_words.HELD if row.held else so_far)
    at = next((s.name for s in stages if s.phase == "current"), stages[-1].name)
    next_ns = row.next_update_ns
    return TrackingView(
        matter=row.matter.in_(lang),
        now=track_words.UNFOUND_NOW.in_(lang) if row.unfound else at,
        said=said.in_(lang),
        stages=stages,
        next_update=None if next_ns is None else moment(next_ns).in_(lang),
        next_late=next_ns is not None and next_ns < received.now_ns,
        notice=notice_view(notice, received, lang) if notice else None,
        visit=span(*row.visit).in_(lang) if row.visit else None,
        visit_missed=row.visit_missed,
        until=moment(row.until_ns).in_(lang),
        over=bool(row.end),
    )


def _stages(row: PublicTracking, lang: Lang) -> list[StageView]:
    """Of the six, in their order; of work that was opened again what was shown before stands first, then that
    it was. skipped: it went on without, and nobody says that it was done."""
    names = dict(track_words.MILESTONES)
    n = max((n for n, (name, _) in enumerate(row.reached) if name == AGAIN), default=0)
    before = {AGAIN: words.AGAIN} | names
    if n:
        names = {name: word for name, word in before.items() if name != "received"}
    past = [
        StageView(before[name].in_(lang), _stamp(at_ns, row, lang), "done")
        for name, at_ns in row.reached[:n]
        if name in before
    ]
    reached, order = dict(row.reached[n:]), list(names)
    last = max((order.index(one) for one in reached if one in order), default=0)
    return past + [
        StageView(
            word.in_(lang),
            _stamp(reached[one], row, lang) if one in reached else None,
            _phase(at, last, one in reached, len(names)),
        )
        for at, (one, word) in enumerate(names.items())
    ]


def _phase(at: int, last: int, reached: bool, of: int) -> str:
    if at < last:
        return "done" if reached else "skipped"
    if at > last:
        return "to_come"
    return "done" if at == of - 1 else "current"


def _stamp(at_ns: int, row: PublicTracking, lang: Lang) -> str:
    """A report that joins work which was under way already comes after steps of it: that is said beside
    their times, so that nobody takes the order of the steps for the order of time."""
    said, first_ns = moment(at_ns).in_(lang), row.reached[0][1]
    return said + PHRASES["before_report"].in_(lang) if at_ns < first_ns else said
