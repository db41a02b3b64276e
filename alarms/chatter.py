"""An alarm that comes and goes is held as one occurrence until it has been quiet for five minutes.

What comes and goes is told by its instrument's own clock, so that the same samples give the same alarms
however fast they come; that nothing comes any more is told by the hub's.
"""

from dataclasses import replace

from alarms.journal import Stamp, entry_of
from alarms.states import QUIET_NS, AlarmEvent, Cause
from alarms.transition import step
from core.model.alarm import Alarm
from core.ports.ledger import Writing


async def settled(tx: Writing, alarm: Alarm, cause: Cause, stamp: Stamp) -> Alarm:
    """The alarm as it stands when this comes: after a long enough silence it chatters no more."""
    if alarm.chatter is None or cause.t_ns - alarm.chatter.last_ns < QUIET_NS:
        return alarm
    return await calmed(tx, alarm, cause, stamp)


async def calmed(tx: Writing, alarm: Alarm, cause: Cause, stamp: Stamp) -> Alarm:
    """cause: latching and ack_required of its row; the time is when it last came or went."""
    if alarm.chatter is None:
        return alarm
    cause = replace(cause, t_ns=alarm.chatter.last_ns, value=alarm.value, limit=alarm.limit)
    transition = step(alarm, AlarmEvent.QUIET, cause)
    await tx.journal(entry_of(transition, AlarmEvent.QUIET, cause, Stamp(stamp.now_ns)))
    await tx.put(transition.alarm)
    return transition.alarm
