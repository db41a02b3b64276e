"""`waterhub check`: a promise for a kind of order that there is none of is refused: nobody would keep it."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from hub.cli import check
from tests.imports.utility import Utility

CHECK = typer.Typer()
CHECK.command()(check)
HEADS = ("id", "name_zh", "name_en", "kind", "priority")


@pytest.fixture
def utility(tmp_path: Path) -> Utility:
    return Utility(tmp_path)


def edit(utility: Utility, before: str, after: str) -> int:
    """The first of these words in service-times.yaml becomes others; its line."""
    file = utility.config / "service-times.yaml"
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
    return text[: text.index(before)].count("\n") + 1


def checked(utility: Utility) -> tuple[int, str]:
    done = CliRunner().invoke(CHECK, [str(utility.config)], env={"WATERHUB_DATA": str(utility.data)})
    return done.exit_code, done.output


def test_a_misspelt_kind_is_refused_with_its_line_and_the_nearest(utility: Utility) -> None:
    assert checked(utility)[0] == 0, "the demo's own is right"
    line = edit(utility, "kinds: [burst, pump_trip]", "kinds: [burts, pump_trip]")
    code, told = checked(utility)
    assert code == 2 and f"service-times.yaml:{line}" in told, told
    assert "'burts' does not exist" in told and "did you mean `burst`?" in told
    edit(utility, "burts", "burst")
    line = edit(utility, "kinds: [meter]", "kinds: [sewage]")
    code, told = checked(utility)
    assert code == 2 and f"service-times.yaml:{line}" in told and "waterhub import catalogue" in told, told


def test_a_kind_of_the_utilitys_own_catalogue_is_known(utility: Utility) -> None:
    edit(utility, "kinds: [meter]", "kinds: [sewage]")
    assert checked(utility)[0] == 2
    row = dict(zip(HEADS, ("sewer", "污水", "Sewer", "sewage", "4"), strict=True))
    code, told = utility.run("catalogue", utility.file("s.csv", [row]))
    assert code == 0, told
    assert checked(utility)[0] == 0
    edit(utility, "kinds: [sewage]", "kinds: [sewege]")
    code, told = checked(utility)
    assert code == 2 and "did you mean `sewage`?" in told, told


def test_a_service_that_is_booked_and_there_is_not_is_refused(utility: Utility) -> None:
    line = edit(utility, "services: [meter,", "services: [metre,")
    code, told = checked(utility)
    assert code == 2 and f"service-times.yaml:{line}" in told, told
    assert "'metre' does not exist" in told and "did you mean `meter`?" in told
