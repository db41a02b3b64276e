"""What people were told does not hold any more: water is held off again after it was said to be back, or a
notice was withdrawn and its incident stands. They are told anew, by a notice of its own that names the one
before (WO-04, ON-02, ON-09). What was told stays as it was told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.model.incident import Incident
from core.model.notice import ENDED, Change, Notice, NoticeKind, NoticeState, Status
from core.model.valve_operation import Turning
from core.ports.ledger import Tx
from response import wording
from response.notices import templates
from response.orders.valves import balance
from response.site import Work, recorded, stopped_by_others


@dataclass(frozen=True, slots=True)
class Before:
    """The notice that had told of it. withdrawn: it was taken back; else it told that water is back."""

    notice: str
    withdrawn: bool


def untold(notices: Sequence[Notice], work: Work) -> bool:
    """Of what lasts: crews hold water off, and the last that people were told is that it is back; or it is
    that what they were told does not hold. A draft that people took back stays so: then they have decided."""
    outages = [one for one in notices if one.kind is NoticeKind.EMERGENCY_OUTAGE]
    if not outages or any(one.state not in ENDED for one in outages):
        return False
    last = max(outages, key=lambda one: one.id)
    return taken_back(last) or (work.held_off and last.state is NoticeState.RESTORED)


def taken_back(notice: Notice) -> bool:
    """It was published in earnest, and withdrawn: nothing of what it said holds."""
    withdrawn = notice.state is NoticeState.WITHDRAWN and notice.change is Change.CANCELLED
    return withdrawn and notice.status is Status.ACTUAL


def newest(notices: Sequence[Notice]) -> list[Notice]:
    """Of each incident those that count: one whose end was told only until another is drafted."""
    live = {one.incident for one in notices if not _over(one)}
    return [one for one in notices if not _over(one) or one.incident not in live]


def _over(notice: Notice) -> bool:
    return notice.state is NoticeState.RESTORED or taken_back(notice)


async def before(tx: Tx, incident: Incident, now_ns: int) -> tuple[Before | None, int]:
    """The last notice of it whose end was told; and since when water is off now."""
    told = await tx.find(Notice, incident=incident.id, state=ENDED)
    outages = [one for one in told if one.kind is NoticeKind.EMERGENCY_OUTAGE and _over(one)]
    actual = [one for one in outages if one.status is Status.ACTUAL and one.published_ns is not None]
    last = max(actual, key=lambda one: (one.published_ns or 0, one.id), default=None)
    if last is None:
        return None, now_ns
    if all(taken_back(one) for one in actual):
        return Before(last.id, True), incident.opened_ns
    return Before(last.id, taken_back(last)), await off_since(tx, incident.id) or now_ns


def of_draft(draft: Notice) -> Before | None:
    return Before(draft.after, draft.after_withdrawn) if draft.after else None


async def off_since(tx: Tx, incident: str) -> int | None:
    """When the first of the valves that stand shut was shut, or others stopped the water; None where nobody
    wrote it down. A valve that was opened in between counts from its last closing."""
    orders, log = await recorded(tx, incident)
    begun = dict[str, int]()
    standing = balance(log)
    for one in sorted(log, key=lambda one: (one.when_ns, one.id)):
        if one.turning is Turning.CLOSE:
            begun.setdefault(one.valve, one.when_ns)
        else:
            begun.pop(one.valve, None)
    shut = [at_ns for valve, at_ns in begun.items() if valve in standing]
    return min([*shut, *stopped_by_others(orders)], default=None)


def began(incident: Incident, starts_ns: int) -> Incident:
    """As the notice tells it: it begins with the water that is off again."""
    return replace(incident, opened_ns=starts_ns, confirmed_ns=max(starts_ns, incident.confirmed_ns or 0))


def worded(draft: Notice, before: Before) -> Notice:
    anew = replace(draft, after=before.notice, after_withdrawn=before.withdrawn)
    return wording.composed(templates.introduced(anew))
