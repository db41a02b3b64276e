"""The SMS gateway's and WeChat's adapters against real servers: registered templates, tokens, codes, and what
the providers say later (ON-20, ON-23)."""

import asyncio
import hashlib
import json
import time
from dataclasses import replace
from urllib.parse import parse_qs

import pytest

from core.adapters.sms_notifier import Gateway, SmsNotifier
from core.adapters.sms_receipts import SmsReceipts
from core.adapters.webhook_notifier import SIGNATURE, signature
from core.adapters.wechat_notifier import WechatNotifier
from core.adapters.wechat_receipts import WechatReceipts
from core.model.message import Delivered, Fate, Heard, Refused, Retry, Trouble
from tests.contracts.test_notifier import SMS, SmsHouse, WechatHouse
from tests.ports import free_port
from tests.servers import wechat
from tests.servers.hook import hook_at
from tests.servers.sms_gateway import SECRET, sms_gateway_at
from tests.servers.wechat import wechat_at

TEXT, LETTER = SmsHouse.call, WechatHouse.call


@pytest.fixture
def secret(tmp_path):
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    return file


@pytest.fixture
def sms():
    with sms_gateway_at(free_port()) as made:
        yield made


@pytest.fixture
def weixin():
    with wechat_at(free_port()) as made:
        yield made


@pytest.fixture
def wechat_secret(tmp_path):
    file = tmp_path / "wechat"
    file.write_text(wechat.SECRET)
    return file


def by_sms(url, secret, gateway=SMS, **more):
    return SmsNotifier(url, secret, gateway, **{"sign": "清河水务", "internal": True, **more})


def by_wechat(weixin, secret, **more):
    return WechatNotifier(wechat.APPID, secret, base=weixin.base, internal=True, **more)


async def test_a_registered_template_is_sent_with_its_variables_and_the_providers_name_is_the_receipt(
    sms, secret
):
    assert await by_sms(sms.url, secret).send(TEXT) == Delivered("SM000001")
    (sent,) = sms.sent
    assert (sent["mobile"], sent["template"]) == (TEXT.to, "SMS_1")
    assert sent["params"] == dict(TEXT.variables)
    assert len(sent["id"]) == 32, "most providers' ids have room for 32 characters"


@pytest.mark.parametrize(
    ("code", "means"),
    [
        ("LIMIT", (Retry, Trouble.BUSY)),
        ("MOBILE", (Refused, Trouble.ADDRESS)),
        ("AUTH", (Refused, Trouble.LOGIN)),
        ("TEMPLATE", (Refused, Trouble.CONTENT)),
        ("", (Retry, Trouble.SERVER)),
    ],
)
async def test_each_code_of_the_gateway_has_its_meaning(sms, secret, code, means):
    sms.answers.append(code)
    answer = await by_sms(sms.url, secret).send(TEXT)
    assert isinstance(answer, means[0]) and answer.reason is means[1] and code in answer.detail


async def test_what_the_gateway_refuses_by_itself_is_said(sms, secret):
    long = replace(TEXT, variables=(*TEXT.variables[:1], ("area", "长" * 21), TEXT.variables[2]))
    answer = await by_sms(sms.url, secret).send(long)
    assert isinstance(answer, Refused) and answer.reason is Trouble.CONTENT and "PARAM" in answer.detail
    secret.write_text("another")
    answer = await by_sms(sms.url, secret).send(TEXT)
    assert isinstance(answer, Refused) and answer.reason is Trouble.LOGIN


