"""Imports into the ledger: accounts, meters and the service catalogue."""

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path

from core.model.account import Account
from core.model.plant import Plant
from core.model.service import Service
from core.ports.ledger import Tx
from core.ports.vault import Vault
from hub.imports.plan import Plan, cells_of, differences, records
from hub.imports.table import Cells, read_table
from hub.problems import Problem, nearest
from response.hotline.search.finder import CHANGED
from response.orders.catalogue import services

ACCOUNT = frozenset(field.name for field in fields(Account))
METER = frozenset({"account", "meter"})
SERVICE = ("id", "kind", "queue", "profile", "script", "symptom", "priority", "skill", "evidence", "active")
ROWS_AT_ONCE = 5_000
LOWEST, HIGHEST = -9, 200
"""Storeys: no dwelling is deeper or higher."""


async def accounts(
    file: Path, tx: Tx, vault: Vault, plant: Plant, gone: bool, problems: list[Problem]
) -> Plan:
    """Premises and contracts. gone: accounts that the file does not have are removed, with their persons. A
    `smart` column is the configuration's, and personal ones are `import customers`'."""
    rows = read_table(file, ACCOUNT | {"smart"}, problems)
    found = records(file, rows, Account, problems)
    for line, account in found.values():
        if not LOWEST <= account.storey <= HIGHEST:
            what = f"`storey` is {str(account.storey)[:20]}"
            problems.append(Problem(file, line, what, f"use {LOWEST} to {HIGHEST}"))
        _known(file, line, "zone", account.zone, plant.zones, problems)
        _known(file, line, "node", account.node, plant.network.nodes, problems)
        if plant.streets:
            _known(file, line, "street", account.street, plant.streets, problems)
    _one_meter_each(file, {id: (line, one.meter) for id, (line, one) in found.items()}, problems)
    before = {account.id: account for account in await tx.find(Account)}
    after = {id: account for id, (_, account) in found.items()}
    left = len(before.keys() - after.keys())
    return _plan(before, after if gone else before | after, len(found), left, vault)


async def meters(file: Path, tx: Tx, problems: list[Problem]) -> Plan:
    """Which meter an account has: after a round of exchanging them."""
    rows = read_table(file, METER, problems)
    wanted: dict[str, tuple[int, str]] = {}
    before = {account.id: account for account in await tx.find(Account)}
    for line, cells in rows:
        id, meter = cells.get("account", ""), cells.get("meter", "")
        if id not in before:
            problems.append(Problem(file, line, f"there is no account {id!r}", nearest(id, ())))
        elif not meter:
            problems.append(Problem(file, line, "`meter` is empty", "write the meter's number"))
        elif id in wanted:
            what = f"the account {id!r} stands already in line {wanted[id][0]}"
            problems.append(Problem(file, line, what, "keep one row an account"))
        else:
            wanted[id] = line, meter
    after = before | {id: replace(before[id], meter=meter) for id, (_, meter) in wanted.items()}
    lines = {id: line for id, (line, _) in wanted.items()}
    _one_meter_each(file, {id: (lines.get(id, 0), one.meter) for id, one in after.items()}, problems)
    return _plan(before, after, len(wanted), len(before) - len(wanted))


def _one_meter_each(file: Path, meters: Mapping[str, tuple[int, str]], problems: list[Problem]) -> None:
    owner: dict[str, str] = {}
    for id, (line, meter) in sorted(meters.items(), key=lambda item: item[1][0]):
        if meter and owner.setdefault(meter, id) != id:
            what = f"the meter {meter!r} is the account {owner[meter]}'s too"
            problems.append(Problem(file, line, what, "give each account a meter of its own"))


def _plan(
    before: dict[str, Account],
    after: dict[str, Account],
    rows: int,
    absent: int,
    vault: Vault | None = None,
) -> Plan:
    changed = [one for id, one in after.items() if before.get(id) != one]
    left = before.keys() - after.keys()

    async def apply(tx: Tx) -> None:
        for at in range(0, len(changed), ROWS_AT_ONCE):
            await tx.put_many(changed[at : at + ROWS_AT_ONCE])
        for id in sorted(left):
            await tx.delete(Account, id)
        if vault and left:
            theirs = await vault.of_accounts(tx, left)
            await vault.remove(tx, [person for persons in theirs.values() for person in persons])
        await tx.set_cursor(CHANGED, await tx.cursor(CHANGED) + 1)

    ids = {one.id for one in changed} | left
    return Plan(
        rows=rows,
        changes=differences(
            {id: cells_of(before[id]) for id in ids if id in before},
            {id: cells_of(after[id]) for id in ids if id in after},
        ),
        absent=0 if left else absent,
        apply=apply,
        taken=len(left),
        standing=len(before),
    )


async def catalogue(file: Path, tx: Tx, gone: bool, problems: list[Problem]) -> Plan:
    """Services by code; a service keeps its form, which a row cannot say. gone: what the file does not have
    is no longer offered (`active` off): orders that stand still name it."""
    rows = read_table(file, frozenset(SERVICE) | {"name_zh", "name_en"}, problems)
    split = [(line, {**cells, "evidence": cells.get("evidence", "").split()}) for line, cells in rows]
    found = records(file, split, Service, problems)  # type: ignore[arg-type]
    before = await services(tx)
    after = {id: replace(one, form=before[id].form if id in before else ()) for id, (_, one) in found.items()}
    for line, one in found.values():
        if not one.name.zh or not one.name.en:
            problems.append(Problem(file, line, "its name is needed in both languages", "name_zh, name_en"))
        if not 1 <= one.priority <= 4:
            problems.append(Problem(file, line, f"`priority` is {one.priority}", "use 1 to 4"))
    absent = [before[id] for id in before.keys() - after.keys() if before[id].active]
    if gone:
        after |= {one.id: replace(one, active=False) for one in absent}
    changed = [one for id, one in after.items() if before.get(id) != one]

    async def apply(tx: Tx) -> None:
        await tx.put_many(changed)

    return Plan(
        rows=len(found),
        changes=differences(
            {one.id: _service_cells(before[one.id]) for one in changed if one.id in before},
            {one.id: _service_cells(one) for one in changed},
        ),
        absent=0 if gone else len(absent),
        apply=apply,
        taken=len(absent) if gone else 0,
        standing=sum(one.active for one in before.values()),
    )


def _service_cells(service: Service) -> Cells:
    said = cells_of(service, SERVICE) | {"name_zh": service.name.zh, "name_en": service.name.en}
    return said | {"active": "1" if service.active else "0"}


def _known(
    file: Path, line: int, what: str, id: str, known: Mapping[str, object], problems: list[Problem]
) -> None:
    if id not in known:
        problems.append(Problem(file, line, f"the {what} {id!r} does not exist", nearest(id, known)))
