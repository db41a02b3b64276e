"""`waterhub tail`: samples as they reach the hub, read from its spool's files.

The files are read as the hub's own user may, so that no sign-in is needed and nothing is asked of the hub.
"""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from core.model.sample import Sample
    from core.model.tag import Tag

_EVERY_S = 0.1
_COLOURS = {"good": "green", "uncertain": "yellow", "bad": "red"}


def tail(
    config: Annotated[Path, typer.Argument(help="folder of the plant's configuration", metavar="CONFIG")],
    tags: Annotated[
        list[str] | None,
        typer.Argument(help="tags or patterns (dma-01.*); all by default", metavar="[TAG]..."),
    ] = None,
    count: Annotated[int, typer.Option("--count", "-n", min=0, help="end after so many; 0: never")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="a JSON object a line")] = False,
) -> None:
    """Show samples of a running hub as they come: value, quality, source and receive time, flags."""
    from core.adapters.segment_spool.follower import Follower
    from hub.cli import WRONG_CONFIGURATION, fail, read_or_explain
    from hub.tag_choice import NoSuchTag, chosen

    configuration = read_or_explain(config)
    known: dict[str, Tag] = configuration.plant.tags
    try:
        wanted = set(chosen(tags or [], known)) if tags else None
        follower = Follower(configuration.hub.data / "spool")
    except NoSuchTag as error:
        raise fail(str(error), WRONG_CONFIGURATION) from error
    except FileNotFoundError as error:
        raise fail(f"{error}: has `waterhub run {config}` been started?") from error
    except PermissionError as error:
        raise fail(f"{error.filename} may only be read by the user the hub runs as") from error
    shown = 0
    try:
        for source, sample in _samples(follower):
            if wanted is None or sample.tag in wanted:
                print(_object(source, sample, known) if as_json else _line(source, sample, known))
                shown += 1
                if shown == count:
                    return
    except (KeyboardInterrupt, BrokenPipeError):
        return


def _samples(follower: object) -> "Iterator[tuple[str, Sample]]":
    from core.adapters.segment_spool.follower import Follower

    assert isinstance(follower, Follower)
    while True:
        for batch in follower.batches():
            names = batch.names
            of = {tag: names.sources[i] for tag, i in zip(names.tags, names.of.tolist(), strict=True)}
            for sample in batch.samples():
                yield of[sample.tag], sample
        sys.stdout.flush()
        time.sleep(_EVERY_S)


def _object(source: str, sample: "Sample", known: "dict[str, Tag]") -> str:
    from core.model.quality import quality_class, reason

    row = {
        "tag": sample.tag,
        "value": sample.v,
        "unit": known[sample.tag].unit if sample.tag in known else None,
        "quality": quality_class(sample.q).value,
        "status": reason(sample.q),
        "source_time": _iso(sample.t_ns),
        "receive_time": _iso(sample.r_ns),
        "flags": _flags(sample.flags),
        "source": source,
    }
    return json.dumps(row, ensure_ascii=False)


def _line(source: str, sample: "Sample", known: "dict[str, Tag]") -> str:
    """Colours go where they can be seen: typer leaves them out of files and pipes."""
    from core.model.quality import quality_class, reason
    from core.model.shanghai import local

    kind, unit = quality_class(sample.q).value, known[sample.tag].unit if sample.tag in known else ""
    value = "-" if sample.v is None else f"{sample.v:.6g}"
    words = kind if sample.q in (0, 1 << 30, 1 << 31) else f"{kind} ({reason(sample.q)})"
    colour = _COLOURS[kind] if sys.stdout.isatty() else None
    delay = (sample.r_ns - sample.t_ns) / 1e9
    return " ".join(
        (
            f"{local(sample.t_ns):%Y-%m-%d %H:%M:%S.%f}"[:-3] + "+08:00",
            f"{sample.tag:<28}",
            f"{value:>12} {unit:<6}",
            typer.style(f"{words:<10}", fg=colour) if colour else f"{words:<10}",
            f"received {delay:+.3f} s",
            source,
            ",".join(_flags(sample.flags)),
        )
    ).rstrip()


def _flags(flags: int) -> list[str]:
    from core.model.sample import Flag

    return [str(flag.name).lower() for flag in Flag(flags)]


def _iso(t_ns: int) -> str:
    """UTC, to the nanosecond."""
    import numpy as np

    return f"{np.datetime64(t_ns, 'ns')}Z"
