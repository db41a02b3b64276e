"""Who is called back, and when nobody may be called (WO-27). Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from math import ceil

from core.model.callback import CallbackReason
from core.model.report import Report
from core.model.shanghai import local
from core.model.work_order import WorkOrder
from response.clocks.spec import CallbackRules

COMPLAINT = "complaint"
"""The kind of orders whose callers are all called."""


@dataclass(frozen=True, slots=True)
class Chosen:
    report: Report
    order: WorkOrder
    reason: CallbackReason


def chosen(done: Iterable[tuple[WorkOrder, Sequence[Report]]], rules: CallbackRules) -> list[Chosen]:
    """All of complaints and of priority 1; of the others by lot at least the share that the rules say, and at
    least one of every order, which could not close without. The lot is a hash of the report's id: the same
    again after a restart, and nobody's choice. A caller who reported twice is called once."""
    must: list[Chosen] = []
    lots: list[Chosen] = []
    for order, reports in done:
        callers = _callers(reports)
        if order.kind == COMPLAINT or order.priority == 1:
            why = CallbackReason.COMPLAINT if order.kind == COMPLAINT else CallbackReason.PRIORITY_1
            must += [Chosen(report, order, why) for report in callers]
            continue
        drawn = sorted((Chosen(report, order, CallbackReason.SAMPLE) for report in callers), key=_lot)
        lots += drawn
    wanted = ceil(rules.sample * len(lots))
    first = {row.order.id: row for row in reversed(lots)}
    sample = list(first.values())
    rest = sorted((row for row in lots if row not in sample), key=_lot)
    reported = [replace(row, reason=CallbackReason.REPORTED) for row in sample]
    return must + reported + rest[: max(0, wanted - len(sample))]


def _callers(reports: Sequence[Report]) -> list[Report]:
    """The last report of each person; who left neither account nor person cannot be called."""
    last = {r.person or r.account: r for r in sorted(reports, key=lambda r: r.at_ns)}
    last.pop(None, None)
    return list(last.values())


def _lot(row: Chosen) -> str:
    return sha256(row.report.id.encode()).hexdigest()


def may_call(now_ns: int, rules: CallbackRules) -> bool:
    """Not at night: between not_from and not_until, Shanghai hours."""
    hour = local(now_ns).hour
    if rules.not_from <= rules.not_until:
        return not rules.not_from <= hour < rules.not_until
    return not (hour >= rules.not_from or hour < rules.not_until)
