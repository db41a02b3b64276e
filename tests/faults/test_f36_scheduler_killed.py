"""F36: who makes the calls is killed in the middle of them, at any moment: each step's message goes out, at
its time or as soon as somebody lives again, known by its key, in its order, and none after the ack."""

import asyncio
import random
import time

import pytest

from tests.faults.calling import calling, until
from tests.faults.forms import form
from tests.response import little_town as town

SPEED = form(300.0, 30.0)
"""A wait of five minutes takes a second, or ten."""
STEPS = [
    {"notify": ["duty-manager"]},
    {"wait_min": 5},
    {"notify": ["crew-1"]},
    {"wait_min": 5},
    {"until_ack": True},
]
ROUNDS = form(3, 12)
SEED = 36
TURN_NS = town.T0
"""Two hours into a turn of twelve, so that it stays the same person's however slow the machine: whoever is on
call when a message is sent again gets it under a key of his own."""


def keys_of(hooks) -> dict[str, float]:
    """When each message first came, by round and step."""
    first: dict[str, float] = {}
    for hook in hooks:
        for headers, _ in list(hook.got):
            first.setdefault("/".join(headers["idempotency-key"].split("/")[2:4]), 0.0)
    return first


@pytest.mark.timeout(600)
async def test_each_step_is_told_however_often_its_teller_is_killed(tmp_path):
    chance = random.Random(SEED)
    with calling(tmp_path, SPEED, STEPS, plant_ns=TURN_NS) as plant:
        duty = await plant.people()
        wanted = [f"{n}/{step}" for n in range(ROUNDS) for step in (0, 2)]
        process, kills = plant.calls(), 0
        await duty.raised("p1")
        pause_s = 300 / SPEED

        def told() -> list[str]:
            return list(keys_of((plant.sms, plant.voice)))

        deadline = time.monotonic() + form(120, 500)
        while not set(wanted) <= set(told()):
            assert time.monotonic() < deadline, f"{told()} after {kills} kills"
            if kills < 2 * ROUNDS:
                await asyncio.sleep(chance.uniform(0.05, pause_s))
                plant.kill(process)
                kills += 1
                process = plant.calls()
            else:
                await asyncio.sleep(0.02)
        order = [key for key in told() if key in wanted]
        assert order == wanted, "in their order, none left out"
        assert kills >= 3
        await duty.acked("p1")
        until(lambda: any(body["status"] == "resolved" for body in plant.sms.bodies), 20)
        many = len([body for body in plant.sms.bodies if body["status"] == "firing"])
        plant.kill(process)
        plant.calls()
        await asyncio.sleep(2 * pause_s)
        assert len([body for body in plant.sms.bodies if body["status"] == "firing"]) == many
        seen = [headers["idempotency-key"] for headers, _ in plant.sms.got]
        assert len(seen) - len(set(seen)) <= kills, "told twice at most where it was killed after sending"
        await duty.ledger.close()


async def test_no_step_comes_before_its_time_when_the_teller_was_down_for_a_while(tmp_path):
    with calling(tmp_path, SPEED, STEPS, plant_ns=TURN_NS) as plant:
        duty = await plant.people()
        process = plant.calls()
        await duty.raised("p1")
        until(lambda: plant.sms.got, 30)
        began = time.monotonic()
        plant.kill(process)
        plant.calls()
        until(lambda: len(set(plant.sms.keys)) >= 2, 60)
        assert time.monotonic() - began >= 300 / SPEED * 0.9
        assert [key.split("/")[3] for key in dict.fromkeys(plant.sms.keys)][:2] == ["0", "2"]
        await duty.ledger.close()
