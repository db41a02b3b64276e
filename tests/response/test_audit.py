"""What the auditor calls a silence, by policy, ledger and time alone."""

from core.model.alarm import Alarm
from core.model.text import Text
from core.model.work_order import WorkOrder, WorkOrderState
from response.escalation.audit import longest_pause_s, silences
from response.escalation.spec import EscalationFile
from response.escalation.steps import Rules
from tests.response.on_duty import STANDARD

S = 10**9
T = 1_795_356_600 * S
FILE = EscalationFile.model_validate(STANDARD)
RULES = Rules(FILE, lambda _: None)
P1 = Alarm(id="p1", active=True, acked=False, priority=1, zone="dma-01", raised_ns=T)
AREA, INCIDENT = "area:dma-01:standard", "INC-20261122-00001"


def of(alarm=P1, told_s=None, now_s=0.0, since_s=0.0, order_s=None):
    call = RULES.subject(alarm)
    told = {} if told_s is None else {call: T + round(told_s * S)}
    orders = {} if order_s is None else {INCIDENT: order(T + round(order_s * S))}
    since = T + round(since_s * S)
    found = silences(RULES, [(alarm, since)], told, T + round(now_s * S), orders=orders)
    assert {one.priority for one in found} <= {alarm.priority if order_s is None else 1}
    return [one.alarm for one in found]


def order(opened_ns: int) -> WorkOrder:
    """Of priority 1: it makes its incident more urgent than its alarms are."""
    what = Text("抢修", "Repair")
    return WorkOrder(
        id="WO-1",
        incident=INCIDENT,
        kind="burst",
        state=WorkOrderState.REPORTED,
        priority=1,
        zone="dma-01",
        title=what,
        place=what,
        opened_ns=opened_ns,
    )


def test_the_first_message_is_due_after_the_wait_for_others_and_a_grace():
    assert of(now_s=34) == [] and of(now_s=36) == ["p1"]


def test_priority_1_is_due_again_after_the_longest_pause_of_its_ladder():
    ladder = FILE.policies[0].ladders[0]
    assert longest_pause_s(ladder) == 300
    assert of(told_s=16, now_s=16 + 300 + 34) == [] and of(told_s=16, now_s=16 + 300 + 36) == ["p1"]


def test_priority_2_that_was_told_once_is_told():
    p2 = Alarm(id="p2", active=True, acked=False, priority=2, zone="dma-01", raised_ns=T)
    assert of(p2, told_s=31, now_s=100_000) == []
    assert of(p2, now_s=51) == ["p2"]


def test_with_an_order_of_priority_1_an_alarm_of_priority_2_is_due_at_once_and_until_somebody_answers():
    p2 = Alarm(id="p2", active=True, acked=False, priority=2, incident=INCIDENT, zone="dma-01", raised_ns=T)
    assert of(p2, now_s=49) == []
    assert of(p2, now_s=26, order_s=5) == ["p2"] and of(p2, now_s=24, order_s=5) == []
    assert of(p2, told_s=31, now_s=100_000) == []
    assert of(p2, told_s=31, now_s=100_000, order_s=5) == ["p2"]


def test_an_alarm_that_joins_an_incident_answered_lately_may_wait():
    member = Alarm(id="m", active=True, acked=False, priority=1, incident=INCIDENT, zone="dma-01")
    assert of(member, told_s=0, since_s=60, now_s=600) == []
    assert of(member, told_s=0, since_s=60, now_s=600 + 36) == ["m"]


def test_priorities_3_and_4_and_those_without_a_ladder_are_none_of_its_business():
    assert of(Alarm(id="p3", active=True, acked=False, priority=3), now_s=1e6) == []
