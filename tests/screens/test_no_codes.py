"""People read words: no text of a page and no refusal holds a code such as `off_shift`."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

import core.model
from api.glossary import GLOSSARY
from api.words import notices
from core.model.account import Role, User
from core.model.text import Text
from core.model.work_order import WorkOrder, WorkOrderState
from response.affected import Reason
from response.orders.against_words import AGAINST
from response.orders.steps import STEPS
from response.orders.taking import _permitted
from response.refused import Refused

ROOT = Path(__file__).parents[2]
HELD = re.compile(r"\{\w*\}")
CODED = {
    "kind",
    "state",
    "reason",
    "role",
    "stage",
    "matter",
    "answer",
    "segment",
    "symptom",
    "outcome",
    "change",
}
"""Attributes that hold a code, whatever record they are of."""


def codes() -> set[str]:
    """Of every enum of the model, what no word of a language looks like."""
    found: set[str] = set()
    for module in pkgutil.iter_modules(core.model.__path__):
        for thing in vars(importlib.import_module(f"core.model.{module.name}")).values():
            if isinstance(thing, type) and issubclass(thing, StrEnum):
                found |= {str(one) for one in thing}
    return {code for code in found if "_" in code} | {name for name in AGAINST if "_" in name}


def in_text(text: str, names: set[str]) -> set[str]:
    return set(re.findall(r"[A-Za-z][A-Za-z0-9_]*", HELD.sub(" ", text))) & names


def test_no_text_of_a_page_holds_a_code() -> None:
    names = codes()
    assert {"off_shift", "en_route", "no_water"} <= names
    assert {key: text for key, text in GLOSSARY.items() if in_text(text.zh + " " + text.en, names)} == {}


ORDER = WorkOrder(
    id="WO-1",
    kind="burst",
    state=WorkOrderState.REPORTED,
    priority=1,
    title=Text("爆管抢修", "Burst repair"),
    place=Text("人民路", "Renmin Road"),
    incident=None,
    zone=None,
    opened_ns=0,
    crew="crew-1",
)


def refusals() -> Iterator[tuple[str, str, Text]]:
    for state in WorkOrderState:
        for event in STEPS:
            for role in (Role.CREW, Role.DISPATCHER, Role.DUTY_MANAGER):
                actor = User(id="u", role=role, password_hash="-", crew="crew-1")
                try:
                    _permitted(replace(ORDER, state=state), event, actor)
                except Refused as refused:
                    yield state, event, refused.why


def test_no_refusal_of_a_step_holds_a_code() -> None:
    names = codes() | {name for name in STEPS if "-" in name}
    said = list(refusals())
    assert len(said) > 100
    for state, event, why in said:
        assert not in_text(f"{why.zh} {why.en}", names), (state, event, why)
        assert not re.search(r"“[a-z_-]+”", why.zh), (state, event, why)


FILES = sorted(path for room in ("response", "api", "core/model") for path in (ROOT / room).rglob("*.py"))


def test_no_sentence_is_made_of_a_field_that_holds_a_code() -> None:
    assert len(FILES) > 100
    assert [line for file in FILES for line in raw(file)] == []


def raw(file: Path) -> list[str]:
    calls = (
        node
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text"
    )
    return [
        f"{file.name}:{call.lineno} {ast.unparse(held.value)}"
        for call in calls
        for node in call.args
        for held in ast.walk(node)
        if isinstance(held, ast.FormattedValue)
        and isinstance(held.value, ast.Attribute)
        and (held.value.attr in CODED or held.value.attr == "value")
    ]


def test_why_an_account_is_affected_has_words() -> None:
    """Every reason of a hit has words on the notices page."""
    assert {f"notices.reason.{one}" for one in Reason} <= set(notices.WORDS)
