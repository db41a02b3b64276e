"""Whoever answers for a thing is told when its time passes: one shape of what they read, and the desk's page
beside it; where nobody was reached it is tried again soon."""

from core.model.message import Message, MessageKind
from core.model.text import Text, stacked

AGAIN_NS = 120 * 1_000_000_000
"""Nobody was reached: so soon it is tried again."""


def page(desk: str, path: str) -> str:
    """A page of the desk as people reach it; empty where the desk's address is not known."""
    desk = desk.rstrip("/")
    return f"{desk}/{path}" if desk else ""


def reminder(
    key: str,
    title: Text,
    lines: list[Text],
    *,
    subject: str,
    began_ns: int,
    at_ns: int,
    link: str,
    priority: int = 1,
) -> Message:
    """lines: below the title."""
    return Message(
        key=key,
        kind=MessageKind.REMINDER,
        to="",
        title=title,
        body=stacked([title, *lines]),
        subject=subject,
        priority=priority,
        count=1,
        began_ns=began_ns,
        at_ns=at_ns,
        link=link,
    )
