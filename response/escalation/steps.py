"""Which step of a ladder comes next, and what a call is to do now. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.model.alarm import Alarm, AlarmDefinition, State
from core.model.call import Call, Why
from core.model.passing_on import OnCall
from core.model.work_order import WorkOrder
from response.escalation.rota import on_call
from response.escalation.spec import EscalationFile, Ladder, Notify, Repeat, UntilAck, Wait

RETRY_S = 30.0
"""Nobody was reached: so soon the next step's turn comes, whatever the wait."""
AREA = "area:"
_HUB, _PLANT = "hub", "plant"


@dataclass(frozen=True, slots=True)
class Next:
    """step: of a Notify. wait_s: plant time until it."""

    step: int
    round: int
    wait_s: float


def after(ladder: Ladder, step: int, round: int, *, reached: bool) -> Next | None:
    """None when nobody else is to be told; a ladder by which nobody was reached begins again."""
    wait_s, at = 0.0, step + 1
    while at < len(ladder.steps):
        match ladder.steps[at]:
            case Notify():
                return Next(at, round, wait_s if reached else min(wait_s, RETRY_S))
            case Wait(wait_min=minutes):
                wait_s += 60 * minutes
                at += 1
            case Repeat(repeat=times) if round >= times:
                break
            case Repeat() | UntilAck():
                return Next(0, round + 1, wait_s if reached else min(wait_s, RETRY_S))
    return None if reached else Next(0, round + 1, RETRY_S)


def until_ack(ladder: Ladder) -> bool:
    return isinstance(ladder.steps[-1], UntilAck)


class Rules:
    """What escalation.yaml and the alarms' rows say of an alarm."""

    def __init__(self, file: EscalationFile, policy_of: Callable[[str], str | None]) -> None:
        """policy_of: what an alarm's row names, by the alarm's id."""
        self._file, self._policy_of = file, policy_of

    @classmethod
    def of(cls, file: EscalationFile, definitions: Mapping[str, AlarmDefinition]) -> "Rules":
        def policy_of(id: str) -> str | None:
            row = definitions.get(id)
            return row.escalation_policy if row else None

        return cls(file, policy_of)

    def policy(self, alarm: Alarm) -> str:
        return self._file.policy(self._policy_of(alarm.id)).id

    def ladder(self, alarm: Alarm, order: WorkOrder | None = None) -> Ladder | None:
        """order: what stands for its incident may be more urgent than the alarm."""
        return self._file.policy(self.policy(alarm)).ladder(priority_of(alarm, order))

    def on_call(self, alarm: str, priority: int, now_ns: int) -> OnCall | None:
        """Of those whom this alarm calls, or would if it were urgent, the first who is on duty."""
        policy = self._file.policy(self._policy_of(alarm))
        ladder = policy.ladder(priority) or min(policy.ladders, key=lambda one: one.priority)
        for step in ladder.steps:
            for id in step.notify if isinstance(step, Notify) else ():
                position = self._file.position(id)
                for contact in on_call(position, now_ns):
                    return OnCall(
                        position=id,
                        name=position.name,
                        contact=contact,
                        contact_name=self._file.contact(contact).name,
                        at_ns=now_ns,
                    )
        return None

    def subject(self, alarm: Alarm) -> str:
        """The id of the call that an alarm belongs to: its incident's, or that of its area."""
        if alarm.incident:
            return alarm.incident
        area = _HUB if alarm.id.startswith(f"{_HUB}:") else alarm.zone or _PLANT
        return f"{AREA}{area}:{self.policy(alarm)}"

    def waiting(self, alarms: Iterable[Alarm], *, told: bool, order: WorkOrder | None = None) -> list[Alarm]:
        """Those somebody is to be called for now, the most urgent and then the oldest first. told: a call has
        been made, which for an `until_ack` ladder goes on also when the alarm has gone. order: of their
        incident; with one, alarms that call nobody by themselves do where none of its alarms would."""
        every = list(alarms)
        calling = [alarm for alarm in every if self.ladder(alarm) is not None] or (every if order else [])
        found = [
            alarm
            for alarm in calling
            if not alarm.acked
            and not alarm.withheld
            and (ladder := self.ladder(alarm, order)) is not None
            and (alarm.active or (told and until_ack(ladder)))
        ]
        return sorted(found, key=lambda alarm: (alarm.priority, alarm.raised_ns or 0, alarm.id))


def priority_of(alarm: Alarm, order: WorkOrder | None) -> int:
    return min(alarm.priority, order.priority) if order else alarm.priority


def area_of(id: str) -> str | None:
    """The zone that an area's call is for; None for the hub's own and those of the whole plant."""
    area = id.removeprefix(AREA).rpartition(":")[0]
    return None if area in (_HUB, _PLANT) else area


def ended_by(alarms: Sequence[Alarm], *, told: bool) -> Why:
    """Why nobody is called for these any more."""
    unacked = [alarm for alarm in alarms if not alarm.acked]
    for state, why in _OVERLAYS.items():
        if any(alarm.state is state for alarm in unacked):
            return why
    if any(alarm.active for alarm in unacked):
        return Why.NO_POLICY
    if unacked:
        return Why.RETURNED if told else Why.CLEARED_BEFORE
    if any(alarm.acked_by for alarm in alarms):
        return Why.ACKNOWLEDGED
    return Why.RETURNED if alarms else Why.REGROUPED


_OVERLAYS = {State.SHLVD: Why.SHELVED, State.DSUPR: Why.SUPPRESSED, State.OOSRV: Why.OUT_OF_SERVICE}


def known_of(alarms: Iterable[Alarm]) -> tuple[str, ...]:
    """Which occurrences these are, so that another is seen to be another."""
    return tuple(sorted(f"{alarm.id}/{alarm.occurrence}/{alarm.realarms}" for alarm in alarms)[:KNOWN])


KNOWN = 500


def anew(call: Call, waiting: Sequence[Alarm]) -> bool:
    """Among them is one that the call was not for."""
    return not set(known_of(waiting)) <= set(call.known)