async def test_a_request_is_written_as_the_providers_manual_prints_it(secret):
    form = Gateway(
        body={"PhoneNumbers": "86{to}", "TemplateParam": "{variables_json}", "SignName": "【{sign}】"},
        form=True,
        headers={"X-Key": "{secret}"},
    )
    nested = Gateway(body={"PhoneNumberSet": ["+86{to}"], "TemplateParamSet": "{values}", "n": 3})
    with hook_at(free_port()) as hook:
        url = f"http://127.0.0.1:{hook.port}/"
        assert await by_sms(url, secret, form).send(TEXT) == Delivered("ok"), (
            "no code asked: the status counts"
        )
        await by_sms(url, secret, nested).send(TEXT)
        (headers, first), (_, second) = hook.got
    fields = {name: values[0] for name, values in parse_qs(first.decode()).items()}
    assert headers["content-type"] == "application/x-www-form-urlencoded" and headers["x-key"] == SECRET
    assert fields["PhoneNumbers"] == f"86{TEXT.to}" and fields["SignName"] == "【清河水务】"
    assert json.loads(fields["TemplateParam"]) == dict(TEXT.variables)
    values = [value for _, value in TEXT.variables]
    assert json.loads(second) == {"PhoneNumberSet": [f"+86{TEXT.to}"], "TemplateParamSet": values, "n": 3}


async def test_a_header_that_http_cannot_carry_is_an_answer(sms, secret):
    """The port's promise: what goes wrong is an answer, never an exception."""
    form = Gateway(body={"to": "{to}"}, headers={"X-Sign": "{sign}"})
    answer = await by_sms(sms.url, secret, form).send(TEXT)
    assert isinstance(answer, Refused) and answer.reason is Trouble.CONTENT


@pytest.mark.parametrize("code", ["45009", [1], {"a": 1}, None, 1.5])
async def test_an_errcode_that_is_none_is_an_answer(weixin, wechat_secret, code):
    weixin.answers.append(code)
    channel = by_wechat(weixin, wechat_secret)
    answer = await channel.send(LETTER)
    assert isinstance(answer, Retry) and answer.reason is Trouble.SERVER
    await channel.close()


async def test_a_missing_secret_is_said_and_nothing_is_sent(sms, weixin, tmp_path):
    none = tmp_path / "none"
    for channel, message in ((by_sms(sms.url, none), TEXT), (by_wechat(weixin, none), LETTER)):
        answer = await channel.send(message)
        assert isinstance(answer, Refused) and answer.reason is Trouble.SECRET
    assert not sms.asked and not weixin.paths


async def test_one_token_serves_many_and_stands_in_no_answer(weixin, wechat_secret):
    channel = by_wechat(weixin, wechat_secret)
    answers = await asyncio.gather(*(channel.send(replace(LETTER, key=f"k{n}")) for n in range(20)))
    assert all(isinstance(answer, Delivered) for answer in answers)
    assert weixin.paths.count("/cgi-bin/stable_token") == 1
    weixin.answers.append(47003)
    answer = await channel.send(replace(LETTER, key="x"))
    assert isinstance(answer, Refused) and weixin.token not in answer.detail
    await channel.close()


async def test_a_token_that_is_gone_is_fetched_again_and_the_message_goes_out_once(weixin, wechat_secret):
    channel = by_wechat(weixin, wechat_secret)
    await channel.send(LETTER)
    weixin.token = "another program fetched one by force"
    assert isinstance(await channel.send(replace(LETTER, key="second")), Delivered)
    weixin.token = ""
    assert isinstance(await channel.send(replace(LETTER, key="third")), Delivered)
    assert len(weixin.sent) == 3
    await channel.close()


async def test_a_token_that_is_refused_for_ever_is_an_answer(weixin, wechat_secret):
    channel = by_wechat(weixin, wechat_secret)
    weixin.answers += [40001, 42001, 40001, 42001]
    answer = await channel.send(LETTER)
    assert isinstance(answer, Retry) and answer.reason is Trouble.LOGIN and not weixin.sent
    assert weixin.paths.count("/cgi-bin/message/template/send") == 2, "it does not go on for ever"
    await channel.close()


async def test_a_token_is_fetched_anew_before_it_runs_out(weixin, wechat_secret):
    now = [0.0]
    channel = by_wechat(weixin, wechat_secret, monotonic=lambda: now[0])
    for at, fetched in ((0.0, 1), (6_800.0, 1), (6_901.0, 2)):
        now[0] = at
        await channel.send(replace(LETTER, key=str(at)))
        assert weixin.paths.count("/cgi-bin/stable_token") == fetched
    await channel.close()


