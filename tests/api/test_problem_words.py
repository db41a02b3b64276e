"""What a request is refused with is said in both languages."""

import ast
from pathlib import Path
from typing import get_args

from pydantic_core import core_schema

from api.words import problems
from core.model.account import Role
from tests.api.hub_at_work import Hub

API = Path(__file__).parents[2] / "api"
TOLD_BY_PYDANTIC = set(get_args(core_schema.ErrorType))


def raised() -> set[str]:
    """Reasons of every `Problem(status, "reason", detail)` in the source that brings no words of its own."""
    return {
        call.args[1].value
        for path in API.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "Problem"
        and isinstance(call.args[1], ast.Constant)
        and not any(word.arg == "why" for word in call.keywords)
    }


def test_every_problem_has_words() -> None:
    assert raised() <= set(problems.PROBLEMS)


def test_what_is_wrong_with_a_field_is_named_as_pydantic_names_it() -> None:
    assert set(problems._FIELD) <= TOLD_BY_PYDANTIC


async def test_a_field_that_is_wrong_is_told_in_both_languages(hub: Hub):
    async with hub.as_(Role.OPERATOR) as client:
        answer = await client.post("/api/v1/maintenance", json={"scope": "tag", "subject": "dma-01.p1"})
        unknown = await client.get("/api/v1/work-orders/WO-NONE")
    assert answer.json()["why"] == {"zh": "填写有误（until）：必填", "en": "until: is needed"}
    assert unknown.json()["why"]["zh"] == "没有这一项，或您无权查看"
    assert "WO-NONE" in unknown.json()["why"]["en"]


def test_a_check_of_our_own_keeps_its_words() -> None:
    told = problems.field({"type": "value_error", "msg": "Value error, say by how many it was opened"})
    assert told.en == "Value error, say by how many it was opened"
