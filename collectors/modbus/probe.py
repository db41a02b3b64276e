"""Asks one device for the registers around an address, and says in words why it does not answer."""

from dataclasses import dataclass, field

from collectors.modbus.asking import Asker, NoAnswer, Refused
from collectors.modbus.coding import text
from collectors.modbus.guess import Display, Reading, guesses
from collectors.modbus.registers import Order, Table

BEFORE, AFTER = 1, 4
"""Registers around the address that the widest type at each of the three places needs."""

OTHER_UNITS = (1, 255, 0, 247, 2)
"""Tried when the unit asked does not answer: 255 and 0 are what gateways and devices without a bus use."""

EXCEPTIONS = {
    1: "does not know this function",
    2: "has no register there",
    3: "does not take this request",
    4: "has failed",
    5: "is busy",
    6: "is busy",
    10: "has a gateway without a way to this unit",
    11: "does not answer its gateway",
}


class ProbeFailed(Exception):
    """Nothing could be read; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class TableFound:
    """registers: by address, those that could be read. refused: what the device said to the rest."""

    table: Table
    registers: dict[int, int] = field(default_factory=dict)
    refused: int | None = None

    @property
    def said(self) -> str:
        if self.refused is None:
            return ""
        return f"exception {self.refused}: the device {EXCEPTIONS.get(self.refused, 'refuses')}"


@dataclass(frozen=True, slots=True)
class Probed:
    tables: tuple[TableFound, ...]
    readings: tuple[Reading, ...]


async def probe(asker: Asker, unit: int, address: int, display: Display | None) -> Probed:
    """Raises ProbeFailed, ConnectionError."""
    tables = [await _read(asker, unit, table, address) for table in (Table.HOLDING, Table.INPUT)]
    readings: list[Reading] = []
    for one in tables:
        if one.registers:
            readings += guesses(one.table, one.registers, address, display)
    if not readings:
        raise ProbeFailed(_nothing(unit, address, tables))
    return Probed(tuple(tables), tuple(_distinct(readings)))


async def read_text(asker: Asker, unit: int, address: int, length: int) -> dict[str, str]:
    """What `length` registers say, by table and byte order; bytes that are no characters are U+FFFD.

    Raises ProbeFailed, ConnectionError.
    """
    found: dict[str, str] = {}
    refused = []
    for table in (Table.HOLDING, Table.INPUT):
        try:
            words = await asker.read(unit, table, address, length)
        except Refused as refusal:
            refused.append(TableFound(table, {}, refusal.code))
            continue
        except NoAnswer as silence:
            raise ProbeFailed(await _silent(asker, unit, silence)) from silence
        raw = b"".join(word.to_bytes(2, "big") for word in words)
        found |= {f"{table} {order}": text(raw, order) for order in (Order.ABCD, Order.BADC)}
    if not found:
        raise ProbeFailed(_nothing(unit, address, refused))
    return found


async def _read(asker: Asker, unit: int, table: Table, address: int) -> TableFound:
    """All at once where the device lets; otherwise piece by piece, for it may end in the middle."""
    first, last = max(0, address - BEFORE), min(0xFFFF, address + AFTER)
    try:
        words = await asker.read(unit, table, first, last - first + 1)
        return TableFound(table, dict(zip(range(first, last + 1), words, strict=True)))
    except Refused as refusal:
        if refusal.code in (2, 3):
            return await _piecemeal(asker, unit, table, range(first, last + 1))
        return TableFound(table, {}, refusal.code)
    except NoAnswer as silence:
        raise ProbeFailed(await _silent(asker, unit, silence)) from silence


async def _piecemeal(asker: Asker, unit: int, table: Table, addresses: range) -> TableFound:
    found: dict[int, int] = {}
    refused = None
    for start in addresses:
        for count in (1, 2):
            if start in found:
                break
            try:
                words = await asker.read(unit, table, start, count)
            except Refused as refusal:
                refused = refusal.code
            except NoAnswer:
                break
            else:
                found |= dict(zip(range(start, start + count), words, strict=True))
    return TableFound(table, found, refused)


def _nothing(unit: int, address: int, tables: list[TableFound]) -> str:
    said = "; ".join(f"{one.table}: {one.said}" for one in tables)
    if all(one.refused in (2, 3) for one in tables):
        mend = "Is the address 0-based? A manual's 40001 is address 0 of holding, 30001 address 0 of input."
    elif all(one.refused in (10, 11) for one in tables):
        mend = "The gateway is there, the unit behind it is not: its id, its power, the two wires."
        return f"unit {unit} does not answer. {said}. {mend}"
    else:
        mend = "See the device's manual for this exception."
    return f"unit {unit} answers, but gives nothing around address {address}. {said}. {mend}"


async def _silent(asker: Asker, unit: int, silence: NoAnswer) -> str:
    if silence.answered_as is not None:
        return f"asked for unit {unit}, unit {silence.answered_as} answered: say --unit {silence.answered_as}"
    others = []
    for other in OTHER_UNITS:
        if other != unit:
            try:
                await asker.read(other, Table.HOLDING, 0, 1)
                others.append(other)
            except Refused as refusal:
                if refusal.code not in (10, 11):
                    others.append(other)
            except (NoAnswer, ConnectionError):
                continue
    if others:
        return f"unit {unit} does not answer, but {_named(others)}: say --unit {others[0]}"
    return (
        f"the connection is there, but unit {unit} does not answer. Its unit id? Behind a gateway: its baud "
        "rate, parity and wires. --framing rtu if the gateway only passes bytes on. --timeout for slow lines."
    )


def _named(units: list[int]) -> str:
    return " and ".join(f"unit {unit}" for unit in units) + (" does" if len(units) == 1 else " do")


def _distinct(readings: list[Reading]) -> list[Reading]:
    """The cheapest reading of each place, type and order; of types that read the same number at the same
    place in one order, the likeliest."""
    ways: set[tuple[object, ...]] = set()
    numbers: set[tuple[object, ...]] = set()
    kept = []
    for reading in sorted(readings, key=lambda r: r.cost):
        way = (reading.table, reading.address, reading.type, reading.order, reading.byte)
        number = (reading.table, reading.address, _swapped(reading.order), reading.value, reading.unit)
        if way not in ways and number not in numbers:
            kept.append(reading)
        ways.add(way)
        numbers.add(number)
    return kept


def _swapped(order: Order) -> bool:
    return order not in (Order.ABCD, Order.ABCDEFGH)
