"""What whoever answers for a notice is told when its time passes, and where the log files that."""

from core.model.call import Call, CallState, Why
from core.model.message import Message
from core.model.notice import Notice
from core.model.text import Text
from response.escalation import reminding


def call_of(notice: Notice, why: Why, policy: str, began_ns: int) -> Call:
    """What the notification log files it under: the incident, or the notice that people wrote."""
    return Call(
        id=notice.incident or notice.id,
        state=CallState.CALLING,
        why=why,
        policy=policy,
        priority=1,
        lead=notice.id,
        began_ns=began_ns,
        zone=notice.zone,
        incident=notice.incident,
    )


def reminder(
    notice: Notice, key: str, title: Text, due: Text, desk: str, *, began_ns: int, at_ns: int
) -> Message:
    """due: by when what should have been done."""
    return reminding.reminder(
        key,
        title,
        [notice.title, due],
        subject=notice.id,
        began_ns=began_ns,
        at_ns=at_ns,
        link=page(notice.id, desk),
    )


def page(notice: str, desk: str) -> str:
    return reminding.page(desk, f"notices?id={notice}")
