"""`waterhub sim`: orders to the town of a running demo, and records of one without sockets."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from hub.demo_cli import DEMO_DATA
from simulators.control import NoDemo, send

sim_app = typer.Typer(
    no_args_is_help=True,
    help="""Give a running demo's town something to cope with: `waterhub sim burst`.

    Without a place the town chooses one. With --json the answer is the truth: zone, pipe, its ends and
    coordinates, start in simulated time.""",
)

Data = Annotated[Path, typer.Option(help="data folder that tells which demo is meant")]
Json = Annotated[bool, typer.Option("--json", help="answer as JSON, for scripts")]
Zone = Annotated[str | None, typer.Option(help="a zone's id, e.g. dma-03")]
Pipe = Annotated[str | None, typer.Option(help="a pipe's id")]
Lasts = Annotated[
    float | None, typer.Option("--for-s", min=1, help="how long, in the town's seconds; else until cleared")
]
Flow = Annotated[float | None, typer.Option("--flow-m3h", min=0.1, help="how much is lost, m3/h")]


def order(data: Path, as_json: bool, **command: Any) -> None:
    """Sends one command and prints the truth it was answered with."""
    try:
        answer = send(data, {key: value for key, value in command.items() if value is not None})
    except NoDemo as missing:
        print(missing, file=sys.stderr)
        raise typer.Exit(1) from missing
    if as_json:
        print(json.dumps(answer, ensure_ascii=False))
    else:
        from rich.console import Console

        Console(highlight=False).print_json(data=answer)
    if "error" in answer:
        raise typer.Exit(1)


@sim_app.command()
def burst(
    zone: Zone = None, pipe: Pipe = None, flow_m3h: Flow = None, data: Data = DEMO_DATA, as_json: Json = False
) -> None:
    """A main breaks, all at once."""
    order(data, as_json, command="burst", zone=zone, pipe=pipe, flow_m3h=flow_m3h)


@sim_app.command()
def leak(
    zone: Zone = None, pipe: Pipe = None, flow_m3h: Flow = None, data: Data = DEMO_DATA, as_json: Json = False
) -> None:
    """A leak that grows over hours."""
    order(data, as_json, command="leak", zone=zone, pipe=pipe, flow_m3h=flow_m3h)


@sim_app.command()
def quality(
    zone: Zone = None,
    kind: Annotated[str, typer.Option(help="chlorine_loss, turbidity, …")] = "turbidity",
    for_s: Lasts = None,
    data: Data = DEMO_DATA,
    as_json: Json = False,
) -> None:
    """The water itself goes off."""
    order(data, as_json, command="quality", zone=zone, kind=kind, duration_s=for_s)


@sim_app.command()
def pump(
    pump: Annotated[str | None, typer.Option(help="a pump's id, e.g. plant-1.pump-1")] = None,
    data: Data = DEMO_DATA,
    as_json: Json = False,
) -> None:
    """A pump trips; it stands until `clear`."""
    order(data, as_json, command="pump", pump=pump)


@sim_app.command()
def fault(
    tag: Annotated[str | None, typer.Option(help="a tag's id")] = None,
    kind: Annotated[
        str, typer.Option(help="stuck, spike, drift, out_of_range, dead, offline, reads, …")
    ] = "stuck",
    value: Annotated[float | None, typer.Option(help="what it shows, for `reads`, in its own unit")] = None,
    for_s: Lasts = None,
    data: Data = DEMO_DATA,
    as_json: Json = False,
) -> None:
    """An instrument goes wrong; the water is fine."""
    order(data, as_json, command="fault", tag=tag, kind=kind, value=value, duration_s=for_s)


@sim_app.command()
def clear(data: Data = DEMO_DATA, as_json: Json = False) -> None:
    """Everything is repaired."""
    order(data, as_json, command="clear")


@sim_app.command()
def status(data: Data = DEMO_DATA, as_json: Json = False) -> None:
    """What is going on in the town, and its time."""
    order(data, as_json, command="status")


@sim_app.command()
def record(
    config: Annotated[Path, typer.Argument(help="folder of the plant's configuration", metavar="CONFIG")],
    out: Annotated[Path, typer.Option(help="sample file to write (.npz, .csv, .csv.gz)")],
    days: Annotated[float, typer.Option(min=0.01, help="how long")] = 7.0,
    seed: Annotated[int, typer.Option(help="the same seed writes the same file")] = 1,
    events: Annotated[Path | None, typer.Option(help="commands with start times, as JSON lines")] = None,
    as_json: Json = False,
) -> None:
    """Write the samples of a simulated time, and its truth beside them, as fast as it can."""
    from rich.console import Console
    from rich.progress import Progress

    from simulators.record import record as write_record

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("recording", total=1.0)
        summary = write_record(
            config,
            days=days,
            seed=seed,
            events=events,
            out=out,
            progress=lambda share: progress.update(task, completed=share),
        )
    print(json.dumps(summary) if as_json else f"{summary['samples']} samples in {out}, the truth beside it")
