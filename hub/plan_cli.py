"""`waterhub plan`: what will be asked of each Modbus device, how often, and how busy that keeps the line."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from collectors.modbus.plan import Request
    from collectors.modbus.spec import ModbusSpec
    from collectors.modbus.wire import Wire

BUSY = 0.6
"""Share of the poll period beyond which a line has no room for retries, probes and growth."""

ROUND_TRIP_MS, TURNAROUND_MS = 10.0, 20.0
"""Assumed where nothing is said: a wired network; a device on a serial line that thinks."""


@dataclass(frozen=True, slots=True)
class RequestRow:
    """time_s: on the wire, answer included. unused: addresses read along that belong to no tag."""

    table: str
    address: int
    count: int
    period_s: float
    tags: tuple[str, ...]
    unused: int
    bytes: int
    time_s: float


@dataclass(frozen=True, slots=True)
class UnitRows:
    unit: int
    requests: tuple[RequestRow, ...]


@dataclass(frozen=True, slots=True)
class ConnectionPlan:
    """busy: share of the time in which the connection is occupied; beyond 1 it cannot keep up."""

    id: str
    where: str
    framing: str
    baudrate: int | None
    units: tuple[UnitRows, ...]
    requests_per_s: float
    busy: float

    @property
    def rows(self) -> list[RequestRow]:
        return [row for unit in self.units for row in unit.requests]


def plan(
    config: Annotated[Path, typer.Argument(help="folder of the plant's configuration", metavar="CONFIG")],
    only: Annotated[str | None, typer.Option("--connection", help="only the connection with this id")] = None,
    round_trip_ms: Annotated[
        float, typer.Option("--round-trip-ms", min=0, help="of the network: 1 LAN, 10 wired WAN, 60 cellular")
    ] = ROUND_TRIP_MS,
    turnaround_ms: Annotated[
        float, typer.Option("--turnaround-ms", min=0, help="how long a device on a serial line thinks")
    ] = TURNAROUND_MS,
    baud: Annotated[
        int | None, typer.Option("--baud", min=300, help="rate of the serial line behind TCP gateways")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="answer as JSON, for scripts")] = False,
) -> None:
    """Show the requests that will read a plant's Modbus devices, before anything is asked of them.

    **Request**: a table and the addresses that one frame reads (0-based, as they travel). Neighbouring tags
    share a request; up to `max_gap` unused registers between them are read along, which is cheaper than
    another round trip. **Unused** counts those.

    **On the wire** is an estimate: request, answer and, on a serial line, the silence between frames and the
    device's time to think. **Busy** is the share of the poll period that all requests of a connection take.
    Over 60 % a line has no room left for a retry or a dead device: poll slower (`period_s`), put tags that
    change slowly in a slower period, raise `max_gap`, or split the line.

    Nothing is connected to. Compare with the round trips that the running hub measures.
    """
    from collectors.modbus.spec import ModbusSpec
    from hub.cli import fail, read_or_explain

    specs = [spec for spec in read_or_explain(config, as_json).collectors if only in (None, spec.id)]
    if only and not specs:
        raise fail(f"there is no connection {only!r} in {config / 'collectors.yaml'}", 2)
    plans = [
        connection_plan(spec, round_trip_ms / 1e3, turnaround_ms / 1e3, baud)
        for spec in specs
        if isinstance(spec, ModbusSpec)
    ]
    others = [f"{spec.id} ({spec.type})" for spec in specs if not isinstance(spec, ModbusSpec)]
    if as_json:
        print(
            json.dumps({"connections": [_json(p) for p in plans], "not_polled": others}, ensure_ascii=False)
        )
        return
    from rich.console import Console

    console = Console(highlight=False)
    for one in plans:
        _show(console, one)
    _summary(console, plans, others)


def connection_plan(
    spec: "ModbusSpec", round_trip_s: float, turnaround_s: float, baud: int | None
) -> ConnectionPlan:
    """The same requests as the driver makes, with the time that they take."""
    from collectors.modbus.wire import Wire

    if spec.serial is not None:
        round_trip_s, baud = 0.0, spec.serial.baudrate
    wire = Wire(spec.wire_framing, round_trip_s, baud, turnaround_s if baud else 0.0)
    units = tuple(UnitRows(unit, tuple(rows)) for unit, rows in _by_unit(spec, wire))
    rows = [row for unit in units for row in unit.requests]
    return ConnectionPlan(
        spec.id,
        spec.owner,
        wire.framing,
        wire.baudrate,
        units,
        sum(1 / row.period_s for row in rows),
        sum(row.time_s / row.period_s for row in rows) / spec.max_parallel,
    )


def _by_unit(spec: "ModbusSpec", wire: "Wire") -> Iterator[tuple[int, list[RequestRow]]]:
    from collectors.modbus.plan import plan_unit

    for unit in spec.units:
        rows: list[RequestRow] = []
        for period_s in sorted({p.period_s or spec.period_s for p in unit.points}):
            due = [p for p in unit.points if (p.period_s or spec.period_s) == period_s]
            rows += [_row(request, period_s, wire) for request in plan_unit(spec, unit, due)]
        yield unit.unit, rows


def _row(request: "Request", period_s: float, wire: "Wire") -> RequestRow:
    return RequestRow(
        request.table.value,
        request.address,
        request.count,
        period_s,
        tuple(point.tag for point in request.points),
        request.unused,
        wire.bytes_of(request),
        wire.seconds(request),
    )


def _json(plan: ConnectionPlan) -> dict[str, object]:
    rows = plan.rows
    totals = {"count": sum(r.count for r in rows), "unused": sum(r.unused for r in rows)}
    return asdict(plan) | {"totals": totals | {"requests": len(rows), "tags": sum(len(r.tags) for r in rows)}}


_COLUMNS = ("unit", "request", "count", "unused", "every", "bytes", "on the wire", "tags")


def _show(console: "Console", plan: ConnectionPlan) -> None:
    """Whole lines where a program reads them, cut to its width on a terminal."""
    from rich.markup import escape

    line = f", {plan.baudrate} baud" if plan.baudrate else ""
    console.print(f"\n[bold]{escape(plan.id)}[/bold]  {escape(plan.where)}  {plan.framing}{line}")
    lines = [_COLUMNS, *(_cells(unit.unit, row) for unit in plan.units for row in unit.requests)]
    widths = [max(len(cells[i]) for cells in lines) for i in range(len(_COLUMNS))]
    for cells in lines:
        left = {1, len(_COLUMNS) - 1}
        laid = [
            c.ljust(w) if i in left else c.rjust(w)
            for i, (c, w) in enumerate(zip(cells, widths, strict=True))
        ]
        style = "dim" if cells is _COLUMNS else None
        row = "  ".join(laid).rstrip()
        if console.is_terminal:
            console.print(row, markup=False, style=style, overflow="ellipsis", no_wrap=True)
        else:
            print(row)
    color = "red" if plan.busy > 1 else "yellow" if plan.busy > BUSY else "green"
    console.print(
        f"busy  [{color}]{_bar(plan.busy)} {plan.busy:.1%}[/{color}]{_advice(plan)}", soft_wrap=True
    )


def _cells(unit: int, row: RequestRow) -> tuple[str, ...]:
    return (
        str(unit),
        f"{row.table} {row.address}-{row.address + row.count - 1}",
        str(row.count),
        str(row.unused or ""),
        f"{row.period_s:g} s",
        str(row.bytes),
        f"{row.time_s * 1e3:.1f} ms",
        _named(row.tags),
    )


def _named(tags: tuple[str, ...]) -> str:
    return f"{len(tags)}: {tags[0]}" + (f" … {tags[-1]}" if len(tags) > 1 else "")


def _bar(share: float, width: int = 30) -> str:
    filled = min(width, round(share * width))
    return "█" * filled + "░" * (width - filled)


def _advice(plan: ConnectionPlan) -> str:
    if plan.busy > 1:
        return "  cannot keep up: slots will be missed. Poll slower or split the line."
    if plan.busy > BUSY:
        return f"  over {BUSY:.0%}: no room for retries or a dead unit. Poll slower, or raise max_gap."
    return ""


def _summary(console: "Console", plans: Iterable[ConnectionPlan], others: list[str]) -> None:
    from rich.markup import escape

    plans = list(plans)
    rows = [row for plan in plans for row in plan.rows]
    per_s = sum(plan.requests_per_s for plan in plans)
    tags, addresses = sum(len(r.tags) for r in rows), sum(r.count for r in rows)
    unused = sum(r.unused for r in rows)
    console.print(
        f"\n{tags} tags in {len(rows)} requests over {len(plans)} connections, {per_s:.1f} requests/s; "
        f"{addresses} addresses read, {unused} of them unused",
        soft_wrap=True,
    )
    if others:
        console.print(f"not polled: {escape(', '.join(others))}", soft_wrap=True)
    tight = [plan.id for plan in plans if plan.busy > BUSY]
    if tight:
        names = escape(", ".join(tight))
        console.print(f"[yellow]warning[/yellow]: over {BUSY:.0%} busy: {names}", soft_wrap=True)
