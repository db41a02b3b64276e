"""What a version changes for each account: who is newly concerned, released, or told only if it matters
(ON-08). Sets over what two versions reach; at most one message to a person follows from it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.model.notice import Change, Notice
from core.model.notice_version import NoticeReach, NoticeVersion, version_id
from core.model.report import Report
from core.ports.ledger import Tx
from response.hotline.symptoms import explained_by_notice
from response.notices import versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Accounts, each in one set. first: they get their first notice. released: for them it is over. updated:
    what they were told has changed. silent: nothing that matters to them."""

    first: frozenset[str] = frozenset()
    released: frozenset[str] = frozenset()
    updated: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()

    @property
    def counts(self) -> dict[str, int]:
        names = ("first", "released", "updated", "silent")
        return {name: len(getattr(self, name)) for name in names}


def between(before: Mapping[str, str], after: Mapping[str, str], change: Change, moved: bool) -> Difference:
    """before, after: supply by account. A restored or cancelled notice is over for all it reached."""
    if change in (Change.RESTORED, Change.CANCELLED):
        return Difference(released=frozenset({**before, **after}))
    stay = before.keys() & after.keys()
    otherwise = {account for account in stay if before[account] != after[account]}
    updated = stay if moved else otherwise
    return Difference(
        first=frozenset(after.keys() - before.keys()),
        released=frozenset(before.keys() - after.keys()),
        updated=frozenset(updated),
        silent=frozenset(stay - updated),
    )


async def of_version(tx: Tx, version: NoticeVersion) -> Difference:
    """What it changes, or would, against the version published before it."""
    earlier = [v for v in await versions.published(tx, version.notice) if v.version < version.version]
    if not earlier:
        return Difference(first=frozenset(await _supply(tx, version)))
    moved = versions.moved(earlier[-1].content, version.content)
    return between(await _supply(tx, earlier[-1]), await _supply(tx, version), version.change, moved)


async def callers_released(tx: Tx, notice: Notice, earlier: Sequence[NoticeVersion]) -> int:
    """Accounts that reported of its incident what it would explain, whom the last version concerned, and this
    one does not."""
    if not earlier or notice.incident is None:
        return 0
    after = await tx.get(NoticeReach, version_id(notice.id, notice.version))
    gone = (await _supply(tx, earlier[-1])).keys() - (after.supply_of() if after else {}).keys()
    if after is None or after.id == earlier[-1].id or not gone:
        return 0
    found = await tx.find(Report, incident=notice.incident)
    told = {
        r.account for r in found if r.taken_back_ns is None and explained_by_notice(r.symptom, notice.kind)
    }
    return len(told & gone)


async def _supply(tx: Tx, version: NoticeVersion) -> dict[str, str]:
    reach = await tx.get(NoticeReach, version.id)
    return reach.supply_of() if reach else {}
