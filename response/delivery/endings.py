"""To whom it may be said that water is back: who was told that it might be off, and is outside of what crews
shut, or was left out while it goes on for others, hears that by what is known they are outside, and whom to
ring if they have no water. Whoever reported that they have none, or weak, hears nothing of the kind: when it
is over they hear that, as the card tells them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from core.model.bulletin import Ending
from core.model.mailing import Because, Letter, Mailing
from core.model.notice import Change
from core.model.notice_version import NoticeVersion, VersionState
from core.model.person import Person
from core.model.report import Symptom
from core.ports.ledger import Tx
from response.delivery.callers import Caller, reports_of
from response.delivery.difference import Told
from response.doubt import doubted
from response.site import known_off, matter

_DRY = frozenset({Symptom.NO_WATER, Symptom.LOW_PRESSURE, Symptom.INTERMITTENT})


@dataclass(frozen=True, slots=True)
class Known:
    """off: see `_off_by`. reported: accounts from which somebody said that no water comes, or weak."""

    off: frozenset[str] | None
    reported: frozenset[str]

    def by(self, accounts: Sequence[str]) -> bool:
        return not self.reported.isdisjoint(accounts)


async def known_of(
    tx: Tx,
    mailing: Mailing,
    reached: Mapping[int, Collection[str]],
    unsaid: NoticeVersion | None = None,
) -> Known:
    """reached: whom each version concerns. unsaid: this one, where it is not published yet."""
    return Known(
        await _off_by(tx, mailing, reached, unsaid), await reported_in(tx, mailing.bulletin.incident)
    )


async def reported_in(tx: Tx, incident: str | None) -> frozenset[str]:
    """Of all that is one with it."""
    if incident is None:
        return frozenset()
    said = await reports_of(tx, await matter(tx, incident))
    return frozenset(
        one.account for one in said if one.account and one.symptom in _DRY and one.taken_back_ns is None
    )


async def _off_by(
    tx: Tx,
    mailing: Mailing,
    reached: Mapping[int, Collection[str]],
    unsaid: NoticeVersion | None,
) -> frozenset[str] | None:
    """The accounts that a version up to this one tells of water that crews knew to be off; None where no
    version knew."""
    said = await tx.find(NoticeVersion, notice=mailing.notice, state=VersionState.PUBLISHED)
    said = [*said, unsaid] if unsaid else said
    firm = [v.version for v in said if v.version <= mailing.version and known_off(v.content)]
    return frozenset[str]().union(*(reached.get(n, ()) for n in firm)) if firm else None


def as_reported(
    mailing: Mailing, told: Told, *, reported: bool, caller: Caller | None = None, last: Letter | None = None
) -> Told:
    """While it goes on for others nobody who reported it is let go: they wait to hear that it is over; also
    who rang up after they had been let go. last: the newest of earlier letters."""
    change, because = told
    if not reported:
        return told
    if change is Change.RESTORED and mailing.bulletin.change in (Change.FIRST, Change.UPDATE):
        return None, Because.REPORTED
    over = mailing.bulletin.change is Change.RESTORED and because is Because.OVER_BEFORE
    if over and caller is not None and last is not None and last.ending is Ending.SPARED:
        return Change.RESTORED, Because.PROMISED
    return told


def ending(
    mailing: Mailing, told: Told, accounts: Sequence[str], caller: Caller | None, known: Known
) -> Ending | None:
    """accounts: the person's, that any version concerned, or from which they called. A caller of whom no
    account is known may live anywhere: they hear what the public hears."""
    change, because = told
    if change is not Change.RESTORED:
        return None
    bulletin = mailing.bulletin
    if bulletin.planned and because is Because.RELEASED and bulletin.starts_ns > bulletin.sent_ns:
        return Ending.SPARED
    if known.by(accounts):
        return None
    off = known.off
    guessed = doubted(bulletin.kind, bulletin.supply, bulletin.site) and off is None
    if guessed and because is Because.RELEASED and bulletin.change is not Change.RESTORED:
        return Ending.SPARED  # its scope was drawn smaller: nobody saw that they have water
    placed = caller is None or caller.placed
    return Ending.SPARED if off is not None and placed and off.isdisjoint(accounts) else None


def accounts_of(reached: Mapping[str, Sequence[Person]]) -> dict[str, list[str]]:
    """By person."""
    found: dict[str, list[str]] = {}
    for account, persons in reached.items():
        for person in persons:
            found.setdefault(person.id, []).append(account)
    return found
