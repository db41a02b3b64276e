"""The versions of a notice: what was said to the public, never edited (ON-04).

A version is a draft at first; once published neither it nor its reach is ever written again. A change is
another version, with an identifier of its own, that refers to all published before it (CAP 1.2, 3.2.1).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from core.model.notice import Change, Notice


class VersionState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    PUBLISHED = "published"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier version of the same notice. sent_ns: when it was published, UTC ns."""

    identifier: str
    sent_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeVersion:
    """id: `<notice>.<version>`; unique (notice, version). content: the notice as this version tells it, its
    `state` the one that stands once it is published. identifier: for CAP and whoever keeps it, without
    space, comma, `<` or `&`. sent_ns: when it was published. moved: a new estimate is worth telling people
    who know the old one (ON-08)."""

    id: str
    notice: str
    version: int
    state: VersionState
    change: Change
    content: Notice
    identifier: str = ""
    references: tuple[Reference, ...] = ()
    sent_ns: int | None = None
    moved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Accounts that are supplied alike, for the same named reason."""

    supply: str
    reason: str
    accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeReach:
    """Whom a version concerns; its id is the version's. Never leaves the hub."""

    id: str
    notice: str
    reached: tuple[Reached, ...]

    def supply_of(self) -> dict[str, str]:
        """By account."""
        return {account: part.supply for part in self.reached for account in part.accounts}


def alike(accounts: Iterable[tuple[str, str, str]]) -> tuple[Reached, ...]:
    """Put together from (supply, reason, account)."""
    parts: dict[tuple[str, str], list[str]] = {}
    for supply, reason, account in accounts:
        parts.setdefault((supply, reason), []).append(account)
    return tuple(Reached(supply=s, reason=r, accounts=tuple(ids)) for (s, r), ids in sorted(parts.items()))


def version_id(notice: str, version: int) -> str:
    return f"{notice}.{version}"
