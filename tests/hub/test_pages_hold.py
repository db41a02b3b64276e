"""What the pages name is there: files, other pages, benches, targets of make, commands."""

import re
from pathlib import Path
from typing import Any

import typer

from bench.__main__ import benches
from hub.cli import whole

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
ROOMS = "alarms|api|bench|collectors|configs|core|docs|hub|public_portal|response|scripts|simulators|tests"
FILE = re.compile(rf"(?<![\w/.])(?:{ROOMS})/[\w/.-]+\.(?:css|html|inp|js|md|py|sh|yaml)\b")
LINK = re.compile(r"\]\((?!\w+:)([^)#\s]+)")
BENCH = re.compile(r"(?:python -m |`)bench ([a-z_][a-z0-9_]*(?:-[a-z0-9_]+)*)")
COMMAND = re.compile(r"(?:`|^ {4,}|^\$ ?|bin/|&& )waterhub ([a-z][a-z-]*(?: [a-z][a-z-]*)?)", re.MULTILINE)
TARGET = re.compile(r"`make ([a-z][a-z-]*)")


def found(pattern: re.Pattern[str]) -> dict[str, set[str]]:
    """What the pattern names, with the pages that name it."""
    named: dict[str, set[str]] = {}
    for page in PAGES:
        for one in pattern.findall(page.read_text(encoding="utf-8")):
            named.setdefault(one, set()).add(page.name)
    return named


def without(pattern: re.Pattern[str], there: set[str]) -> dict[str, set[str]]:
    named = found(pattern)
    assert len(named) >= 3, "it looks for something"
    return {one: pages for one, pages in named.items() if one not in there}


def test_files_that_pages_name_are_there() -> None:
    named = found(FILE)
    assert len(named) > 100
    assert {one: pages for one, pages in named.items() if not (ROOT / one).is_file()} == {}


def test_links_between_pages_lead_somewhere() -> None:
    links = [(page, link) for page in PAGES for link in LINK.findall(page.read_text(encoding="utf-8"))]
    assert len(links) > 50
    assert [(page.name, link) for page, link in links if not (page.parent / link).exists()] == []


def test_benches_that_pages_name_are_there() -> None:
    typed = {name.replace("_", "-") for name in benches()}
    assert without(BENCH, {*benches(), *typed, "all"}) == {}


def test_targets_of_make_that_pages_name_are_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert without(TARGET, set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))) == {}


def test_commands_that_pages_name_are_there() -> None:
    named = found(COMMAND)
    assert len(named) > 20
    command_line = typer.main.get_command(whole())
    assert not stands(command_line, ["fly"]) and not stands(command_line, ["user", "fly"])
    assert {one: pages for one, pages in named.items() if not stands(command_line, one.split())} == {}


def stands(command: Any, words: list[str]) -> bool:
    """What follows a command that has none below it are its arguments."""
    below = getattr(command, "commands", None)
    if not words or below is None:
        return True
    return words[0] in below and stands(below[words[0]], words[1:])
