"""Something that falls due at a stated time, whatever happens to the process that wrote it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """due_ns: absolute, plant time. owner, until_ns: who is at it and until when nobody else may be; epoch:
    counts the takings, so that who was too slow can do nothing any more."""

    id: str
    kind: str
    subject: str
    due_ns: int
    owner: str = ""
    until_ns: int = 0
    epoch: int = 0
