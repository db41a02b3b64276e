"""`waterhub devices`: the device templates there are, and what one of them reads."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collectors.modbus.template import DeviceTemplate, Measurement


def devices(
    name: Annotated[str | None, typer.Argument(help="a device: its points, parameters and document")] = None,
    plant: Annotated[
        Path | None, typer.Option(help="a plant's configuration folder, for the templates in its devices/")
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="all of them as docs/reference/devices.md has them")
    ] = False,
) -> None:
    """List the devices whose registers are known from their makers' documents.

    A unit of a Modbus connection takes one by name: `device: NAME`, `tags: {point: tag}`, `parameters:`.
    """
    from hub.cli import WRONG_CONFIGURATION, fail
    from hub.devices import device_files, read_device
    from hub.problems import nearest

    files = device_files(plant)
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True, markup=False)
    if markdown:
        print(reference())
    elif name is None:
        for one, file in files.items():
            template = read_device(file)
            console.print(f"{one:34} {template.kind.en:32} {', '.join(template.points)}")
    elif name not in files:
        mend = nearest(name, files, "`waterhub devices` lists them")
        raise fail(f"there is no device {name!r}: {mend}", WRONG_CONFIGURATION)
    else:
        console.print("\n".join(_section(files[name])))


def reference() -> str:
    """docs/reference/devices.md, from the templates that come with the hub."""
    from hub.devices import SHIPPED

    lines = [
        "# Devices",
        "",
        "Register maps in `configs/devices/`, each from the document named, each read in a test by the real",
        "driver from registers laid as that document says. No real device was at hand: compare the first",
        "reading of yours with its display. How to use one and write one:",
        "[add a device](../how-to/add-a-device.md).",
        "",
        "Made by `waterhub devices --markdown > docs/reference/devices.md`.",
    ]
    for file in sorted(SHIPPED.glob("*.yaml")):
        lines += ["", *_section(file)]
    return "\n".join(lines)


def _section(file: Path) -> Iterator[str]:
    from hub.devices import read_device
    from hub.yaml_lines import load

    template, written = read_device(file), load(file).value["points"]
    document = template.document
    date = f", {document.date}" if document.date else ""
    yield f"## {file.stem}"
    yield ""
    yield f"{template.maker} {template.model}: {template.kind.en}, {template.kind.zh}."
    yield f"From: {document.title}, {document.edition}{date}."
    yield ""
    yield "| point | quantity | register | type | unit | where |"
    yield "|---|---|---|---|---|---|"
    for point, of in template.points.items():
        quantity = of.quantity.value if of.quantity else ""
        order, unit = (
            _said(written[point].get(key), of) for key, of in (("order", of.order), ("unit", of.unit))
        )
        yield f"| `{point}` | {quantity} | {_place(of)} | {_type(of, order)} | {unit} | {_where(of)} |"
    yield from _parameters(template)
    if template.limits:
        yield ""
        yield template.limits.strip()


def _parameters(template: "DeviceTemplate") -> Iterator[str]:
    if template.parameters:
        yield ""
        yield "| parameter | what | values |"
        yield "|---|---|---|"
        for parameter, what in template.parameters.items():
            choices = ", ".join(map(str, what.choices)) or "a number"
            default = "" if what.default is None else f" (default {what.default:g})"
            yield f"| `{parameter}` | {what.says} | {choices}{default} |"


def _said(written: object, value: str | None) -> str:
    """A parameter by its name, anything else as it is."""
    return f"`{written[1:]}`" if isinstance(written, str) and written.startswith("$") else value or ""


def _place(of: "Measurement") -> str:
    status = f", status {of.status.address}" if of.status else ""
    return f"{of.table.value} {of.address}{status}"


def _type(of: "Measurement", order: str) -> str:
    scale = f" x {of.scale:g}" if of.scale != 1 else ""
    return f"{of.type.value} {order}{scale}" if of.width > 1 else f"{of.type.value}{scale}"


def _where(of: "Measurement") -> str:
    return of.where + (f"; {of.says}" if of.says else "")
