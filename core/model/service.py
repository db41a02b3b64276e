"""A row of the service catalogue: what people may ask for, whose it is, and what its end needs (WO-06)."""

from dataclasses import dataclass
from enum import StrEnum

from core.model.report import Symptom
from core.model.text import Text


class Evidence(StrEnum):
    """What a repair must show before its order closes (WO-03)."""

    TELEMETRY = "telemetry"
    """The pressure (or quality) has been in its band for 15 min."""
    PHOTO = "photo"
    """At least one photo of the finished work."""
    CALLBACK = "callback"
    """Whoever reported it was called back."""


class FieldKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    YES_NO = "yes_no"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One question of a service's form. options: of a choice."""

    code: str
    name: Text
    kind: FieldKind = FieldKind.TEXT
    required: bool = False
    options: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """id: its code, as Open311 has it. kind: of the orders that it opens. queue: who owns them. profile: of
    service times. script: what an agent reads. symptom: for detecting clusters of calls. priority: where
    nothing makes it more urgent. skill: what a crew needs."""

    id: str
    name: Text
    kind: str
    queue: str = "network"
    profile: str = "cn-default"
    script: str | None = None
    symptom: Symptom | None = None
    priority: int = 3
    skill: str | None = None
    evidence: tuple[Evidence, ...] = ()
    form: tuple[FormField, ...] = ()
    active: bool = True
