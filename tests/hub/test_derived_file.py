"""derived.yaml is checked with the rest of the folder: each mistake with file, line and mend."""

import shutil
from pathlib import Path

import pytest
import yaml

from hub.archive import archive_rules
from hub.check import read
from hub.problems import WrongConfiguration

DEMO = Path(__file__).parents[2] / "configs" / "demo"
CITY = "city.inflow,flow,m3/h,全市进水,City inflow,hub,,1,-10000,10000,,,0,\n"
GOOD = """derived:
- tag: city.inflow
  expression: sum(inflows)
  inputs:
    inflows: [dma-01.inflow, dma-02.inflow]
"""


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    folder = tmp_path / "plant"
    shutil.copytree(DEMO, folder)
    with (folder / "tags.csv").open("a", encoding="utf-8") as tags:
        tags.write(CITY)
    return folder


def problems(plant: Path, text: str) -> list[str]:
    (plant / "derived.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(WrongConfiguration) as wrong:
        read(plant)
    return [str(one) for one in wrong.value.problems]


def test_a_derived_tag_is_read_with_its_plant(plant: Path):
    (plant / "derived.yaml").write_text(GOOD, encoding="utf-8")
    (formula,) = read(plant).formulas
    assert (formula.tag.id, formula.spec.tags) == ("city.inflow", ("dma-01.inflow", "dma-02.inflow"))


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("dma-02.inflow", "dma-02.inflov", 5, "did you mean `dma-02.inflow`?"),
        ("sum(inflows)", "eval(inflows)", 3, "`eval(inflows)` is no function"),
        ("dma-02.inflow", "dma-02.inlet_pressure", 4, "not of one dimension"),
        ("tag: city.inflow", "tag: dma-03.inflow", 2, "is read by a collector"),
        ("tag: city.inflow", "tags: city.inflow", 2, "is not known here"),
        ("dma-02.inflow", "city.inflow", 4, "goes in a circle"),
    ],
)
def test_a_mistake_is_told_where_it_stands(plant: Path, old: str, new: str, line: int, what: str):
    told = problems(plant, GOOD.replace(old, new))
    assert any(f"derived.yaml:{line}: " in one and what in one for one in told), told


def test_the_archive_of_a_tag_follows_the_first_row_that_fits(plant: Path):
    hub = yaml.safe_load((plant / "hub.yaml").read_text(encoding="utf-8"))
    hub["archive"] = [
        {"tags": ["dma-01.*"], "quantity": "flow", "deadband": {"abs": 0.5}},
        {"quantity": "flow", "deadband": {"pct_of_span": 1}, "max_silence_s": 60},
    ]
    (plant / "hub.yaml").write_text(yaml.safe_dump(hub, allow_unicode=True), encoding="utf-8")
    configuration = read(plant)
    rules = archive_rules(configuration.hub.archive, configuration.plant.tags)
    assert rules["dma-01.inflow"].deadband == 0.5
    assert rules["city.inflow"].deadband == 200.0
    assert "dma-01.p1" not in rules, "pressure is stored whole unless somebody says otherwise"


def test_an_archive_row_for_no_tag_is_a_slip_of_the_pen(plant: Path):
    with (plant / "hub.yaml").open("a", encoding="utf-8") as hub:
        hub.write('archive:\n- {tags: ["*.levle"], deadband: {abs: 1}}\n')
    with pytest.raises(WrongConfiguration) as wrong:
        read(plant)
    (one,) = wrong.value.problems
    assert (one.file.name, "no tag fits" in one.what, one.line > 1) == ("hub.yaml", True, True)
