"""Water that is held off again after people were told that it is back: they are told anew, by a notice of its
own that names the one before (WO-04, ON-09). What was told stays as it was told."""

from collections.abc import Sequence
from dataclasses import replace

from core.model.incident import Incident
from core.model.notice import Notice, NoticeKind, NoticeState, Status
from core.model.valve_operation import Turning
from core.ports.ledger import Tx
from response import wording
from response.notices import templates
from response.orders.valves import balance
from response.site import Work, recorded, stopped_by_others


def untold(notices: Sequence[Notice], work: Work) -> bool:
    """Crews hold water off, and all that people were told is that it is back. A draft that people took back
    stays so: then they have decided."""
    outages = [one for one in notices if one.kind is NoticeKind.EMERGENCY_OUTAGE]
    return work.held_off and bool(outages) and all(one.state is NoticeState.RESTORED for one in outages)


def newest(notices: Sequence[Notice]) -> list[Notice]:
    """Of each incident those that count: one that told that water is back only until another is drafted."""
    live = {one.incident for one in notices if one.state is not NoticeState.RESTORED}
    return [one for one in notices if one.state is not NoticeState.RESTORED or one.incident not in live]


async def over(tx: Tx, incident: str) -> str | None:
    """The last notice of it that told that water is back."""
    told = await tx.find(Notice, incident=incident, state=NoticeState.RESTORED)
    outages = [one for one in told if one.kind is NoticeKind.EMERGENCY_OUTAGE]
    actual = [one for one in outages if one.status is Status.ACTUAL and one.published_ns is not None]
    last = max(actual, key=lambda one: (one.restored_ns or 0, one.id), default=None)
    return last.id if last else None


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
    return replace(incident, opened_ns=starts_ns, confirmed_ns=starts_ns)


def worded(draft: Notice, before: str) -> Notice:
    """before: the notice that had told that water is back."""
    return wording.composed(templates.introduced(replace(draft, after=before)))
