"""`waterhub probe`: what the registers of a device may mean, beside what its display shows."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

if TYPE_CHECKING:
    from collectors.modbus.asking import Asker, Door
    from collectors.modbus.guess import Display
    from collectors.modbus.probe import Probed


T = TypeVar("T")


class Framing(StrEnum):
    TCP = "tcp"
    RTU = "rtu"
    ASCII = "ascii"


class Parity(StrEnum):
    NONE = "N"
    EVEN = "E"
    ODD = "O"


Host = Annotated[
    str | None, typer.Argument(help="device or gateway; [::1]:502 for IPv6", metavar="HOST[:PORT]")
]
Address = Annotated[int, typer.Option(min=0, max=65535, help="0-based: a manual's 40001 or 30001 is 0")]
UnitId = Annotated[int, typer.Option(min=0, max=255, help="the device's unit id (station address)")]
Shown = Annotated[
    str | None, typer.Option(help="what the instrument's display shows now, with all its digits: 3.42")
]
ShownIn = Annotated[
    str | None, typer.Option("--in", help="unit of the display: m, kPa, bar, m3/h, L/s, mg/L, Cel …")
]
Frames = Annotated[
    Framing | None, typer.Option(help="tcp; rtu or ascii where a gateway only passes bytes on")
]
Serial = Annotated[str | None, typer.Option(help="a serial port in place of a host: /dev/ttyUSB0")]
Baud = Annotated[int, typer.Option(min=300, help="of the serial port")]
OfBits = Annotated[Parity, typer.Option(help="of the serial port: N, E or O")]
Timeout = Annotated[float, typer.Option(min=0.05, max=60, help="seconds to wait for an answer")]
Text = Annotated[
    int | None, typer.Option(min=1, max=125, help="read so many registers as text, such as a serial number")
]
Top = Annotated[int, typer.Option(min=1, max=200, help="how many readings to show")]
Json = Annotated[bool, typer.Option("--json", help="answer as JSON, for scripts")]


def probe(
    address: Address,
    host: Host = None,
    unit: UnitId = 1,
    value: Shown = None,
    shown_in: ShownIn = None,
    framing: Frames = None,
    serial: Serial = None,
    baud: Baud = 19_200,
    parity: OfBits = Parity.EVEN,
    timeout: Timeout = 1.0,
    text: Text = None,
    top: Top = 10,
    as_json: Json = False,
) -> None:
    """Find out how a value lies in a Modbus device, with the device's own display as the judge.

    Stand at the instrument (or ring who does) and read its display:

        waterhub probe 10.0.4.17 --unit 3 --address 100 --value 3.42 --in bar

    The registers around the address are read from the holding and the input table as every type, word and
    byte order, one register earlier and later, with decimal scales and other units, and ranked by how near
    they come to the display and how often devices do it so. The first line is then ready to paste into
    collectors.yaml. Try again when the display has moved: the right line stays first.

    Nothing is ever written: only functions 3 and 4 can leave it.
    """
    from collectors.modbus.probe import probe as probe_device
    from collectors.modbus.probe import read_text
    from hub.cli import WRONG_CONFIGURATION, fail

    try:
        door = _door(host, serial, framing, (baud, parity), timeout)
        display = _display(value, shown_in)
    except ValueError as wrong:
        raise fail(str(wrong), WRONG_CONFIGURATION) from wrong
    if text is not None:
        _texts(_ask(door, lambda asker: read_text(asker, unit, address, text)), as_json)
        return
    found = _ask(door, lambda asker: probe_device(asker, unit, address, display))
    if as_json:
        print(json.dumps(_json(found, top)))
    else:
        _show(found, display, top)


def _door(
    host: str | None, serial: str | None, framing: Framing | None, line: tuple[int, Parity], timeout_s: float
) -> "Door":
    """Raises ValueError."""
    from collectors.modbus.asking import Door

    if (host is None) == (serial is None):
        raise ValueError("give either HOST[:PORT] or --serial DEVICE")
    if serial and framing is Framing.TCP:
        raise ValueError("a serial port has the framing rtu or ascii")
    name, port = _place(host) if host else ("", 0)
    frames = framing or (Framing.RTU if serial else Framing.TCP)
    baud, parity = line
    return Door(name, port, serial, frames.value, baud, parity.value, timeout_s)


def _ask(door: "Door", question: "Callable[[Asker], Awaitable[T]]") -> T:
    """The answer, or what is wrong in words and exit code 1."""
    from collectors.modbus.probe import ProbeFailed
    from hub.cli import fail

    try:
        return asyncio.run(_asked(door, question))
    except ProbeFailed as failed:
        raise fail(f"{door}: {failed}") from failed
    except ConnectionError as error:
        what = "is it plugged in, and may you open it?" if door.serial else "is it on, and is the port right?"
        raise fail(f"{error}: {what}") from error


async def _asked(door: "Door", question: "Callable[[Asker], Awaitable[T]]") -> T:
    import logging

    from collectors.modbus.asking import Asker

    logging.getLogger("pymodbus").setLevel(logging.CRITICAL + 1)  # what went wrong is said in our words
    logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL + 1)
    asker = Asker(door)
    try:
        await asker.open()
        return await question(asker)
    finally:
        asker.close()


def _place(host: str) -> tuple[str, int]:
    """Host and port. Raises ValueError."""
    if host.startswith("["):
        name, _, rest = host[1:].partition("]")
        port = rest.removeprefix(":")
    else:
        name, _, port = host.partition(":")
    if port and not (port.isdigit() and 0 < int(port) < 65536):
        raise ValueError(f"{host!r} is no HOST[:PORT]")
    return name, int(port or 502)


def _display(value: str | None, unit: str | None) -> "Display | None":
    from collectors.modbus.guess import Display
    from collectors.units import near

    if unit is not None and not near(unit):
        raise ValueError(
            f"the unit {unit!r} is not known: m, kPa, bar, m3/h, L/s, m3, mg/L, uS/cm, Cel, NTU …"
        )
    if value is None:
        return None
    try:
        return Display.of(value, unit)
    except ValueError as error:
        raise ValueError(f"--value {value!r} is no number: write 3.42") from error


def _texts(found: dict[str, str], as_json: bool) -> None:
    """found: by table and order."""
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return
    for where, said in found.items():
        print(f"{where:14} {said!r}")


def _json(found: "Probed", top: int) -> dict[str, object]:
    tables = {
        one.table.value: {"registers": {str(a): w for a, w in one.registers.items()}, "refused": one.refused}
        for one in found.tables
    }
    readings = [asdict(r) | {"yaml": r.yaml()} for r in found.readings[:top]]
    return {"tables": tables, "readings": readings}


def _show(found: "Probed", display: "Display | None", top: int) -> None:
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True, markup=False)
    for one in found.tables:
        words = "  ".join(f"{at}: {word:04X}" for at, word in sorted(one.registers.items()))
        console.print(f"{one.table.value:8} {words or one.said}")
    if all(word == 0 for one in found.tables for word in one.registers.values()):
        console.print("every register here is 0: nothing can be told apart until the value moves")
    console.print(f"\n{'':3}{'reads':>14}  {'off by':>8}  as")
    for n, reading in enumerate(found.readings[:top], 1):
        off = f"{reading.value - display.value:+.3g}" if display else ""
        console.print(
            f"{n:2} {reading.value:14.6g}  {off:>8}  {reading.yaml().removeprefix('- {tag: TAG, ')[:-1]}"
        )
    best = found.readings[0]
    console.print(f"\n{best.yaml()}")
    if display is None:
        console.print("without --value this is only the commonest way to lay a number: read the display")
    elif abs(best.value - display.value) > max(20 * display.resolution, 0.02 * abs(display.value)):
        console.print(
            "nothing here comes near the display: another address? look at its manual's register list"
        )
