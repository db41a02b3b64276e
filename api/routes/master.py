"""The master alarm database: its rows, versions and differences, and changes that two persons carry."""

from typing import Annotated, Any

from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from alarms import master
from alarms.cells import MATRIX_ROW, Cells, column_of
from alarms.difference import RowChange, Table, row_changes
from alarms.proposals import Declined
from alarms.table_text import table_text
from alarms.wrong_row import WrongRow
from api.context import Here
from api.gate import Asker, Door
from api.glossary import GLOSSARY
from api.parameters import Id, Limit
from api.permissions import Permission
from api.problems import Problem, not_found
from api.routes.alarm_acts import Decision, Reason
from api.wire import Answer, Json, plain
from core.model.master import MasterDrift, MasterEdit, MasterVersion
from core.model.proposal import Proposal, ProposalState
from core.model.shanghai import local
from core.ports.ledger import Tx

RowId = Annotated[str, StringConstraints(pattern=r"^(\*matrix|[A-Za-z0-9._-]{1,128})$")]
Text = Annotated[str, StringConstraints(max_length=4_000)]
MOST = 500
"""Changed fields told of one proposal or between two versions; of more, how many."""


class Change(BaseModel):
    """One of: rows (cells by row; null takes a row away), files (as they are now), version (back to it)."""

    model_config = ConfigDict(extra="forbid")
    reason: Reason
    rows: Annotated[dict[RowId, dict[Text, Text] | None], Field(min_length=1, max_length=1_000)] | None = None
    files: bool = False
    version: Annotated[int, Field(ge=1, le=10**8)] | None = None

    @model_validator(mode="after")
    def _one(self) -> "Change":
        if sum((self.rows is not None, self.files, self.version is not None)) != 1:
            raise ValueError("give rows, files or version, one of them")
        return self


async def list_rows(
    here: Here,
    q: Annotated[str, Query(max_length=100)] = "",
    after: RowId | None = None,
    limit: Limit = 100,
) -> Answer:
    """By id. q: words that must all be somewhere in the row."""
    words = q.lower().split()
    async with here.deps.ledger.read() as tx:
        rows, version = await master.approved(tx), await master.latest(tx)
    found = [
        row
        for id, row in sorted(rows.items())
        if all(word in "\n".join(row.cells.values()).lower() for word in words)
    ]
    rest = [row for row in found if after is None or row.id > after]
    items = [{"id": row.id, "version": row.version, "cells": dict(row.cells)} for row in rest[:limit]]
    more = rest[limit - 1].id if len(rest) > limit else None
    return Answer({"items": items, "next": more, "found": len(found), "version": version})


async def get_row(here: Here, id: RowId) -> Answer:
    """With all that ever changed it, the newest first."""
    async with here.deps.ledger.read() as tx:
        row = (await master.approved(tx)).get(id)
        edits = [edit for edit in await tx.find(MasterEdit, row=id) if edit.version is not None]
        versions = {one.n: one for one in await tx.find(MasterVersion)}
    if row is None and not edits:
        raise not_found("row", id)
    history = [
        plain(versions[edit.version or 0]) | _fields([RowChange(id, edit.before, edit.after)])
        for edit in sorted(edits, key=lambda edit: -(edit.version or 0))
    ]
    shown = {"id": id, "version": row.version, "cells": dict(row.cells)} if row else {"id": id}
    return Answer(shown | {"history": history})


async def export(here: Here, version: Annotated[int | None, Query(ge=1, le=10**8)] = None) -> Response:
    """CSV, as a spreadsheet opens it; of a version, or as it is now."""
    async with here.deps.ledger.read() as tx:
        n = version or await master.latest(tx)
        table = await master.at_version(tx, n)
    rows = [cells for id, cells in sorted(table.items()) if id != MATRIX_ROW]
    headers = {"Content-Disposition": f'attachment; filename="alarms-v{n}.csv"', "Cache-Control": "no-store"}
    return Response(table_text(rows), 200, headers, "text/csv; charset=utf-8")


async def list_versions(here: Here) -> Answer:
    """The newest first."""
    async with here.deps.ledger.read() as tx:
        found = await tx.find(MasterVersion)
    return Answer({"items": [plain(one) for one in reversed(found)]})


async def between(here: Here, n: int, against: Annotated[int | None, Query(ge=0, le=10**8)] = None) -> Answer:
    """What version n changed of another: of the one before, when none is named."""
    async with here.deps.ledger.read() as tx:
        after = await master.at_version(tx, n)
        older = n - 1 if against is None else against
        before: Table = await master.at_version(tx, older) if older else {}
    return Answer({"version": n, "against": older} | _fields(row_changes(before, after)))


async def list_drift(here: Here) -> Answer:
    """What is not as approved; and the rows whose file says what was approved before."""
    async with here.deps.ledger.read() as tx:
        standing = await tx.find(MasterDrift, standing=True)
    behind = here.deps.master.behind if here.deps.master else []
    return Answer({"items": [plain(one) for one in standing], "behind": behind})


async def compare(here: Here) -> Answer:
    """Now, and not only every 24 hours."""
    if here.deps.master is not None:
        await here.deps.master.compare()
    return await list_drift(here)


async def list_proposals(here: Here, state: Annotated[ProposalState, Query()] = ProposalState.OPEN) -> Answer:
    """With what each of them would change."""
    async with here.deps.ledger.read() as tx:
        found = await tx.find(Proposal, kind=master.KIND, state=state)
        items = [await _proposal(tx, one) for one in reversed(found)]
    return Answer({"items": items})


