"""Questions about records as SQL that an index answers, however many records there are."""

from collections.abc import Mapping
from itertools import product

from core.adapters.sql_ledger.tables import Table, marks, plain
from core.ports.ledger import Page

Sql = tuple[str, list[object]]
MOST_PARTS = 16
"""So many lists of newest ones are put together at most, one for each of several values that may be."""


def conditions_of(table: Table, equal: Mapping[str, object]) -> tuple[list[str], list[object]]:
    """Raises KeyError for what is no column of the table."""
    conditions: list[str] = []
    values: list[object] = []
    for name, several in _several(table, equal).items():
        conditions.append(f'"{name}" IN ({marks(len(several))})')
        values += several
    return conditions, values


def _several(table: Table, equal: Mapping[str, object]) -> dict[str, tuple[object, ...]]:
    for name in equal:
        if name not in table.columns:
            raise KeyError(f"{table.name} has no column {name}")
    lists = {name: wanted if isinstance(wanted, tuple) else (wanted,) for name, wanted in equal.items()}
    return {name: tuple(dict.fromkeys(map(plain, several))) for name, several in lists.items()}


def found(table: Table, equal: Mapping[str, object]) -> Sql:
    """All, by id. They are few of many: what is asked by chooses the index, and not the order."""
    conditions, values = conditions_of(table, equal)
    if not conditions:
        return f'SELECT body FROM "{table.name}" ORDER BY id', values
    return f"SELECT body FROM \"{table.name}\" WHERE {' AND '.join(conditions)} ORDER BY id || ''", values


def newest(table: Table, page: Page, equal: Mapping[str, object]) -> Sql:
    """Those of each value are read by an index of value and id, newest first, and no more of them than the
    page holds."""
    several = _several(table, equal)
    ways = list(product(*several.values()))
    after: list[object] = [] if page.after is None else [page.after]
    if len(ways) > MOST_PARTS:
        conditions, values = conditions_of(table, equal)
        conditions += ["id < ?"] * len(after)
        return _newest(table, _where(conditions)), [*values, *after, page.limit]
    conditions = [*(f'"{name}" = ?' for name in several), *["id < ?"] * len(after)]
    part = _newest(table, _where(conditions), "id, body")
    values = [value for way in ways for value in (*way, *after, page.limit)]
    if len(ways) == 1:
        return _newest(table, _where(conditions)), values
    every = " UNION ALL ".join([f"SELECT * FROM ({part}) AS found"] * len(ways))
    if not ways:
        return f'SELECT body FROM "{table.name}" WHERE 1 = 0', []
    return f"SELECT body FROM ({every}) AS found ORDER BY id DESC LIMIT ?", [*values, page.limit]


def _where(conditions: list[str]) -> str:
    return f"WHERE {' AND '.join(conditions)}" if conditions else ""


def _newest(table: Table, where: str, what: str = "body") -> str:
    return f'SELECT {what} FROM "{table.name}" {where} ORDER BY id DESC LIMIT ?'


def between(
    table: Table, column: str, start: int, end: int, limit: int | None, equal: Mapping[str, object]
) -> Sql:
    """The latest first."""
    if column not in table.columns:
        raise KeyError(f"{table.name} has no column {column}")
    conditions, values = conditions_of(table, equal)
    where = " AND ".join([*conditions, f'"{column}" >= ?', f'"{column}" < ?'])
    sql = f'SELECT body FROM "{table.name}" WHERE {where} ORDER BY "{column}" DESC, id DESC'
    values += [start, end]
    return (sql, values) if limit is None else (f"{sql} LIMIT ?", [*values, limit])
