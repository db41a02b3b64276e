"""Who is behind an account: personal data, in plain only in memory while somebody needs it.

What the ledger keeps is a `SealedPerson`; a `Vault` (core.ports.vault) turns one into the other. Nothing of a
Person may reach a log, an address, the historian, the wall or the portal: its text form is its id alone.
"""

import re
import unicodedata
from dataclasses import dataclass

_NOT_DIGITS = re.compile(r"\D+")
_NUMBER = re.compile(r"\+?\d(?:[-. ()\xa0]{0,2}\d){6,}")
_MAIL = re.compile(r"[^\s<>@:]+@[^\s<>@]+")
_PSEUDONYM = re.compile(r"用户\d+")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Person:
    """One person for one account. A person of several accounts is several of these with one `id`; an account
    may have several persons. phone, email, wechat: as written, empty where unknown; wechat is the open id.
    language: zh or en. at_night: asked to be told between 22:00 and 07:00 too. large_type: for big print."""

    id: str
    account: str
    name: str = ""
    phone: str = ""
    email: str = ""
    wechat: str = ""
    language: str = "zh"
    at_night: bool = False
    large_type: bool = False

    def __repr__(self) -> str:
        return f"Person({self.id})"

    @property
    def name_masked(self) -> str:
        return masked_name(self.name)

    @property
    def phone_masked(self) -> str:
        return masked_phone(self.phone)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedPerson:
    """A Person as the ledger keeps it. id: of this person at this account, telling neither. account_index,
    phone_index, last4_index: blind indexes (HMAC-SHA256), None where there is nothing to find by. sealed:
    AES-256-GCM under the key `key_id`, with its nonce before it."""

    id: str
    account_index: str
    phone_index: str | None
    last4_index: str | None
    key_id: str
    sealed: bytes


def digits_of(phone: str) -> str:
    """A Chinese telephone number's digits without its country code (+86, 0086, 86 before 11 digits)."""
    digits = _NOT_DIGITS.sub("", unicodedata.normalize("NFKC", phone)).removeprefix("00")
    return digits[2:] if digits.startswith("86") and len(digits) > 11 else digits


def phone_key(phone: str) -> str:
    """What is the same for every spelling of a number: its digits without country code and trunk zero."""
    return digits_of(phone).lstrip("0")


def masked_phone(phone: str) -> str:
    """`199****1234`: three digits and the last four; of fewer than 11 the last four, of fewer than 8 two."""
    digits = _NOT_DIGITS.sub("", unicodedata.normalize("NFKC", phone))
    if len(digits) < 8:
        return "*" * max(len(digits) - 2, 0) + digits[-2:]
    first = digits[:3] if len(digits) >= 11 else ""
    return f"{first}{'*' * (len(digits) - len(first) - 4)}{digits[-4:]}"


def unsaid(text: str) -> str:
    """What another program says, without numbers of seven digits or more and mail addresses: gateways repeat
    to whom they could not send, spelled in their own way."""
    return _MAIL.sub("…", _NUMBER.sub("…", unicodedata.normalize("NFKC", text)))


def masked_name(name: str) -> str:
    """The first character, and a star for each other; 用户000123 names nobody and stays."""
    if _PSEUDONYM.fullmatch(name):
        return name
    return name[:1] + "*" * (len(name) - 1)
