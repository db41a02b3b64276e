"""What is heavy is imported in a thread: while it is read, polls, alarms and beats go on."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("api", "response", "alarms", "public_portal", "core", "collectors")


def imports_on_the_loop(tree: ast.AST) -> Iterator[int]:
    """Lines of imports in the body of coroutines; functions within them may run in threads."""
    for at in ast.walk(tree):
        if isinstance(at, ast.AsyncFunctionDef):
            inner = list[ast.AST](at.body)
            while inner:
                one = inner.pop()
                if isinstance(one, ast.Import | ast.ImportFrom):
                    yield one.lineno
                if not isinstance(one, ast.FunctionDef | ast.Lambda):
                    inner += list(ast.iter_child_nodes(one))


@pytest.mark.parametrize("room", ROOMS)
def test_no_coroutine_imports(room: str) -> None:
    found = [
        f"{file.relative_to(ROOT)}:{line}"
        for file in sorted((ROOT / room).rglob("*.py"))
        for line in imports_on_the_loop(ast.parse(file.read_text()))
    ]
    assert not found


def test_an_import_in_a_coroutine_is_seen() -> None:
    wrong = "async def f():\n  with a:\n    from b import c\n  def thread():\n    import d\n"
    assert list(imports_on_the_loop(ast.parse(wrong))) == [3]
