"""`waterhub export`: samples out of the historian into a CSV or Parquet file, in bounded memory."""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from core.model.tag import Tag
    from hub.check import Configuration


class Format(StrEnum):
    CSV = "csv"
    PARQUET = "parquet"


def export(
    config: Annotated[Path, typer.Argument(help="folder of the plant's configuration", metavar="CONFIG")],
    start: Annotated[
        str, typer.Option("--from", help="first time: 2026-11-23, or with T08:00 and an offset")
    ],
    end: Annotated[str, typer.Option("--to", help="the time after the last")],
    output: Annotated[Path, typer.Option("--output", "-o", help="the file to write")],
    tags: Annotated[
        list[str] | None,
        typer.Option("--tags", help="tags or patterns (dma-01.*), with commas; all by default"),
    ] = None,
    format: Annotated[Format, typer.Option("--format", help="csv, or parquet (needs pyarrow)")] = Format.CSV,
) -> None:
    """Write stored samples to a file: tag, time in UTC and in Asia/Shanghai, value, unit, quality, status.

    Reads beside a running hub. Times without an offset are Asia/Shanghai's."""
    from core.ports.historian import HistorianUnavailable
    from hub.cli import WRONG_CONFIGURATION, fail, read_or_explain
    from hub.export_files import NoParquet
    from hub.tag_choice import chosen, time_ns

    configuration = read_or_explain(config)
    try:
        names = chosen(tags or [], configuration.plant.tags)
        span = time_ns(start), time_ns(end)
        if span[0] >= span[1]:
            raise ValueError(f"--from {start} is not before --to {end}")
    except ValueError as error:
        raise fail(str(error), WRONG_CONFIGURATION) from error
    try:
        samples = asyncio.run(_export(configuration, names, span, output, format))
    except NoParquet as error:
        raise fail(str(error)) from error
    except (HistorianUnavailable, OSError) as error:
        raise fail(f"nothing was written to {output}: {error}") from error
    typer.echo(f"{samples:,} samples of {len(names)} tags are in {output}", err=True)


async def _export(
    configuration: "Configuration", names: list[str], span: tuple[int, int], output: Path, format: Format
) -> int:
    """The file appears whole, or not at all."""
    from rich.console import Console
    from rich.progress import Progress

    from hub.export_files import FILES, pieces
    from hub.stores import historian_to_read

    known: dict[str, Tag] = configuration.plant.tags
    part = output.with_name(output.name + ".part")
    samples = 0
    historian = await historian_to_read(configuration)
    try:
        with FILES[format](part) as file, Progress(console=Console(stderr=True)) as progress:
            task = progress.add_task("samples", total=span[1] - span[0])
            progress.update(task, total=(span[1] - span[0]) * len(names))
            for name in names:
                for low, high in pieces(known[name].period_s, *span):
                    series = await historian.read(name, low, high)
                    file.write(known[name], series)
                    samples += len(series)
                    progress.advance(task, high - low)
        part.replace(output)
    finally:
        await historian.close()
        part.unlink(missing_ok=True)
    return samples
