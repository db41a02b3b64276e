"""WO-19: whatever a phone says, what was done on an order lies between its opening and now."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from core.model.account import Role
from core.model.text import Text
from core.model.work_order import Milestone, WorkOrder
from core.model.work_order import WorkOrderState as S
from response.field_time import within
from tests.response import little_town as town

NOW = town.T0 + 10 * town.HOUR
TIMES = st.integers(town.T0 - 20 * 365 * 24 * town.HOUR, NOW + 365 * 24 * town.HOUR)
EARLIER = st.integers(town.T0, NOW)


def order(opened_ns: int, *line: Milestone, reopened: int = 0) -> WorkOrder:
    return WorkOrder(
        id="WO-1",
        incident=None,
        kind="leak",
        state=line[-1].state if line else S.REPORTED,
        priority=3,
        zone="dma-01",
        title=Text("漏水", "Leak"),
        place=Text("人民路", "Renmin Road"),
        opened_ns=opened_ns,
        milestones=line,
        reopened=reopened,
    )


@given(TIMES, TIMES, EARLIER, EARLIER, EARLIER, st.sampled_from([None, "crew-1", "crew-2"]), st.booleans())
def test_a_stamp_is_bounded_and_what_was_outside_is_kept_beside_it(done, said, a, b, c, crew, step):
    opened, reopened, sent = sorted((a, b, c))
    line = (
        Milestone(state=S.ASSIGNED, at_ns=opened, actor="desk", crew="crew-2"),
        Milestone(state=S.REOPENED, at_ns=reopened, actor="desk"),
        Milestone(state=S.ASSIGNED, at_ns=sent, actor="desk", crew="crew-1"),
    )
    actor = replace(town.user(Role.CREW if crew else Role.DISPATCHER, "somebody"), crew=crew)
    found = within(order(opened, *line, reopened=1), actor, done, NOW, said_ns=said, since_reopened=step)
    earliest = sent if crew == "crew-1" else reopened if step else opened
    assert earliest <= found.done_ns <= NOW
    if earliest <= done <= NOW:
        assert (found.done_ns, found.claimed_ns) == (done, None)
    else:
        assert found.done_ns in (earliest, NOW) and found.claimed_ns == said
    again = within(order(opened, *line, reopened=1), actor, found.done_ns, NOW, since_reopened=step)
    assert again.done_ns == found.done_ns and again.claimed_ns is None, "bounded once is bounded"


@given(TIMES, EARLIER)
def test_an_assignment_of_older_ledgers_names_no_crew_and_counts(done, sent):
    line = (Milestone(state=S.ASSIGNED, at_ns=sent, actor="desk"),)
    actor = town.user(Role.CREW, "somebody", "crew-1")
    found = within(order(town.T0, *line), actor, done, NOW)
    assert sent <= found.done_ns <= NOW
    assert (found.claimed_ns is None) == (sent <= done <= NOW)
