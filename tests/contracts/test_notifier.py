"""What every channel promises: a delivery is an answer, within its deadline, and a message is known again."""

import asyncio
import json
import time
from contextlib import ExitStack
from dataclasses import replace

import pytest

from core.adapters.folder_notifier import FolderNotifier
from core.adapters.sms_notifier import Gateway, SmsNotifier
from core.adapters.smtp_notifier import SmtpNotifier, Tls
from core.adapters.webhook_notifier import WebhookNotifier
from core.adapters.wechat_notifier import WechatNotifier
from core.model.message import Delivered, Message, MessageKind, Retry, Trouble
from core.model.text import Text
from tests.ports import free_port
from tests.servers import sms_gateway, wechat
from tests.servers.hook import hook_at
from tests.servers.mailbox import mailbox_at

CALL = Message(
    key="INC-20261125-00001/0/1/duty-a",
    kind=MessageKind.CALL,
    to="duty@example.org",
    title=Text("老城区 疑似爆管", "Suspected burst, Old Town"),
    body=Text("3 个报警未确认", "3 alarms wait for an acknowledgement"),
    subject="INC-20261125-00001",
    priority=1,
    count=3,
    began_ns=1_700_000_000_000_000_000,
    at_ns=1_700_000_030_000_000_000,
    link="https://hub.example.org/desk?view=incidents&id=INC-20261125-00001",
)
DEADLINE_S, PATIENT_S = 2.0, 30.0
"""Of the channel that is kept waiting; what is to be delivered has the time that a busy machine needs."""


class MailHouse:
    call = CALL

    def __init__(self, stack, tmp_path):
        self.box = stack.enter_context(mailbox_at(free_port()))
        self.channel = self.make(self.box.port)
        self.hasty = self.make(self.box.port, DEADLINE_S)

    def make(self, port, deadline_s=PATIENT_S):
        return SmtpNotifier("127.0.0.1", port, "hub@example.org", Tls.NONE, deadline_s=deadline_s)

    def nowhere(self):
        return self.make(free_port())

    def told(self):
        return [(str(one["Message-ID"]), f"{one['Subject']} {one.get_content()}") for one in self.box.letters]

    @property
    def hang(self):
        return self.box.hang

    @property
    def hung(self):
        return self.box.hung


class HookHouse:
    call = CALL

    def __init__(self, stack, tmp_path):
        self.hook = stack.enter_context(hook_at(free_port()))
        self.secret = tmp_path / "secret"
        self.secret.write_text("shared\n")
        self.channel = self.make(self.hook.port)
        self.hasty = self.make(self.hook.port, DEADLINE_S)

    def make(self, port, deadline_s=PATIENT_S):
        return WebhookNotifier(
            f"http://127.0.0.1:{port}/x", self.secret, internal=True, deadline_s=deadline_s
        )

    def nowhere(self):
        return self.make(free_port())

    def told(self):
        return [
            (key, json.dumps(body, ensure_ascii=False))
            for key, body in zip(self.hook.keys, self.hook.bodies, strict=True)
        ]

    @property
    def hang(self):
        return self.hook.hang

    @property
    def hung(self):
        return self.hook.hung


class FolderHouse:
    call = CALL

    def __init__(self, _, tmp_path):
        self.folder = tmp_path / "out"
        self.file = tmp_path / "file"
        self.file.touch()
        self.channel = self.hasty = FolderNotifier(self.folder)

    def nowhere(self):
        return FolderNotifier(self.file / "below")

    def told(self):
        return [(path.name, path.read_text()) for path in self.folder.glob("*.json")]


SMS = Gateway(
    body={
        "mobile": "{to}",
        "sign": "{sign}",
        "template": "{template}",
        "params": "{variables}",
        "id": "{id}",
        "words": "{text_zh} {text_en}",
        "text": "{text}",
    },
    headers={"Authorization": "Bearer {secret}"},
    code="Code",
    receipt="BizId",
    says="Message",
    taken=frozenset({"OK"}),
    later=frozenset({"LIMIT"}),
    nobody=frozenset({"MOBILE"}),
    login=frozenset({"AUTH"}),
)


class TemplateHouse:
    """What is sent are a template's own words: those of the message are compared where it has them."""

    def told(self):
        return [(one[self.id], json.dumps(one, ensure_ascii=False)) for one in self.server.sent]

    @property
    def hang(self):
        return self.server.hang

    @property
    def hung(self):
        return self.server.hung

    def nowhere(self):
        return self.make(free_port())


