"""ON-28, ON-29: everybody is written to in their own language, by the template that is registered in it."""

import pytest

from core.model.notice import Change, NoticeKind, Supply
from response.delivery.spec import DeliveryFile
from tests.response.post_office import person, phone, post_office, sms_channel

FACTS = {
    "zh": ("number", "area", "matter", "when"),
    "en": ("number", "area", "matter", "when_1", "when_2"),
}
ZH, EN = (
    {"id": f"SMS_{lang.upper()}", "lang": lang, "variables": {name: name for name in names}}
    for lang, names in FACTS.items()
)


@pytest.fixture
async def post(tmp_path):
    async with post_office(tmp_path) as made:
        yield made


async def told(post, templates: list[dict], **of_notice: object) -> dict[str, tuple[str, dict]]:
    """By number: the template that the gateway was asked for, and what filled it."""
    channel = sms_channel(post.sms.port, templates=templates)
    post.file = DeliveryFile.model_validate({"channels": [channel]})
    await post.people([*person(1, "A1", phone=phone(1)), *person(2, "A2", phone=phone(2), language="en")])
    post.started()
    await post.done(await post.publish(["A1", "A2"], **of_notice))
    return {one["mobile"]: (one["template"], one["params"]) for one in post.sms.sent}


async def test_who_reads_english_gets_the_english_template_filled_in_english(post):
    heard = await told(post, [ZH, EN])
    number = {"number": "NTC-20261123-00001"}
    assert heard == {
        phone(1): (
            "SMS_ZH",
            {**number, "area": "城东片区", "matter": "抢修停水", "when": "约11月23日15:10-17:10恢复"},
        ),
        phone(2): (
            "SMS_EN",
            {
                **number,
                "area": "East district",
                "matter": "Water off for repair",
                "when_1": "est. back 23 Nov",
                "when_2": "15:10-17:10",
            },
        ),
    }
    await post.done(await post.publish(["A1", "A2"], Change.RESTORED, back_ns=post.clock.now_ns()))
    over = {one["template"]: one["params"] for one in post.sms.sent[2:]}
    assert over["SMS_ZH"]["when"] == "11月23日12:10已恢复"
    assert (over["SMS_EN"]["when_1"], over["SMS_EN"]["when_2"]) == ("since 23 Nov", "12:10")


async def test_advice_about_health_is_whole_in_both(post):
    heard = await told(post, [EN, ZH], kind=NoticeKind.BOIL, supply=Supply.QUALITY)
    assert {template: said["matter"] for template, said in heard.values()} == {
        "SMS_ZH": "自来水请煮沸后饮用",
        "SMS_EN": "Boil before drinking",
    }


async def test_where_none_is_registered_in_theirs_they_get_the_providers_own_whole(post):
    """No English words in a Chinese template."""
    heard = await told(post, [ZH])
    assert heard[phone(2)] == heard[phone(1)]


async def test_a_gateway_that_takes_any_text_is_given_it_in_theirs(post):
    channel = sms_channel(post.sms.port, templates=[])
    channel["via"]["body"] = {"mobile": "{to}", "id": "{id}", "text": "{text}"}
    post.sms.answers += ["OK", "OK"]
    post.file = DeliveryFile.model_validate({"channels": [channel]})
    await post.people([*person(1, "A1", phone=phone(1)), *person(2, "A2", phone=phone(2), language="en")])
    post.started()
    await post.done(await post.publish(["A1", "A2"]))
    said = {one["mobile"]: one["text"] for one in post.sms.sent}
    assert "城东片区" in said[phone(1)] and "East district" not in said[phone(1)]
    assert "East district" in said[phone(2)] and "城东片区" not in said[phone(2)]