@pytest.mark.parametrize(
    ("code", "means"),
    [
        (-1, (Retry, Trouble.BUSY)),
        (45009, (Retry, Trouble.BUSY)),
        (43004, (Refused, Trouble.ADDRESS)),
        (40003, (Refused, Trouble.ADDRESS)),
        (40164, (Refused, Trouble.LOGIN)),
        (40037, (Refused, Trouble.CONTENT)),
    ],
)
async def test_each_errcode_has_its_meaning(weixin, wechat_secret, code, means):
    weixin.answers.append(code)
    channel = by_wechat(weixin, wechat_secret)
    answer = await channel.send(LETTER)
    assert isinstance(answer, means[0]) and answer.reason is means[1] and str(code) in answer.detail
    await channel.close()


async def test_wechat_sends_what_it_knows_once_only(weixin, wechat_secret):
    channel = by_wechat(weixin, wechat_secret)
    one, two = await channel.send(LETTER), await channel.send(LETTER)
    assert one == two and len(weixin.sent) == 1
    await channel.close()


def reports(secret, wall_s=time.time):
    delivered = frozenset({"DELIVRD"})
    return SmsReceipts(
        secret, receipt="bizId", status="status", says="err", delivered=delivered, wall_s=wall_s
    )


REPORT = json.dumps(
    [{"bizId": "SM1", "status": "DELIVRD"}, {"bizId": "SM2", "status": "UNDELIV", "err": "off"}, {"x": 1}]
).encode()


def test_delivery_reports_are_believed_from_who_has_the_secret(secret):
    told = [Heard("SM1", Fate.DELIVERED, "DELIVRD"), Heard("SM2", Fate.FAILED, "UNDELIV off")]
    now_s = int(time.time())
    signed = {SIGNATURE.lower(): signature(SECRET.encode(), REPORT, now_s)}
    for query, headers in (({}, {"x-token": SECRET}), ({"token": SECRET}, {}), ({}, signed)):
        assert reports(secret).heard(query, headers, REPORT) == told
    for query, headers, body in (
        ({}, {}, REPORT),
        ({"token": "x"}, {"x-token": ""}, REPORT),
        ({}, signed, REPORT + b" "),
        ({}, {SIGNATURE.lower(): "t=1,v1=0"}, REPORT),
    ):
        assert reports(secret).heard(query, headers, body) is None
    assert reports(secret, lambda: now_s + 301).heard({}, signed, REPORT) is None, "recorded, sent again"
    assert reports(secret).heard({"token": SECRET}, {}, b"not json") == []
    secret.write_text("")
    assert reports(secret).heard({"token": ""}, {}, REPORT) is None, "an empty secret lets nobody in"


def event(token, at_s, status="success", kind="TEMPLATESENDJOBFINISH"):
    stamp = str(at_s)
    signed = hashlib.sha1("".join(sorted((token, stamp, "n"))).encode()).hexdigest()
    body = (
        f"<xml><Event><![CDATA[{kind}]]></Event><MsgID>200163836</MsgID>"
        f"<Status><![CDATA[{status}]]></Status></xml>"
    )
    return {"signature": signed, "timestamp": stamp, "nonce": "n", "echostr": "42"}, body.encode()


def test_wechats_events_say_what_became_of_a_message(tmp_path):
    file = tmp_path / "token"
    file.write_text("event-token")
    heard, now_s = WechatReceipts(file), int(time.time())
    for status, fate in (
        ("success", Fate.DELIVERED),
        ("failed:user block", Fate.FAILED),
        ("failed: system failed", Fate.FAILED),
    ):
        query, body = event("event-token", now_s, status)
        assert heard.heard(query, {}, body) == [Heard("200163836", fate, status)]
    assert heard.challenge(query) == "42"
    assert heard.heard(*_with(event("event-token", now_s, kind="subscribe"))) == []
    for strange in (event("other", now_s), event("event-token", now_s - 400)):
        assert heard.heard(*_with(strange)) is None and heard.challenge(strange[0]) is None
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><xml><Event>&a;</Event></xml>'
    assert heard.heard(event("event-token", now_s)[0], {}, bomb) == []


def _with(made):
    query, body = made
    return query, {}, body
