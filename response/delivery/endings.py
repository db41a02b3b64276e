"""To whom it may be said that water is back: who was told that it might be off, and is outside of what crews
shut, hears that they are not affected, and whom to ring if they have no water."""

from collections.abc import Collection, Mapping, Sequence

from core.model.bulletin import Ending
from core.model.mailing import Because, Mailing
from core.model.notice import Change
from core.model.notice_version import NoticeVersion, VersionState
from core.model.person import Person
from core.ports.ledger import Tx
from response.delivery.callers import Caller
from response.site import known_off


async def off_by(tx: Tx, mailing: Mailing, reached: Mapping[int, Collection[str]]) -> frozenset[str] | None:
    """The accounts that a version up to this one tells of water that crews knew to be off; None where no
    version knew. reached: whom each version concerns."""
    said = await tx.find(NoticeVersion, notice=mailing.notice, state=VersionState.PUBLISHED)
    firm = [v.version for v in said if v.version <= mailing.version and known_off(v.content)]
    return frozenset[str]().union(*(reached.get(n, ()) for n in firm)) if firm else None


def ending(
    mailing: Mailing,
    told: tuple[Change | None, Because],
    accounts: Sequence[str],
    caller: Caller | None,
    off: frozenset[str] | None,
) -> Ending | None:
    """accounts: the person's, that any version concerned, or from which they called. A caller of whom no
    account is known may live anywhere: they hear what the public hears."""
    change, because = told
    if change is not Change.RESTORED:
        return None
    bulletin = mailing.bulletin
    if bulletin.planned and because is Because.RELEASED and bulletin.starts_ns > bulletin.sent_ns:
        return Ending.SPARED
    placed = caller is None or caller.placed
    return Ending.SPARED if off is not None and placed and off.isdisjoint(accounts) else None


def accounts_of(reached: Mapping[str, Sequence[Person]]) -> dict[str, list[str]]:
    """By person."""
    found: dict[str, list[str]] = {}
    for account, persons in reached.items():
        for person in persons:
            found.setdefault(person.id, []).append(account)
    return found
