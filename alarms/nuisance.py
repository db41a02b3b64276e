"""What to do about an alarm that annunciates most: one proposed mend, by name, from how it behaved."""

from enum import StrEnum

from alarms.kpi import DAY_NS, Actor, Kpi

OFTEN = 0.2
"""Of its raises: from this share on a habit is one."""
HABIT = 3
"""Annunciations below which nothing is said of how it was answered."""


class Mend(StrEnum):
    """deadband: it comes and goes around its limit. on_delay: most of it is over before anybody could act.
    repair: it stands for days: mend what it says, or hold it back by design while the plant is so. shelved:
    people put it aside again and again: repair or recalibrate. event: nobody ever answers it: without an
    operator's response it is an event (ISA-18.2). setpoint: answered and back again: the limit lies in normal
    operation."""

    DEADBAND = "deadband"
    ON_DELAY = "on_delay"
    REPAIR = "repair"
    SHELVED = "shelved"
    EVENT = "event"
    SETPOINT = "setpoint"


def mend(actor: Actor, kpi: Kpi) -> Mend | None:
    """None for an alarm that shows no habit: it may have been right."""
    span_ns = kpi.end_ns - kpi.start_ns
    if actor.chatters >= max(1.0, OFTEN * actor.raised):
        return Mend.DEADBAND
    if actor.fleeting >= max(1.0, OFTEN * actor.raised):
        return Mend.ON_DELAY
    if actor.standing_ns > max(DAY_NS, span_ns / 2):
        return Mend.REPAIR
    if actor.shelved >= 2:
        return Mend.SHELVED
    if actor.annunciated < HABIT:
        return None
    return Mend.EVENT if actor.reaction_ns is None else Mend.SETPOINT
