"""WO-28: nobody takes 28 characters down over a telephone, so the agent sends the caller the code by SMS."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

from core.model.account import AccessRecord, Account, Role
from core.model.mailing import Because, Letter
from core.model.person import Person
from core.model.phone_call import Direction, PhoneCall, Stage
from core.model.telephone import telephone
from response.delivery.spec import CodeTemplate
from tests.api.test_deliveries import House, house_at

CALLER, MASKED = "13800004711", "138****4711"
HALVES = {"c1": "code_1", "c2": "code_2"}
TEMPLATES = [
    {"id": "SMS_CODE", "lang": "zh", "variables": HALVES},
    {"id": "SMS_CODE_EN", "lang": "en", "variables": HALVES},
]


async def told(house: House, agent: httpx.AsyncClient, number: str = CALLER, **more: object) -> dict:
    """Somebody rang from this number, and the agent has put down what they said."""
    post, now_ns = house.post, house.post.clock.now_ns()
    async with post.ledger.begin() as tx:
        id = await tx.next_id("TEL", now_ns)
        kind = telephone(number).kind
        call = PhoneCall(
            id=id, call=f"x-{id}", direction=Direction.IN, stage=Stage.ANSWERED, began_ns=now_ns, kind=kind
        )
        await tx.put(call)
        if number:
            await post.vault.put(tx, [Person(id=id, account=id, phone=number, **more)])  # type: ignore[arg-type]
    body = {"symptom": "no_water", "call": id, "zone": "dma-01", "order": True}
    answer = await agent.post("/api/v1/hotline/reports", json=body)
    assert answer.status_code == 201, answer.text
    kept: dict = answer.json()
    return kept


def path_of(kept: dict) -> str:
    return f"/api/v1/hotline/reports/{kept['report']['id']}/message"


async def came(agent: httpx.AsyncClient, kept: dict, state: str) -> dict:
    async with asyncio.timeout(20):
        while (shown := (await agent.get(path_of(kept))).json())["state"] != state:
            await asyncio.sleep(0.02)
    return dict(shown)


async def test_the_caller_gets_the_code_once_however_often_it_is_pressed(tmp_path: Path) -> None:
    async with house_at(tmp_path, code_templates=TEMPLATES) as house, house.hub.as_(Role.HOTLINE) as agent:
        kept = await told(house, agent)
        assert kept["message"] == {
            "number": MASKED,
            "refused": None,
            "state": None,
            "sent": None,
            "reason": None,
        }
        assert (await agent.get(path_of(kept))).status_code == 404, "nothing was asked for"
        pressed = await asyncio.gather(*(agent.post(path_of(kept)) for _ in range(3)))
        assert {one.status_code for one in pressed} == {200}, pressed[0].text
        assert {one.json()["number"] for one in pressed} == {MASKED}
        shown = await came(agent, kept, "sent")
        assert (await agent.post(path_of(kept))).json()["sent"] == shown["sent"]
    (sms,) = house.post.sms.sent
    assert (sms["mobile"], sms["template"], sms["sign"]) == (CALLER, "SMS_CODE", "清河水务")
    assert sms["params"]["c1"] + sms["params"]["c2"] == kept["tracking"]["code"].replace("-", "")


async def test_who_pressed_is_on_record_and_the_number_is_in_no_answer(tmp_path: Path) -> None:
    async with house_at(tmp_path, code_templates=TEMPLATES) as house, house.hub.as_(Role.HOTLINE) as agent:
        kept = await told(house, agent)
        pressed = await agent.post(path_of(kept))
        await came(agent, kept, "sent")
        rows = [json.loads(row.body) for row in await house.post.ledger.audit_before(None, 50)]
        audit = [row for row in rows if row["command"].endswith("/message")]
        async with house.post.ledger.read() as tx:
            reads = [one.purpose for one in await tx.find(AccessRecord)]
            (letter,) = await tx.find(Letter)
    assert CALLER not in pressed.text + json.dumps(kept)
    assert [(one["who"], one["subject"]) for one in audit] == [("hotline", {"id": kept["report"]["id"]})]
    assert "hotline:code" in reads
    assert letter.because is Because.ASKED
    code = kept["tracking"]["code"].replace("-", "")
    assert CALLER not in str(letter) and code not in str(letter)
    assert code not in str(audit)


async def test_a_message_that_failed_is_sent_again_by_pressing_again(tmp_path: Path) -> None:
    async with house_at(tmp_path, code_templates=TEMPLATES) as house, house.hub.as_(Role.HOTLINE) as agent:
        house.post.sms.answers = ["MOBILE"]
        kept = await told(house, agent)
        await agent.post(path_of(kept))
        assert (await came(agent, kept, "failed"))["reason"] == "address"
        assert house.post.sms.sent == []
        listed = await agent.get("/api/v1/code-messages")
        (row,) = listed.json()["items"]
        assert (row["report"], row["number"]) == (kept["report"]["id"], MASKED)
        assert row["tries"][-1]["reason"] == "address" and CALLER not in listed.text
        assert (await agent.get("/api/v1/deliveries")).json()["codes_failed"] == 1
        await agent.post(path_of(kept))
        await came(agent, kept, "sent")
        assert (await agent.get("/api/v1/code-messages")).json()["items"] == []
    assert len(house.post.sms.sent) == 1


async def test_what_the_gateway_reports_later_stands_with_it_and_goes_on_to_no_other_channel(
    tmp_path: Path,
) -> None:
    async with house_at(tmp_path, code_templates=TEMPLATES) as house, house.hub.as_(Role.HOTLINE) as agent:
        kept = await told(house, agent, wechat="o-1", email="one@example.org")
        await agent.post(path_of(kept))
        await came(agent, kept, "sent")
        (sms,) = house.post.sms.sent
        send = asyncio.to_thread(house.post.sms.report, f"{house.receipts}/sms", sms["receipt"], "UNDELIV")
        assert await send == 200
        await came(agent, kept, "failed")
    assert (house.post.wechat.sent, house.post.box.letters) == ([], [])


async def test_in_an_exercise_nobody_is_reached(tmp_path: Path) -> None:
    async with (
        house_at(tmp_path, exercise=True, code_templates=TEMPLATES) as house,
        house.hub.as_(Role.HOTLINE) as agent,
    ):
        kept = await told(house, agent)
        assert (await agent.post(path_of(kept))).json()["state"] == "exercise"
    assert house.post.sms.asked == 0


@pytest.mark.parametrize(
    ("number", "why"), [("07732192000", "no_mobile"), ("95013123456789", "no_mobile"), ("", "no_mobile")]
)
async def test_who_has_no_mobile_number_is_sent_nothing_and_the_agent_hears_why(
    tmp_path: Path, number: str, why: str
) -> None:
    async with house_at(tmp_path, code_templates=TEMPLATES) as house, house.hub.as_(Role.HOTLINE) as agent:
        kept = await told(house, agent, number)
        refused = await agent.post(path_of(kept))
        assert (refused.status_code, refused.json()["reason"]) == (409, why)
        assert "手机" in refused.json()["why"]["zh"]
        assert kept["message"]["refused"]["reason"] == why
        assert kept["message"]["number"] == ""
    assert house.post.sms.asked == 0


async def test_a_gateway_without_a_template_for_it_is_named_before_anything_is_sent(tmp_path: Path) -> None:
    async with house_at(tmp_path) as house, house.hub.as_(Role.HOTLINE) as agent:
        kept = await told(house, agent)
        refused = await agent.post(path_of(kept))
    assert (refused.status_code, refused.json()["reason"]) == (409, "no_template")
    assert "模板" in refused.json()["why"]["zh"]


async def test_a_gateway_of_free_text_is_given_the_whole_address_in_the_callers_language(
    tmp_path: Path,
) -> None:
    body = {"mobile": "{to}", "sign": "{sign}", "params": {"text": "{text}"}, "id": "{id}"}
    async with house_at(tmp_path, templates=[], body=body) as house, house.hub.as_(Role.HOTLINE) as agent:
        house.post.sms.answers = ["OK", "OK"]
        for language in ("zh", "en"):
            kept = await told(house, agent, language=language)
            await agent.post(path_of(kept))
            await came(agent, kept, "sent")
            text = house.post.sms.sent[-1]["params"]["text"]
            assert kept["tracking"][language] in text
            assert text.startswith({"zh": "【清河水务】", "en": "(清河水务) "}[language])


async def test_a_report_that_was_taken_back_is_followed_by_nobody(tmp_path: Path) -> None:
    async with house_at(tmp_path, code_templates=TEMPLATES) as house, house.hub.as_(Role.DUTY_MANAGER) as who:
        async with house.post.ledger.begin() as tx:
            await tx.put(account())
        kept = (await who.post("/api/v1/hotline/reports", json={"symptom": "other", "account": "A1"})).json()
        id = kept["report"]["id"]
        assert (await who.post(f"/api/v1/hotline/reports/{id}/take-back", json={})).is_success
        refused = await who.post(path_of(kept))
    assert (refused.status_code, refused.json()["reason"]) == (409, "taken_back")


def account() -> Account:
    return Account(
        id="A1",
        street="s-1",
        address="人民路1号",
        building="人民路1号",
        storey=1,
        zone="dma-01",
        node="j1",
        meter="M1",
    )


@pytest.mark.parametrize(
    ("variables", "longest", "said"),
    [
        ({"c": "code"}, 20, "28 characters"),
        ({"c": "code_1"}, 20, "code_2"),
        ({"c": "number"}, 20, "none of"),
    ],
)
def test_a_template_that_cannot_hold_the_code_is_a_mistake_of_the_file(
    variables: dict[str, str], longest: int, said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        CodeTemplate.model_validate({"id": "T", "variables": variables, "longest": longest})
