"""HL-03: what a service asks is checked, and kept in the words that it was asked in."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.account import Role
from core.model.report import Symptom
from core.model.service import FieldKind, FormField, Service
from core.model.text import Text
from response.hotline.service_forms import checked
from response.refused import Refused
from tests.api.hub_at_work import hub_at_work

COLOUR = FormField(
    code="colour",
    name=Text("颜色", "Colour"),
    kind=FieldKind.CHOICE,
    required=True,
    options=(Text("黄", "yellow"), Text("黑", "black")),
)
HOW_MANY = FormField(code="taps", name=Text("几个龙头", "Taps"), kind=FieldKind.NUMBER)
STALE = FormField(code="stale", name=Text("隔夜水", "Stood overnight"), kind=FieldKind.YES_NO)
OWN = Service(
    id="discoloured",
    name=Text("水黄", "Discoloured"),
    kind="discoloured",
    symptom=Symptom.DISCOLOURED_YELLOW,
    form=(COLOUR, HOW_MANY, STALE),
)


async def test_hl_03_what_a_service_asks_is_kept_in_its_words_and_checked(tmp_path: Path) -> None:
    async with hub_at_work(tmp_path) as hub:
        async with hub.deps.ledger.begin() as tx:
            await tx.put(OWN)
        async with hub.as_(Role.HOTLINE) as agent:
            items = (await agent.get("/api/v1/services")).json()["items"]
            (mine,) = [one for one in items if one["id"] == "discoloured"]
            assert "odour" in mine["symptoms"] and [f["code"] for f in mine["form"]] == [
                "colour",
                "taps",
                "stale",
            ]

            async def tell(**body: object) -> dict[str, object]:
                told = {"symptom": "discoloured_yellow", "account": "A000001", "apart": True, **body}
                answer = await agent.post("/api/v1/hotline/reports", json=told)
                return {"status": answer.status_code, **answer.json()}

            kept = await tell(answers={"colour": "黄", "taps": "3", "stale": "no"})
            assert kept["status"] == 201
            assert [(a["name"]["en"], a["value"]["en"]) for a in kept["report"]["answers"]] == [  # type: ignore[index]
                ("Colour", "yellow"),
                ("Taps", "3"),
                ("Stood overnight", "no"),
            ]
            assert (await tell())["report"]["answers"] == [], "in one click nothing is asked"  # type: ignore[index]
            for answers, reason in (
                ({}, "not_answered"),
                ({"colour": "green"}, "not_an_answer"),
                ({"colour": "yellow", "taps": "many"}, "not_an_answer"),
                ({"colour": "yellow", "weight": "3"}, "not_asked"),
            ):
                refused = await tell(answers=answers)
                assert (refused["status"], refused["reason"]) == (409, reason)
            refused = await tell(service="meter")
            assert (refused["status"], refused["reason"]) == (409, "not_its_service")
            meter = await tell(symptom="other", service="meter", answers={})
            assert meter["report"]["service"] == "meter"  # type: ignore[index]


@given(
    st.dictionaries(st.sampled_from(["colour", "taps", "stale", "more"]), st.text(max_size=12), max_size=4)
)
def test_hl_03_a_form_is_kept_whole_or_refused_with_a_reason(given_: dict[str, str]) -> None:
    try:
        answers = checked(OWN, given_)
    except Refused as refused:
        assert refused.reason in ("not_answered", "not_an_answer", "not_asked")
        return
    assert {a.field for a in answers} == {code for code, said in given_.items() if said.strip()}
    assert "colour" in {a.field for a in answers}


@pytest.mark.parametrize("said", ["nan", "inf", "1e999"])
def test_hl_03_a_number_is_one(said: str) -> None:
    with pytest.raises(Refused):
        checked(OWN, {"colour": "yellow", "taps": said})
