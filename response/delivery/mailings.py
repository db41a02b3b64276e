"""A mailing as a whole: how it begins, and what is the same for everybody whom it may write to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.model.bulletin import Bulletin
from core.model.mailing import Mailing, MailingState
from core.model.notice import Change, Status
from core.model.notice_version import NoticeReach, NoticeVersion
from core.ports.ledger import Tx
from response.delivery.callers import Caller, callers
from response.delivery.endings import Known, known_of
from response.delivery.night import urgent
from response.delivery.spec import DeliveryFile
from response.delivery.waited import told_before


def mailing_of(id: str, bulletin: Bulletin, *, moved: bool, made_ns: int) -> Mailing:
    """As it begins. id: the version's."""
    return Mailing(
        id=id,
        notice=bulletin.number,
        version=bulletin.version,
        state=MailingState.PLANNING,
        bulletin=bulletin,
        urgent=urgent(bulletin),
        moved=moved,
        made_ns=made_ns,
    )


def exercised(bulletin: Bulletin, file: DeliveryFile) -> Bulletin:
    """As it would go: while the whole hub is in an exercise as one, also what was told in earnest."""
    drill = file.exercise and bulletin.status is Status.ACTUAL
    return replace(bulletin, status=Status.EXERCISE) if drill else bulletin


@dataclass(frozen=True, slots=True)
class Matter:
    """What is the same for all of a mailing. affected: how it leaves whom it concerns; waiting: callers;
    accounts: to be looked at; moved: see `moved_in`."""

    affected: Mapping[str, str]
    waiting: Mapping[str, Caller]
    accounts: Sequence[str]
    moved: int
    known: Known


async def matter_of(
    tx: Tx, mailing: Mailing, unsaid: NoticeVersion | None = None, reach: NoticeReach | None = None
) -> Matter:
    """unsaid, reach: of a version that is not published yet."""
    supplies = {
        version_of(one.id): one.supply_of() for one in await tx.find(NoticeReach, notice=mailing.notice)
    }
    if reach is not None:
        supplies[mailing.version] = reach.supply_of()
    back = mailing.bulletin.change is Change.RESTORED
    after_ns = await told_before(tx, mailing) if back else 0
    waiting = await callers(tx, mailing.bulletin.incident, after_ns) if back else {}
    known = await known_of(tx, mailing, supplies, unsaid)
    said = [found for version, found in supplies.items() if version <= mailing.version]
    accounts = sorted({account for found in said for account in found} | waiting.keys())
    return Matter(supplies.get(mailing.version, {}), waiting, accounts, await moved_in(tx, mailing), known)


async def moved_in(tx: Tx, mailing: Mailing) -> int:
    """The last version up to this one that told something new of the whole; 0 for none."""
    known = [one for one in await tx.find(Mailing, notice=mailing.notice) if one.version < mailing.version]
    return max((one.version for one in (*known, mailing) if one.moved), default=0)


def version_of(id: str) -> int:
    return int(id.rpartition(".")[2])
