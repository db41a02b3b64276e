"""docs/reference/alarm-requirements.md names for each requirement the tests that prove it: they exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "alarm-requirements.md"
ROWS = {
    cells[1]: cells
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if line.startswith("| A-")
    for cells in [[cell.strip() for cell in line.split("|")]]
}


def test_every_requirement_has_its_row_and_says_what_is_open() -> None:
    assert list(ROWS) == [f"A-{n:02}" for n in range(1, 29)]
    for id, (_, _, asked, proved, open_, _) in ROWS.items():
        assert asked and (proved or open_), id


@pytest.mark.parametrize("id", ROWS)
def test_every_test_that_is_named_is_there(id: str) -> None:
    for named in re.findall(r"`(tests/[^`]+)`", ROWS[id][3]):
        file, _, name = named.partition("::")
        text = (ROOT / file).read_text(encoding="utf-8")
        assert not name or re.search(rf"^(async )?def {name}\(", text, re.MULTILINE), named
