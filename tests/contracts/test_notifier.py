"""What every channel promises: a delivery is an answer, within its deadline, and a message is known again."""

import asyncio
import json
import time
from contextlib import ExitStack
from dataclasses import replace

import pytest

from core.adapters.folder_notifier import FolderNotifier
from core.adapters.smtp_notifier import SmtpNotifier, Tls
from core.adapters.webhook_notifier import WebhookNotifier
from core.model.message import Delivered, Message, MessageKind, Retry, Trouble
from core.model.text import Text
from tests.ports import free_port
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
    def __init__(self, _, tmp_path):
        self.folder = tmp_path / "out"
        self.file = tmp_path / "file"
        self.file.touch()
        self.channel = self.hasty = FolderNotifier(self.folder)

    def nowhere(self):
        return FolderNotifier(self.file / "below")

    def told(self):
        return [(path.name, path.read_text()) for path in self.folder.glob("*.json")]


HANGING = pytest.mark.parametrize("house", [MailHouse, HookHouse], ids=["smtp", "webhook"], indirect=True)
"""A folder does not hang."""


@pytest.fixture(params=[MailHouse, HookHouse, FolderHouse], ids=["smtp", "webhook", "folder"])
async def house(request, tmp_path):
    with ExitStack() as stack:
        made = request.param(stack, tmp_path)
        yield made
        for channel in (made.channel, made.hasty):
            await channel.close()


async def test_what_is_taken_is_delivered_with_a_receipt_and_says_it_in_both_languages(house):
    answer = await house.channel.send(CALL)
    assert isinstance(answer, Delivered) and answer.receipt
    ((_, said),) = house.told()
    for part in (CALL.title.zh, CALL.title.en, CALL.body.zh, CALL.body.en, "INC-20261125-00001"):
        assert part in said


async def test_a_message_sent_again_is_known_again_and_another_is_not(house):
    for message in (CALL, replace(CALL, at_ns=CALL.at_ns + 1), replace(CALL, key="other")):
        assert isinstance(await house.channel.send(message), Delivered)
    assert len({key for key, _ in house.told()}) == 2


async def test_nobody_there_is_an_answer_and_the_next_message_goes_through(house):
    away = house.nowhere()
    answer = await away.send(CALL)
    assert isinstance(answer, Retry) and answer.reason is Trouble.UNREACHABLE and answer.detail
    await away.close()
    assert isinstance(await house.channel.send(CALL), Delivered)


@HANGING
async def test_who_says_nothing_is_given_up_at_the_deadline_and_the_next_message_goes_through(house):
    house.hang.set()
    began = time.monotonic()
    answer = await house.hasty.send(CALL)
    assert isinstance(answer, Retry) and answer.reason is Trouble.TIMEOUT
    assert DEADLINE_S * 0.9 <= time.monotonic() - began < DEADLINE_S + 3
    house.hang.clear()
    assert isinstance(await house.hasty.send(CALL), Delivered)


@HANGING
async def test_cancelled_it_lets_go_at_once_and_serves_the_next(house):
    house.hang.set()
    sending = asyncio.create_task(house.channel.send(CALL))
    async with asyncio.timeout(PATIENT_S / 2):
        while not house.hung:
            await asyncio.sleep(0.01)
    began = time.monotonic()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert time.monotonic() - began < PATIENT_S / 10, "it waits for no deadline"
    house.hang.clear()
    assert isinstance(await house.channel.send(replace(CALL, key="next")), Delivered)


async def test_many_at_once_are_each_delivered(house):
    answers = await asyncio.gather(*(house.channel.send(replace(CALL, key=f"k{n}")) for n in range(12)))
    assert all(isinstance(answer, Delivered) for answer in answers)
    assert len({key for key, _ in house.told()}) == 12
