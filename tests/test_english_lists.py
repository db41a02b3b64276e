"""Each language is joined by its own marks: English by `, ` and `; `, Chinese by the full-width ones."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from core.model.bulletin import Bulletin
from tests.response.bulletins import any_bulletin
from tests.response.every_rendering import EVERYWHERE

ROOT = Path(__file__).parents[1]
ROOMS = ("core", "collectors", "alarms", "response", "api", "public_portal", "hub")
WIDE = re.compile("[，、；：。！？（）]")
ONE_FOR_BOTH = re.compile(r"""\.join\(["'`]([,;] |[，、；])""")
BOTH = {"cap", "statement"}
"""One document has both languages."""


def joined_wide(tree: ast.AST) -> Iterator[ast.AST]:
    """Every `"、".join(…)` and `Text(…, "，")` that a reader of English may get."""
    around = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Text" and len(node.args) == 2:
            yield from (n for n in ast.walk(node.args[1]) if isinstance(n, ast.Constant) and _wide(n.value))
        if isinstance(node, ast.Call) and _joins_wide(node.func) and not _in_chinese(node, around):
            yield node


def _joins_wide(called: ast.AST) -> bool:
    if not (isinstance(called, ast.Attribute) and called.attr == "join"):
        return False
    return isinstance(called.value, ast.Constant) and _wide(called.value.value)


def _wide(value: object) -> bool:
    return isinstance(value, str) and WIDE.search(value) is not None


def _in_chinese(node: ast.AST, around: dict[ast.AST, ast.AST]) -> bool:
    """Within the first of a `Text`, what is called zh, or what is done where the language is."""
    inside = {node}
    while (parent := around.get(node)) is not None:
        if isinstance(parent, ast.Call) and ast.unparse(parent.func) == "Text":
            return parent.args[0] in inside
        if isinstance(parent, ast.IfExp) and "zh" in ast.unparse(parent.test):
            return parent.body in inside
        if isinstance(parent, ast.If) and "zh" in ast.unparse(parent.test):
            return not inside.isdisjoint(parent.body)
        if isinstance(parent, ast.Assign) and re.match(r"\(?zh\b", ast.unparse(parent.targets[0])):
            first = parent.value.elts[0] if isinstance(parent.value, ast.Tuple) else parent.value
            return first in inside
        inside.add(parent)
        node = parent
    return False


@pytest.mark.parametrize("room", ROOMS)
def test_no_english_is_joined_by_full_width_marks(room: str) -> None:
    found = [
        f"{file.relative_to(ROOT)}:{one.lineno} {ast.unparse(one)[:60]}"  # type: ignore[attr-defined]
        for file in (ROOT / room).rglob("*.py")
        for one in joined_wide(ast.parse(file.read_text(encoding="utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize("folder", ["api/static", "public_portal"])
def test_no_script_or_page_joins_english_by_full_width_marks(folder: str) -> None:
    """What people write may have either; what they are shown is joined by the language that they read."""
    files = [f for f in (ROOT / folder).rglob("*") if f.suffix in (".js", ".html", ".jinja", ".css")]
    assert files
    found = [
        f"{file.relative_to(ROOT)}:{n} {line.strip()[:80]}"
        for file in files
        for n, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if WIDE.search(line)
        and not re.match(r"\s*(/?\*|//)", line)
        and not re.search(r"split\(/|\"zh\" \?|lang == .zh.", line)
    ]
    assert found == []


def test_no_script_joins_both_languages_by_the_same_marks() -> None:
    """Nor is Chinese joined by `, `: `listed` and `clauses` know the language."""
    found = [
        f"{file.relative_to(ROOT)}:{n} {line.strip()[:80]}"
        for file in (ROOT / "api/static/js").rglob("*.js")
        for n, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if ONE_FOR_BOTH.search(line)
    ]
    assert found == []


def test_the_test_sees_what_it_is_for() -> None:
    wrong = (
        'Text("甲", "a、b")',
        'x = "、".join(a)',
        'Text("甲", "，".join(a))',
        'y = "、".join(a) if en else b',
    )
    right = (
        'Text("、".join(a), ", ".join(a))',
        'x = "、".join(a) if lang == "zh" else b',
        'zh = "；".join(a)',
    )
    assert ONE_FOR_BOTH.search('ids.join(", ")') and not ONE_FOR_BOTH.search('points.join(",")')
    assert all(list(joined_wide(ast.parse(one))) for one in wrong)
    assert not any(list(joined_wide(ast.parse(one))) for one in right)


@pytest.mark.parametrize("name", sorted(set(EVERYWHERE) - BOTH - {"poster"}))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(b=any_bulletin())
def test_on22_every_rendering_in_english_has_english_marks(name: str, b: Bulletin) -> None:
    english = EVERYWHERE[name](b)[1]
    assert not WIDE.search(english), english
