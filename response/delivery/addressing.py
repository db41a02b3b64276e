"""Where a letter goes: a person's address as the channel takes it, and the street that it names to them."""

from collections.abc import Sequence

from core.model.account import Account
from core.model.mailing import Letter, Mailing
from core.model.notice_version import NoticeVersion, VersionState
from core.model.person import Person
from core.model.telephone import NumberKind, telephone
from core.model.text import Text
from core.ports.ledger import Tx
from response.delivery.spec import CustomerChannel

_MOBILES = frozenset({NumberKind.MOBILE, NumberKind.PRIVACY})
_DIGITS = 11
"""Of a mobile number; masked ones that begin with 95013 have more."""


async def streets_of(tx: Tx, mailing: Mailing, letters: Sequence[Letter]) -> dict[str, Text]:
    """By account: a street of its own that the notice names."""
    version = await tx.get(NoticeVersion, mailing.id)
    return await streets_in(tx, version, letters) if version else {}


async def streets_in(tx: Tx, version: NoticeVersion, letters: Sequence[Letter]) -> dict[str, Text]:
    """The same of a version, and of those before it: who is let go lives where an earlier one named."""
    found = await tx.find(NoticeVersion, notice=version.notice, state=VersionState.PUBLISHED)
    said = [one.content for one in found if one.version < version.version]
    named = {one.street: one.name for content in (*said, version.content) for one in content.streets}
    accounts = await tx.find(Account, id=tuple({one.account for one in letters})) if named else []
    return {one.id: named[one.street] for one in accounts if one.street in named}


def address_of(person: Person, channel: CustomerChannel) -> str:
    """A mobile's as gateways take it, however a customer file writes it."""
    written: str = getattr(person, channel.address)
    if channel.address != "phone" or not written:
        return written
    known = telephone(written)
    return known.national if known.kind in _MOBILES else written


def mobile_of(person: Person) -> str:
    """As gateways take it; empty for what takes no short message: a landline, a service's, one abroad."""
    known = telephone(person.phone) if person.phone else None
    return known.national if known and known.kind in _MOBILES and len(known.national) == _DIGITS else ""
