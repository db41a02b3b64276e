"""WO-11, 压单: an order that lies is idle, for how long, and with whom."""

from dataclasses import replace

from core.model.service_clock import CalendarKind, ClockName, Pause, PauseReason, ServiceClock
from core.model.work_order import Milestone, PublicMilestone, WorkOrder
from core.model.work_order import WorkOrderState as S
from response.clocks.idle import DESK, spells, standing
from response.clocks.spec import Idle
from response.notices.rules import HUB
from response.service_times import CN_DEFAULT
from tests.response import little_town as town
from tests.response.clocks_at_work import order

MIN = town.MIN


def running(one: WorkOrder) -> list[ServiceClock]:
    """Of all that it promises, since it was opened."""
    return [
        ServiceClock(
            id=f"{one.id}:{name}",
            order=one.id,
            clock=ClockName(name),
            calendar=CalendarKind.ALWAYS,
            start_ns=one.opened_ns,
            due_ns=due,
        )
        for name, due in one.clocks
    ]


def test_wo_11_an_order_that_lies_is_idle_and_whose():
    """20 % of 90 min is 18 min: after that the desk, then the crew, lets it lie."""
    rules = Idle()
    made = running(order())

    def at(minutes: int, state: S, actor: str) -> Milestone:
        return Milestone(state=state, at_ns=town.T0 + minutes * MIN, actor=actor)

    quick = order(milestones=(at(0, S.REPORTED, HUB), at(17, S.ASSIGNED, "dispatcher")), crew="crew-1")
    assert list(spells(quick, made, [], rules, town.T0 + 30 * MIN)) == []
    slow = order(
        state=S.ASSIGNED,
        milestones=(
            *(at(0, S.REPORTED, HUB), at(19, S.ASSIGNED, "dispatcher")),
            at(30, S.ASSIGNED, HUB),
        ),
        crew="crew-1",
    )
    found = list(spells(slow, made, [], rules, town.T0 + 60 * MIN))
    assert [(s.owner, s.person, s.lasts, s.for_ns // MIN) for s in found] == [
        (DESK, None, False, 19),
        ("crew-1", "dispatcher", True, 41),
    ]
    assert [s.stage for s in found] == [PublicMilestone.RECEIVED, PublicMilestone.DISPATCHED]
    last = standing(found)
    assert last is not None and last.allowed_ns == 18 * MIN
    done = replace(slow, state=S.COMPLETED, milestones=(*slow.milestones, at(40, S.COMPLETED, "crew")))
    assert standing(spells(done, made, [], rules, town.T0 + 600 * MIN)) is None


def test_wo_11_what_was_paused_is_not_idle():
    held = Pause(
        id="P",
        order="WO-1",
        reason=PauseReason.AWAIT_PERMIT,
        evidence="x",
        by="d",
        from_ns=town.T0 + 5 * MIN,
        until_ns=town.T0 + 125 * MIN,
    )
    assert standing(spells(order(), [], [held], Idle(), town.T0 + 200 * MIN)) is None
    assert standing(spells(order(), [], [], Idle(), town.T0 + 200 * MIN)) is not None


def test_wo_11_the_five_minutes_in_which_an_order_is_to_be_accepted_are_no_measure():
    """They are for one act: a fifth of them was one minute, and every order of priority 1, also after it had
    become one of 2, was said to lie before anybody could have read it."""
    promised = CN_DEFAULT.clocks("burst", town.T0, 200.0, "dma-01", priority=1)
    made = running(order(clocks=promised))
    assert dict(promised)["accept"] == town.T0 + 5 * MIN
    arrive_ns = dict(promised)["arrive"] - town.T0
    for priority in (1, 2):
        lies = order(priority=priority, clocks=promised)
        assert standing(spells(lies, made, [], Idle(), town.T0 + arrive_ns // 5)) is None
        last = standing(spells(lies, made, [], Idle(), town.T0 + arrive_ns // 5 + MIN))
        assert last is not None and last.allowed_ns == arrive_ns // 5
