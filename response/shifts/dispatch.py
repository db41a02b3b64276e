"""Dispatch orders in a shift's log: what is not done, and what was issued, read back or ended in it."""

from core.model.dispatch_order import STANDING, DispatchOrder
from core.model.text import Text
from core.ports.ledger import Tx, pages
from response.shifts.line import LOOKED_BACK_NS, Line, Matter, Period, Said, Section

_PAGE = 100


async def dispatch_lines(tx: Tx, period: Period) -> list[Line]:
    """What is open first; of like ones the oldest."""
    found = {one.id: one for one in await tx.find(DispatchOrder, state=STANDING)}
    async for page in pages(tx, DispatchOrder, _PAGE):
        found |= {one.id: one for one in page}
        if page[-1].issued_ns < period.from_ns - LOOKED_BACK_NS:
            break
    lines = [line for one in found.values() if (line := _line(one, period)).open or line.said]
    return sorted(lines, key=lambda line: (not line.open, line.since_ns or 0, line.id))


def _line(one: DispatchOrder, period: Period) -> Line:
    steps = (
        ("issued", one.issued_ns, one.issued_by),
        ("read_back", one.read_back_ns, one.read_back_by),
        (one.state.value, one.ended_ns, one.ended_by),
    )
    said = [Said(what=what, at_ns=at, by=by) for what, at, by in steps if at is not None and period.has(at)]
    return Line(
        section=Section.DISPATCH,
        matter=Matter.DISPATCH,
        id=one.id,
        title=Text(one.to, one.to),
        open=one.state in STANDING,
        since_ns=one.issued_ns,
        zone=one.zone,
        state=one.state.value,
        said=tuple(said),
        text=one.text,
    )