async def propose(here: Here, caller: Asker, body: Change) -> Answer:
    """Nothing changes until another person has approved it."""
    deps, by = here.deps, caller.user.id
    files = await _files(here) if body.files else None
    try:
        async with deps.ledger.begin() as tx:
            now_ns = deps.clock.now_ns()
            after = files or await _wanted(tx, body, now_ns)
            made = await master.propose(tx, after, deps.plant, body.reason, by, now_ns)
            shape = await _proposal(tx, made)
    except (Declined, ValueError) as error:
        raise _refusal(error) from error
    return Answer(shape, 201)


async def approve(here: Here, caller: Asker, id: Id, body: Decision) -> Answer:
    """It is the newest version at once, and runs within a moment."""
    return await _decide(here, caller.user.id, id, body, ProposalState.APPROVED)


async def refuse(here: Here, caller: Asker, id: Id, body: Decision) -> Answer:
    return await _decide(here, caller.user.id, id, body, ProposalState.REFUSED)


async def withdraw(here: Here, caller: Asker, id: Id, body: Decision) -> Answer:
    """By whoever proposed it."""
    return await _decide(here, caller.user.id, id, body, ProposalState.WITHDRAWN)


async def _decide(here: Here, by: str, id: str, body: Decision, state: ProposalState) -> Answer:
    deps = here.deps
    try:
        async with deps.ledger.begin() as tx:
            now_ns = deps.clock.now_ns()
            made = await master.decide(tx, id, body.seq, state, by, body.note, deps.plant, now_ns)
            shape = await _proposal(tx, made)
    except (Declined, ValueError) as error:
        raise _refusal(error) from error
    return Answer(shape)


async def _files(here: Here) -> Table:
    files = await here.deps.master.files() if here.deps.master else None
    if files is None:
        raise Problem(409, "files", "the files cannot be read, or something is wrong with them")
    return files


async def _wanted(tx: Tx, body: Change, now_ns: int) -> dict[str, Cells]:
    if body.version is not None:
        return dict(await master.at_version(tx, body.version))
    now = {id: row.cells for id, row in (await master.approved(tx)).items()}
    return master.edited(now, dict(body.rows or {}), local(now_ns).date())


async def _proposal(tx: Tx, proposal: Proposal) -> Json:
    edits = await tx.find(MasterEdit, proposal=proposal.id)
    changes = [RowChange(edit.row, edit.before, edit.after) for edit in edits]
    shape: Json = plain(proposal)
    if len(changes) == 1 and (cells := changes[0].after or changes[0].before):
        shape["name"] = {lang: cells.get(f"name_{lang}") or changes[0].row for lang in ("zh", "en")}
    return shape | _fields(changes)


def _fields(changes: Any) -> Json:
    """Field by field; of a row that is new or gone, that it is so."""
    told, n, rows = [], 0, 0
    for change in changes:
        rows += 1
        kind = "new" if change.before is None else "gone" if change.after is None else "changed"
        for one in change.fields:
            n += 1
            if n <= MOST:
                told.append(
                    {
                        "row": one.row,
                        "name": _row_name(change.after or change.before or {}),
                        "field": one.field,
                        "before": one.before,
                        "after": one.after,
                        "kind": kind,
                    }
                )
    return {"changes": told, "fields": n, "changed_rows": rows}


def _row_name(cells: Cells) -> Json | None:
    return (
        {"zh": cells["name_zh"], "en": cells["name_en"]}
        if "name_zh" in cells and "name_en" in cells
        else None
    )


def _refusal(error: Exception) -> Problem:
    if isinstance(error, Declined):
        why = GLOSSARY[f"alarm.refused.{error.reason}"]
        status = {"stale": 409, "waiting": 409, "second_person": 403}.get(error.reason, 422)
        said = {"zh": why.zh, "en": why.en}
        return Problem(status, error.reason, f"{why.en} ({error})", why=said)
    if isinstance(error, ValidationError):
        wrong = [{"at": column_of(e["loc"]), "what": e["msg"]} for e in error.errors()]
        return Problem(422, "row", f"{wrong[0]['at']}: {wrong[0]['what']}", errors=wrong)
    mend = f": {error.mend}" if isinstance(error, WrongRow) else ""
    return Problem(422, "row", f"{error}{mend}")


ROOT = "/api/v1/master"
DOORS = (
    Door("GET", f"{ROOT}/rows", list_rows, Permission.MASTER),
    Door("GET", f"{ROOT}/rows/{{id}}", get_row, Permission.MASTER),
    Door("GET", f"{ROOT}/export", export, Permission.MASTER),
    Door("GET", f"{ROOT}/versions", list_versions, Permission.MASTER),
    Door("GET", f"{ROOT}/versions/{{n}}", between, Permission.MASTER),
    Door("GET", f"{ROOT}/drift", list_drift, Permission.MASTER),
    Door("POST", f"{ROOT}/compare", compare, Permission.DECIDE_MASTER),
    Door("GET", f"{ROOT}/proposals", list_proposals, Permission.MASTER),
    Door("POST", f"{ROOT}/proposals", propose, Permission.PROPOSE_MASTER, 201),
    Door("POST", f"{ROOT}/proposals/{{id}}/approve", approve, Permission.DECIDE_MASTER),
    Door("POST", f"{ROOT}/proposals/{{id}}/refuse", refuse, Permission.DECIDE_MASTER),
    Door("POST", f"{ROOT}/proposals/{{id}}/withdraw", withdraw, Permission.PROPOSE_MASTER),
)
