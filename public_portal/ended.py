"""How a notice ended, and when it held: what a page says first of it."""

from dataclasses import dataclass

from core.model.limits import NOTHING
from core.model.shanghai import moment, over_by, span
from core.model.snapshot import PublicNotice
from core.model.text import Lang, Text
from public_portal.notice_words import CONFIRMED, ENDED, ENDED_IN_DOUBT, PHRASES, SINCE

LIFTED_KINDS = frozenset({"water_quality", "discoloured", "boil", "do_not_drink", "do_not_use"})
"""Whose end is an all-clear by people, not water that comes back."""


@dataclass(frozen=True, slots=True)
class TimesView:
    """ended: how, once it is over; ended_at: the same before the time of that. label and when: what held from
    when to when, as is to be said of it now. moved_from: when planned work was to be before. ahead: it has
    not begun."""

    ended: str | None
    ended_at: str | None
    label: str
    when: str
    ahead: bool
    moved_from: str | None


def times_view(notice: PublicNotice, now_ns: int, lang: Lang) -> TimesView:
    how = ended(notice)
    return TimesView(
        ended=how.in_(lang) if how else None,
        ended_at=how.in_(lang) + _before_its_time(notice).in_(lang) if how else None,
        label=PHRASES[_label(notice)].in_(lang),
        when=_when(notice, now_ns, lang),
        ahead=notice.ahead(now_ns),
        moved_from=span(*notice.moved_from_ns).in_(lang)
        if notice.moved_from_ns and not notice.over
        else None,
    )


def ended(notice: PublicNotice) -> Text | None:
    """In words, once it is over."""
    if notice.change == "cancelled":
        return ENDED[_cancelled(notice)]
    if not notice.over:
        return None
    if notice.kind in LIFTED_KINDS:
        return ENDED["lifted"]
    how = "pressure" if notice.supply == "low" else "restored"
    return ENDED_IN_DOUBT.get((notice.doubt, how), ENDED[how])


def cut_short(notice: PublicNotice) -> bool:
    """Planned work called off once it was to have begun: somebody may be off for it."""
    planned = notice.kind == "planned_outage" and notice.change == "cancelled"
    return planned and notice.starts_ns <= notice.published_ns


def _cancelled(notice: PublicNotice) -> str:
    if cut_short(notice):
        return "cut_short_low" if notice.supply == "low" else "cut_short"
    return "called_off" if notice.kind == "planned_outage" else "withdrawn"


def _before_its_time(notice: PublicNotice) -> Text:
    if notice.change == "cancelled" or notice.kind in LIFTED_KINDS:
        return NOTHING
    return CONFIRMED if notice.confirmed else SINCE if notice.doubt else NOTHING


def restored_ns(notice: PublicNotice) -> int | None:
    return dict(notice.progress).get("restored")


def _label(notice: PublicNotice) -> str:
    if notice.change == "cancelled":
        return "was_planned" if notice.kind == "planned_outage" else "it_had_said"
    if notice.over:
        return "may_have_lasted" if notice.doubt else "lasted"
    if notice.kind != "planned_outage":
        return "start"
    return "work_time" if notice.supply == "none" else "weak_time"


def _when(notice: PublicNotice, now_ns: int, lang: Lang) -> str:
    """From when to when, as far as both are known: of what was confirmed to be over, by when it was."""
    if notice.change == "cancelled" and notice.moved_from_ns is not None:
        return span(*notice.moved_from_ns).in_(lang)
    last = restored_ns(notice) if notice.over else notice.eta_latest_ns
    if notice.over and notice.confirmed:
        return over_by(notice.starts_ns, last or notice.starts_ns).in_(lang)
    both = notice.over or (notice.kind == "planned_outage" and not notice.passed(now_ns))
    if both and last is not None and last > notice.starts_ns:
        return span(notice.starts_ns, last).in_(lang)
    return moment(notice.starts_ns).in_(lang)
