"""Modicon numbers (40001 is the first holding register), understood only where they are said to be."""

import re
from collections.abc import Mapping
from typing import Any, Literal

from collectors.modbus.registers import Table

Notation = Literal["pdu", "modicon"]

_TABLES = {"0": Table.COIL, "1": Table.DISCRETE, "3": Table.INPUT, "4": Table.HOLDING}
_NUMBER = re.compile(r"([0134])[xX]?(\d{4,5})")
_MAYBE = {Table.INPUT: range(30001, 40000), Table.HOLDING: range(40001, 50000)}
"""Addresses that may be meant either way."""


def modicon(number: int | str) -> tuple[Table, int]:
    """Table and 0-based address. Raises ValueError."""
    found = _NUMBER.fullmatch(str(number).strip())
    at = int(found[2]) if found else 0
    if found is None or not 1 <= at <= 0x10000:
        raise ValueError(
            f"{number!r} is no Modicon number: write 40001 or 400001 (holding), 30001 (input), 10001 "
            "(discrete) or, quoted, '00001' (coil)"
        )
    return _TABLES[found[1]], at - 1


def zero_based(given: Mapping[str, Any]) -> dict[str, Any]:
    """A point's (or forbidden range's) row with its address as it travels, `notation` taken out.

    Raises ValueError for a number that is none in its notation, that needs one said, or whose table is
    another than the row's.
    """
    row = dict(given)
    notation, number = row.pop("notation", None), row.get("address")
    if not isinstance(number, int | str):
        return row
    if notation == "modicon":
        table, row["address"] = modicon(number)
        if row.setdefault("table", table) != table:
            raise ValueError(f"{number} is a {table} in Modicon notation, but `table` is {row['table']}")
        status = row.get("status")
        if isinstance(status, dict) and isinstance(status.get("address"), int | str):
            of_status, address = modicon(status["address"])
            if of_status != table:
                raise ValueError(f"the status word {status['address']} is in another table than {number}")
            row["status"] = status | {"address": address}
    elif notation is None:
        _refuse_riddles(number, row.get("table", Table.HOLDING))
    return row


def _refuse_riddles(number: int | str, table: str) -> None:
    if isinstance(number, str) and number.strip().isdigit():
        number = int(number)
    if isinstance(number, str) or number > 0xFFFF:
        try:
            meant, address = modicon(number)
        except ValueError:
            return
        raise ValueError(
            f"{number} looks like Modicon notation: say `notation: modicon` on the unit, or write what it "
            f"means: `table: {meant}`, `address: {address}`"
        )
    if table in _MAYBE and number in _MAYBE[Table(table)]:
        raise ValueError(
            f"address {number} can be meant in two ways: say `notation: modicon` on the unit if it is the "
            f"manual's register number (then the address is {number % 10000 - 1}), or `notation: pdu` if it "
            "travels as it is"
        )