class SmsHouse(TemplateHouse):
    id = "id"

    def __init__(self, stack, tmp_path):
        self.server = stack.enter_context(sms_gateway.sms_gateway_at(free_port()))
        self.secret = tmp_path / "secret"
        self.secret.write_text(sms_gateway.SECRET)
        self.channel, self.hasty = self.make(self.server.port), self.make(self.server.port, DEADLINE_S)

    def make(self, port, deadline_s=PATIENT_S):
        url = f"http://127.0.0.1:{port}/send"
        return SmsNotifier(url, self.secret, SMS, sign="清河水务", internal=True, deadline_s=deadline_s)

    call = replace(
        CALL,
        to="13800000001",
        template="SMS_1",
        variables=(("number", "NTC-20261125-00001"), ("area", "老城区"), ("eta", "11月26日04:00")),
    )


class WechatHouse(TemplateHouse):
    id = "client_msg_id"

    def __init__(self, stack, tmp_path):
        self.server = stack.enter_context(wechat.wechat_at(free_port()))
        self.secret = tmp_path / "secret"
        self.secret.write_text(wechat.SECRET)
        self.channel, self.hasty = self.make(self.server.port), self.make(self.server.port, DEADLINE_S)

    def make(self, port, deadline_s=PATIENT_S):
        base = f"http://127.0.0.1:{port}"
        return WechatNotifier(wechat.APPID, self.secret, base=base, internal=True, deadline_s=deadline_s)

    call = replace(
        CALL,
        to="o-0000001",
        template="TM_1",
        variables=(
            ("character_string1", "NTC-20261125-00001"),
            ("thing2", "老城区"),
            ("time3", "11月26日 04:00"),
        ),
    )


HANGS = [MailHouse, HookHouse, SmsHouse, WechatHouse]
HANGING = pytest.mark.parametrize("house", HANGS, ids=["smtp", "webhook", "sms", "wechat"], indirect=True)
"""A folder does not hang."""


@pytest.fixture(params=[*HANGS, FolderHouse], ids=["smtp", "webhook", "sms", "wechat", "folder"])
async def house(request, tmp_path):
    with ExitStack() as stack:
        made = request.param(stack, tmp_path)
        yield made
        for channel in (made.channel, made.hasty):
            await channel.close()


async def test_what_is_taken_is_delivered_with_a_receipt_and_says_it_in_both_languages(house):
    answer = await house.channel.send(house.call)
    assert isinstance(answer, Delivered) and answer.receipt
    ((_, said),) = house.told()
    words = (CALL.title.zh, CALL.title.en, CALL.body.zh, CALL.body.en, "INC-20261125-00001")
    for part in words if house.call is CALL else (value for _, value in house.call.variables):
        assert part in said


async def test_a_message_sent_again_is_known_again_and_another_is_not(house):
    for message in (
        house.call,
        replace(house.call, at_ns=house.call.at_ns + 1),
        replace(house.call, key="other"),
    ):
        assert isinstance(await house.channel.send(message), Delivered)
    assert len({key for key, _ in house.told()}) == 2


async def test_nobody_there_is_an_answer_and_the_next_message_goes_through(house):
    away = house.nowhere()
    answer = await away.send(house.call)
    assert isinstance(answer, Retry) and answer.reason is Trouble.UNREACHABLE and answer.detail
    await away.close()
    assert isinstance(await house.channel.send(house.call), Delivered)


@HANGING
async def test_who_says_nothing_is_given_up_at_the_deadline_and_the_next_message_goes_through(house):
    house.hang.set()
    began = time.monotonic()
    answer = await house.hasty.send(house.call)
    assert isinstance(answer, Retry) and answer.reason is Trouble.TIMEOUT
    assert DEADLINE_S * 0.9 <= time.monotonic() - began < DEADLINE_S + 3
    house.hang.clear()
    assert isinstance(await house.hasty.send(house.call), Delivered)


@HANGING
async def test_cancelled_it_lets_go_at_once_and_serves_the_next(house):
    house.hang.set()
    sending = asyncio.create_task(house.channel.send(house.call))
    async with asyncio.timeout(PATIENT_S / 2):
        while not house.hung:
            await asyncio.sleep(0.01)
    began = time.monotonic()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert time.monotonic() - began < PATIENT_S / 10, "it waits for no deadline"
    house.hang.clear()
    assert isinstance(await house.channel.send(replace(house.call, key="next")), Delivered)


async def test_many_at_once_are_each_delivered(house):
    answers = await asyncio.gather(*(house.channel.send(replace(house.call, key=f"k{n}")) for n in range(12)))
    assert all(isinstance(answer, Delivered) for answer in answers)
    assert len({key for key, _ in house.told()}) == 12
