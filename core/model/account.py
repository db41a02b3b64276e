"""Customers and the people who serve them. Nothing here may reach the portal, the wall or a log."""

from dataclasses import dataclass
from enum import StrEnum


class Segment(StrEnum):
    GENERAL = "general"
    LARGE_USER = "large_user"
    HOSPITAL = "hospital"
    DIALYSIS = "dialysis"
    SCHOOL = "school"
    NURSING = "nursing"
    VULNERABLE = "vulnerable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A supply contract and its premises; whose it is, a `Person` says. node: where its service pipe leaves
    the main. secondary_supply: behind a building's own pumps and tank."""

    id: str
    street: str
    address: str
    building: str
    storey: int
    zone: str
    node: str
    meter: str
    segment: Segment = Segment.GENERAL
    secondary_supply: bool = False


class Role(StrEnum):
    """As the house's permission matrix names them."""

    VIEWER = "viewer"
    KIOSK = "kiosk"
    OPERATOR = "operator"
    DISPATCHER = "dispatcher"
    CREW = "crew"
    HOTLINE = "hotline"
    DUTY_MANAGER = "duty_manager"
    QUALITY_OFFICER = "quality_officer"
    ENGINEER = "engineer"
    REGULATOR = "regulator"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """id: the sign-in name. password_hash: argon2id. crew: for the role crew, whose orders are "own"."""

    id: str
    role: Role
    password_hash: str
    crew: str | None = None
    must_change: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """id: SHA-256 of the cookie's token; the token itself is never stored."""

    id: str
    user: str
    started_ns: int
    seen_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRecord:
    """Who read whose personal data, when and through what."""

    id: str
    user: str
    account: str
    at_ns: int
    purpose: str
