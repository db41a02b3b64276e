"""The pages of requirements name for each the tests, benches and places that prove it: they exist."""

import re
from pathlib import Path

import pytest

from bench.__main__ import benches

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
ROW = re.compile(r"\| (?P<id>[A-Z]{1,2}-\d\d) \|")
NAMED = re.compile(r"`(tests/[^`]+)`")
BENCH = re.compile(r"`python -m bench (\w+)`")
PLACE = re.compile(r"`([^`]+)`")


def page(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def rows_of(name: str) -> dict[str, list[str]]:
    """The cells of each row by its id; an id that stands twice fails here."""
    lines = [line for line in page(name).splitlines() if ROW.match(line)]
    rows = {line.split("|")[1].strip(): [cell.strip() for cell in line.split("|")] for line in lines}
    assert len(rows) == len(lines)
    return rows


def ids(prefix: str, *spans: tuple[int, int]) -> list[str]:
    """Both ends of a span are in it."""
    return [f"{prefix}-{n:02}" for first, last in spans for n in range(first, last + 1)]


ASKED = {
    "alarm-requirements.md": ids("A", (1, 28)),
    "service-requirements.md": [
        *ids("WO", (1, 15), (18, 23), (25, 25), (27, 29), (31, 31), (34, 34)),
        *ids("ON", (1, 15), (29, 30), (34, 34), (40, 40), (42, 42)),
        *ids("HL", (1, 6), (9, 10), (12, 15), (21, 21), (23, 23), (30, 32), (42, 42)),
        *ids("X", (1, 5), (10, 10)),
    ],
    "screen-requirements.md": [
        *ids("W", (1, 4)),
        *ids("O", (1, 7)),
        *ids("H", (1, 1)),
        *ids("P", (1, 6)),
        *ids("F", (1, 21)),
        *ids("R", (1, 17)),
        *ids("T", (1, 16)),
        *ids("WQ", (1, 15), (21, 29)),
        *ids("HL", (8, 8)),
        *ids("S", (6, 9), (18, 18), (23, 23)),
    ],
}
"""What each page answers for, in its order."""


@pytest.mark.parametrize("name", ASKED)
def test_every_requirement_has_its_row_and_says_what_is_open(name: str) -> None:
    """What no test proves names its bench, or says plainly that it is missing."""
    rows = rows_of(name)
    assert list(rows) == ASKED[name]
    for id, cells in rows.items():
        _, _, asked, *_, proved, open_, _ = cells
        assert asked, id
        proofs = NAMED.findall(proved) + BENCH.findall(proved + open_)
        assert proofs or open_.startswith("missing"), id


@pytest.mark.parametrize("name", ASKED)
def test_every_test_bench_and_place_that_is_named_is_there(name: str) -> None:
    named = set(NAMED.findall(page(name)))
    rows = rows_of(name).values()
    assert len(named) > sum(bool(NAMED.findall(cells[-3])) for cells in rows) > len(ASKED[name]) / 2
    gone = [one for one in sorted(named) if not _stands(one)]
    places = {place for cells in rows for where in cells[3:-3] for place in PLACE.findall(where)}
    gone += [place for place in sorted(places) if not (ROOT / place).exists()]
    gone += sorted(set(BENCH.findall(page(name))) - set(benches()))
    assert gone == []


def _stands(named: str) -> bool:
    file, _, name = named.partition("::")
    path = ROOT / file
    if not path.is_file():
        return False
    return not name or bool(
        re.search(rf"^(async )?def {name}\(", path.read_text(encoding="utf-8"), re.MULTILINE)
    )
