"""Why something asked for is not done: always a named reason, in words for people too."""

from core.model.text import Text


class Refused(Exception):
    """It cannot be done now (HTTP 409). `reason` names why; `allowed` lists what can be done instead."""

    def __init__(self, reason: str, why: Text, allowed: tuple[str, ...] = ()) -> None:
        super().__init__(f"{reason}: {why.en}")
        self.reason = reason
        self.why = why
        self.allowed = allowed


class Unknown(Refused):
    """There is no such thing (HTTP 404)."""


class NotPermitted(Refused):
    """This person may not do it (HTTP 403)."""
