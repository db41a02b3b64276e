"""A unit by a device's name: expanded from its template, each mistake told with file and line."""

import json
from pathlib import Path

import pytest

from hub.check import read
from hub.devices import device_files
from hub.devices_cli import reference
from hub.problems import WrongConfiguration
from tests.hub.test_check import plant
from tests.hub.test_plan_cli import told

__all__ = ["plant"]

DEVICE = """
  - type: modbus
    id: gateway
    host: 127.0.0.1
    period_s: 5
    units:
      - unit: 7
        device: keller-series-30
        tags:
          pressure: dma-01.p1
          temperature: {tag: dma-01.t1, period_s: 60}
      - unit: 8
        device: siemens-sitrans-f-m-mag-6000
        parameters: {order: CDAB}
        tags: {flow: dma-01.inflow}
"""
LINES = DEVICE.strip("\n").splitlines()


@pytest.fixture
def with_devices(plant: Path) -> Path:
    """A plant whose only connection has two units by template."""
    (plant / "collectors.yaml").write_text("collectors:\n" + DEVICE.strip("\n") + "\n", encoding="utf-8")
    tags = plant / "tags.csv"
    row = "dma-01.t1,temperature,Cel,水温,Temperature,st-01,dma-01,60,-5,40,J01000,,0,\n"
    tags.write_text(tags.read_text(encoding="utf-8") + row, encoding="utf-8")
    return plant


def wrong(plant: Path, old: str, new: str) -> list[tuple[str, int, str, str]]:
    """File, line, what and mend of each problem once `old` reads `new`."""
    file = plant / "collectors.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(WrongConfiguration) as found:
        read(plant)
    return [(p.file.name, p.line, p.what, p.mend) for p in found.value.problems]


def line_of(text: str) -> int:
    return 2 + next(i for i, line in enumerate(LINES) if text in line)


def test_a_device_is_its_templates_points_with_the_plants_tags(with_devices: Path) -> None:
    (spec,) = read(with_devices).collectors
    pressure, temperature = spec.units[0].points
    assert (pressure.tag, pressure.address, pressure.unit) == ("dma-01.p1", 2, "bar")
    assert (temperature.tag, temperature.period_s) == ("dma-01.t1", 60)
    assert spec.units[1].points[0].order == "CDAB"
    (connection,) = told(with_devices)["connections"]
    assert [len(unit["requests"]) for unit in connection["units"]] == [2, 1]


@pytest.mark.parametrize(
    ("old", "new", "at", "what", "mend"),
    [
        (
            "keller-series-30",
            "keller-serie-30",
            "keller-series-30",
            "no device 'keller-serie-30'",
            "`keller-series-30`",
        ),
        ("pressure: dma-01.p1", "presure: dma-01.p1", "pressure: dma", "no point 'presure'", "`pressure`"),
        ("dma-01.t1", "dma-01.t9", "temperature: {", "'dma-01.t9' does not exist", "dma-01.t1"),
        ("{order: CDAB}", "{order: ACDC}", "parameters:", "it can be ABCD, CDAB, BADC, DCBA", "correct"),
        ("{order: CDAB}", "{}", "parameters:", "has to be said", "correct"),
        ("{order: CDAB}", "{odor: CDAB}", "parameters:", "no parameter 'odor'", "correct"),
        (
            "flow: dma-01.inflow",
            "total_1: dma-01.inflow",
            "tags: {flow",
            "m3 cannot be converted to m3/h",
            "`unit`",
        ),
    ],
)
def test_each_mistake_is_told_where_it_stands(
    with_devices: Path, old: str, new: str, at: str, what: str, mend: str
) -> None:
    problems = wrong(with_devices, old, new)
    assert [(file, line) for file, line, *_ in problems] == [("collectors.yaml", line_of(at))], problems
    assert what in problems[0][2]
    assert mend in problems[0][3]


def test_a_plants_own_template_wins_and_its_mistakes_are_told_in_it(with_devices: Path) -> None:
    own = with_devices / "devices"
    own.mkdir()
    text = device_files()["keller-series-30"].read_text(encoding="utf-8")
    ours = own / "keller-series-30.yaml"
    ours.write_text(text.replace("address: 2,", "address: 0x102,"), encoding="utf-8")
    assert read(with_devices).collectors[0].units[0].points[0].address == 0x102
    ours.write_text(text.replace("type: i32", "type: i33"), encoding="utf-8")
    line = next(n for n, row in enumerate(text.splitlines(), 1) if "type: i32" in row)
    with pytest.raises(WrongConfiguration) as found:
        read(with_devices)
    assert [(p.file.name, p.line) for p in found.value.problems] == [("keller-series-30.yaml", line)]


def test_the_reference_is_what_the_templates_say() -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "devices.md"
    assert page.read_text(encoding="utf-8") == reference() + "\n", (
        "waterhub devices --markdown > docs/reference/devices.md"
    )


def test_the_schema_knows_device_files() -> None:
    schema = json.loads((Path(__file__).parents[2] / "configs" / "schema.json").read_text(encoding="utf-8"))
    assert "points" in schema["files"]["devices/*.yaml"]["properties"]
