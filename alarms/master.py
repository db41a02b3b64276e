"""The approved master alarm database: what the hub runs on. It changes by proposals that two persons carry.

The files in a plant's folder are where it begins and what may be proposed; the ledger holds what was
approved, in versions (docs/explanations/decisions/0009-the-ledger-holds-the-approved-alarms.md).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from alarms.acts import Unknown
from alarms.cells import MATRIX_ROW, PRIORITY, Cells, cells_of, digest_of, matrix_cells, matrix_of
from alarms.cells import row_of as alarm_row
from alarms.definitions import Definitions
from alarms.difference import RowChange, Table, row_changes
from alarms.drift import added_up
from alarms.expansion import spread
from alarms.matrix import Matrix
from alarms.proposals import Declined, closed, opened, publish, reasoned
from alarms.spec import AlarmsSpec
from alarms.wrong_row import WrongRow
from core.model.master import MasterEdit, MasterRow, MasterVersion
from core.model.plant import Plant
from core.model.proposal import Proposal, ProposalKind, ProposalState
from core.ports.ledger import Page, Tx

HUB = "hub"
KIND = ProposalKind.MASTER_CHANGE
APPROVED = ProposalState.APPROVED


async def approved(tx: Tx) -> dict[str, MasterRow]:
    """By id; none before the first start."""
    return {row.id: row for row in await tx.find(MasterRow)}


async def latest(tx: Tx) -> int:
    """The number of the newest version; 0 before the first start."""
    versions = await tx.find(MasterVersion, Page(limit=1))
    return versions[0].n if versions else 0


def spec_of(rows: Mapping[str, MasterRow]) -> AlarmsSpec:
    kept = rows.get(MATRIX_ROW)
    matrix = matrix_of(kept.cells if kept else {})
    alarms = tuple(alarm_row(row.cells, matrix) for id, row in rows.items() if id != MATRIX_ROW)
    return AlarmsSpec(matrix=dict(matrix), alarms=alarms)


def definitions_of(rows: Mapping[str, MasterRow], plant: Plant) -> tuple[Definitions, list[WrongRow]]:
    """What the approved rows make of a plant, and those that do not fit it (any more)."""
    return spread(spec_of(rows), plant, {id: str(row.version) for id, row in rows.items()})


def edited(now: Table, patch: Mapping[str, Cells | None], day: date) -> dict[str, Cells]:
    """The database with some cells changed; a row with None is taken away, an unknown one is new. What is
    changed gets the next revision and the day, where the patch does not say them itself; a row of which the
    patch says nothing new stays as it is. Priorities follow, also from a changed matrix. Raises ValueError
    (pydantic's, for a cell that is missing or wrong), Declined for a priority that does not follow."""
    stated = {id: cells for id, cells in patch.items() if cells is not None}
    after = {id: cells for id, cells in now.items() if id in stated or id not in patch}
    matrix = matrix_of({**after.get(MATRIX_ROW, {}), **stated.get(MATRIX_ROW, {})})
    if MATRIX_ROW in patch:
        after[MATRIX_ROW] = matrix_cells(matrix)
    for id in after.keys() | stated.keys() if MATRIX_ROW in patch else stated:
        if id != MATRIX_ROW:
            after[id] = _revised(id, now.get(id, {}), stated.get(id, {}), matrix, day)
    return after


def _revised(id: str, before: Cells, stated: Cells, matrix: Matrix, day: date) -> Cells:
    fresh = {"rev": str(int(before.get("rev", "0")) + 1), "rationalised_on": day.isoformat()}
    told = {"alarm_id": id, **before, **fresh, **stated}
    row = alarm_row({column: text for column, text in told.items() if text and column != PRIORITY}, matrix)
    if row.id != id:
        raise WrongRow(f"alarm row {id}: its alarm_id is {row.id!r}", "a row keeps its id")
    after = cells_of(row, matrix)
    follows, typed = after[PRIORITY], stated.get(PRIORITY)
    if typed and typed != follows:
        what = f"{row.consequence_level} and {row.response_min:g} min, which make {follows}"
        raise Declined("priority", f"row {id}: priority {typed} does not follow from {what}")
    new = {column for column in before.keys() | after.keys() if before.get(column) != after.get(column)}
    if new - {PRIORITY, "rev"} - (fresh.keys() - stated.keys()):
        return after
    return {**before, PRIORITY: follows}


async def begin(tx: Tx, table: Table, now_ns: int) -> None:
    """Version 1: what the files say at the first start."""
    edits = [_edit(HUB, change) for change in row_changes({}, table)]
    await _write(tx, edits, None, HUB, HUB, "the files at the first start", now_ns)


async def propose(tx: Tx, after: Table, plant: Plant, reason: str, by: str, now_ns: int) -> Proposal:
    """after: the whole database as it shall be, each row canonical. Raises Declined, WrongRow."""
    reason = reasoned(reason)
    before = await approved(tx)
    changes = list(row_changes({id: row.cells for id, row in before.items()}, after))
    if not changes:
        raise Declined("nothing", "it is approved as it is: nothing would change")
    made = Proposal(
        id=await tx.next_id("PRO", now_ns),
        kind=KIND,
        subject=changes[0].row if len(changes) == 1 else f"{len(changes)} rows",
        by=by,
        reason=reason,
        asked_ns=now_ns,
    )
    await _free(tx, {change.row for change in changes})
    edits = [_edit(made.id, change) for change in changes]
    _fit(before, edits, plant)
    await tx.put_many(edits)
    await publish(tx, made, now_ns)
    return made


async def decide(
    tx: Tx, id: str, seq: int, state: ProposalState, by: str, note: str | None, plant: Plant, now_ns: int
) -> Proposal:
    """Approved, it is the newest version at once. Raises Unknown, Declined, WrongRow."""
    proposal = await opened(tx, KIND, id, seq, state, by)
    if state is APPROVED:
        edits, now = await tx.find(MasterEdit, proposal=id), await approved(tx)
        for edit in edits:
            row = now.get(edit.row)
            if (row.digest if row else None) != edit.base:
                raise Declined("stale", f"row {edit.row} has changed since this was proposed")
        _fit(now, edits, plant)
        await _write(tx, edits, id, proposal.by, by, proposal.reason, now_ns)
    return await closed(tx, proposal, state, by, note, now_ns)


async def at_version(tx: Tx, n: int) -> dict[str, Cells]:
    """The whole database as it was at a version. Raises Unknown."""
    if n < 1 or n > await latest(tx):
        raise Unknown(f"no version {n}")
    return added_up(edit for edit in await tx.find(MasterEdit) if (edit.version or 0) <= n)


async def _free(tx: Tx, rows: set[str]) -> None:
    """Raises Declined while another proposal for one of these rows waits."""
    for waiting in await tx.find(Proposal, kind=KIND, state=ProposalState.OPEN):
        if both := rows & {edit.row for edit in await tx.find(MasterEdit, proposal=waiting.id)}:
            raise Declined("waiting", f"{waiting.id} waits for approval and changes {min(both)} too")


def _fit(before: Mapping[str, MasterRow], edits: Iterable[MasterEdit], plant: Plant) -> None:
    """Raises WrongRow for what would not work in this plant."""
    rows = dict(before)
    changed = []
    for edit in edits:
        rows.pop(edit.row, None)
        if edit.after is not None:
            rows[edit.row] = MasterRow(
                id=edit.row, version=0, digest=edit.digest or "", cells=dict(edit.after)
            )
            changed.append(edit.row)
    whole = MATRIX_ROW in changed
    judged = {id: row for id, row in rows.items() if whole or id in (*changed, MATRIX_ROW)}
    _, wrong = definitions_of(judged, plant)
    if wrong:
        raise wrong[0]


def _edit(proposal: str, change: RowChange) -> MasterEdit:
    return MasterEdit(
        id=f"{proposal}:{change.row}",
        proposal=proposal,
        row=change.row,
        before=None if change.before is None else dict(change.before),
        after=None if change.after is None else dict(change.after),
        base=None if change.before is None else digest_of(change.before),
        digest=None if change.after is None else digest_of(change.after),
    )


async def _write(
    tx: Tx,
    edits: Iterable[MasterEdit],
    proposal: str | None,
    by: str,
    approved_by: str,
    reason: str,
    now_ns: int,
) -> None:
    n = await latest(tx) + 1
    done = [replace(edit, version=n) for edit in edits]
    await tx.put_many(done)
    rows = [
        MasterRow(id=edit.row, version=n, digest=edit.digest or "", cells=edit.after)
        for edit in done
        if edit.after is not None
    ]
    await tx.put_many(rows)
    for edit in done:
        if edit.after is None:
            await tx.delete(MasterRow, edit.row)
    await tx.put(
        MasterVersion(
            id=f"{n:08d}",
            n=n,
            proposal=proposal,
            by=by,
            approved_by=approved_by,
            reason=reason,
            t_ns=now_ns,
            rows=len(done),
        )
    )
