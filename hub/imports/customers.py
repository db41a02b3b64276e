"""Persons into the vault. What is told of them is which row and which field, and masked what it holds."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from alarms.difference import RowChange
from core.model.account import Account
from core.model.person import Person, masked_name, phone_key
from core.ports.ledger import Tx
from core.ports.vault import Vault
from hub.imports.plan import Plan, differences, records
from hub.imports.table import Cells, read_table
from hub.problems import Problem

KEY = ("id", "account")
COLUMNS = frozenset(Person.__dataclass_fields__)


async def customers(file: Path, tx: Tx, vault: Vault, gone: bool, problems: list[Problem]) -> Plan:
    """gone: of the accounts that the file has, persons whom it does not have are removed."""
    rows = read_table(file, COLUMNS, problems)
    keyed = [(line, cells | {"row": ":".join(cells.get(key, "") for key in KEY)}) for line, cells in rows]
    lines = {row["row"]: line for line, row in keyed}
    found = [one for _, one in records(file, keyed, Person, problems, key="row").values()]
    await _checked(file, tx, found, lines, problems)
    known = await vault.of_accounts(tx, {one.account for one in found})
    before = {_row(one): one for persons in known.values() for one in persons}
    after = {_row(one): one for one in found}
    left = [one for row, one in before.items() if row not in after]
    if not gone:
        after = before | after

    changed = [one for row, one in after.items() if before.get(row) != one]

    async def apply(tx: Tx) -> None:
        if gone:
            await vault.remove(tx, left)
        await vault.put(tx, changed)

    return Plan(
        rows=len(found),
        changes=_masked_differences(before, after),
        absent=0 if gone else len(left),
        apply=apply,
        taken=len(left) if gone else 0,
        standing=len(before),
    )


async def _checked(
    file: Path, tx: Tx, persons: list[Person], lines: Mapping[str, int], problems: list[Problem]
) -> None:
    accounts = {account.id for account in await tx.find(Account)}
    for one in persons:
        line = lines[_row(one)]
        if one.account not in accounts:
            what = f"there is no account {one.account!r}"
            problems.append(Problem(file, line, what, "import accounts first"))
        if one.language not in ("zh", "en"):
            problems.append(Problem(file, line, "`language` is neither zh nor en", "write zh or en"))
        if one.phone and not 3 <= len(phone_key(one.phone)) <= 15:
            problems.append(Problem(file, line, "`phone` is no telephone number", "3 to 15 digits (E.164)"))
        if one.email and "@" not in one.email[1:-1]:
            problems.append(Problem(file, line, "`email` is no address", "write name@host"))


def _row(person: Person) -> str:
    return f"{person.id}:{person.account}"


def _masked_differences(before: Mapping[str, Person], after: Mapping[str, Person]) -> tuple[RowChange, ...]:
    """Two numbers that look alike masked are told apart by a mark."""
    return differences(
        {row: _cells(one, None) for row, one in before.items()},
        {row: _cells(one, before.get(row)) for row, one in after.items()},
    )


def _cells(person: Person, was: Person | None) -> Cells:
    shown = {
        "name": person.name_masked,
        "phone": person.phone_masked,
        "email": masked_name(person.email),
        "wechat": masked_name(person.wechat),
        "language": person.language,
        "at_night": "1" if person.at_night else "",
        "large_type": "1" if person.large_type else "",
    }
    if was is not None:
        old = asdict(was)
        for name, value in asdict(person).items():
            if name in shown and value != old[name] and _cells(was, None).get(name, "") == shown[name]:
                shown[name] += " (another)"
    return {name: value for name, value in shown.items() if value}
