"""F35: a provider is down, or drops messages without a word: the next channel within 60 s; and when calls,
auditor or both have ended, somebody finds out within 60 s."""

import time
from typing import Any

import pytest

from core.runtime.clock import AnchoredClock
from core.runtime.health import Health
from hub.audit_file import SILENT_S, AuditWatch
from hub.auditor import PERIOD_S
from tests.faults.calling import Calling, calling, until
from tests.faults.forms import form

EVERY_S = form(1.0, PERIOD_S)
FOUND_S = form(2.0 + 8.0, 60.0)
"""Two audits; the short form leaves a loaded machine some more."""
ONE_STEP = [{"notify": ["duty-manager"]}, {"wait_min": 5}, {"until_ack": True}]


def nothing_found(plant: Calling) -> bool:
    return '"silences": []' in (plant.data / "auditor.json").read_text()


def said(body: dict[str, Any]) -> str:
    return str(body["commonAnnotations"]["description"])


async def test_a_provider_that_says_nothing_is_passed_over_within_a_minute(tmp_path):
    with calling(tmp_path, 1.0, ONE_STEP, gather_s=0) as plant:
        plant.sms.hang.set()
        duty = await plant.people()
        plant.calls()
        await duty.raised("p1")
        assert until(lambda: plant.voice.got, 60) < 60
        assert plant.sms.hung and not plant.sms.got
        notes = await duty.log()
        assert [(note.channel, note.reason) for note in notes][:1] == [("sms", "timeout")]
        await duty.ledger.close()


async def test_a_message_that_was_taken_and_dropped_is_followed_by_the_next_step(tmp_path):
    """The provider said yes, and nobody's phone rang: only an ack ends a call of priority 1."""
    steps = [{"notify": ["duty-manager"]}, {"wait_min": 5}, {"notify": ["crew-1"]}, {"wait_min": 5}]
    with calling(tmp_path, 300.0, [*steps, {"until_ack": True}], gather_s=0) as plant:
        duty = await plant.people()
        plant.calls()
        await duty.raised("p1")
        until(lambda: len(plant.sms.got) >= 4, 60)
        people = [body["receiver"].split("@")[0] for body in plant.sms.bodies]
        assert people[1] == people[3] == "crew" and people[0] in ("a", "b")
        await duty.ledger.close()


@pytest.mark.timeout(400)
async def test_calls_killed_the_auditor_says_so_by_its_own_channel(tmp_path):
    with calling(tmp_path, 1.0, ONE_STEP, gather_s=0) as plant:
        duty = await plant.people()
        process = plant.calls()
        plant.auditor(EVERY_S)
        await duty.raised("told")
        until(lambda: plant.sms.got, 30)
        until(lambda: len(plant.audit.asked) >= 2, 3 * EVERY_S + 30)
        until(lambda: nothing_found(plant), 4 * EVERY_S + 30)  # who was told is no silence
        plant.audit.got.clear()
        plant.kill(process)
        await duty.raised("untold", zone="dma-02")
        until(lambda: any("untold" in said(body) for body in plant.audit.bodies), FOUND_S)
        assert {body["receiver"] for body in plant.audit.bodies} == {"control-room"}
        health = Health()
        watch = AuditWatch(plant.data, health, AnchoredClock())

        def told() -> bool:
            watch.look(up_s=0.0)
            return [one.id for one in health.standing()] == ["calls_silent"]

        until(told, 10)
        plant.calls()
        until(lambda: len(plant.sms.got) >= 2, 30)
        until(lambda: nothing_found(plant), 4 * EVERY_S + 30)
        await duty.ledger.close()


@pytest.mark.timeout(400)
async def test_the_service_dead_without_any_alarm_is_found_too(tmp_path):
    with calling(tmp_path, 1.0, ONE_STEP, gather_s=0) as plant:
        duty = await plant.people()
        process = plant.calls()
        plant.auditor(EVERY_S)
        until(lambda: len(plant.audit.asked) >= 3, 3 * EVERY_S + 30)
        plant.kill(process)
        plant.audit.got.clear()
        until(lambda: any("hub:calls" in said(body) for body in plant.audit.bodies), FOUND_S)
        await duty.ledger.close()


@pytest.mark.timeout(400)
async def test_the_auditor_killed_the_hub_says_so(tmp_path):
    with calling(tmp_path, 1.0, ONE_STEP) as plant:
        await (await plant.people()).ledger.close()
        process = plant.auditor(EVERY_S)
        file = plant.data / "auditor.json"
        until(file.exists, 30)
        health, silent_s = Health(), form(2.5, SILENT_S)
        watch = AuditWatch(plant.data, health, AnchoredClock(), silent_s)
        watch.look(up_s=silent_s + 1)
        assert health.standing() == [] or health.standing()[0].id == "calls_silent"
        plant.kill(process)

        def seen() -> bool:
            watch.look(up_s=silent_s + 1)
            return "auditor_silent" in {one.id for one in health.standing()}

        assert until(seen, silent_s + 5) <= silent_s + 5
        plant.auditor(EVERY_S)
        until(lambda: not seen(), 30)


@pytest.mark.timeout(400)
async def test_both_killed_the_dead_mans_switch_outside_hears_nothing_any_more(tmp_path):
    with calling(tmp_path, 1.0, ONE_STEP) as plant:
        await (await plant.people()).ledger.close()
        calls, auditor = plant.calls(), plant.auditor(EVERY_S)
        until(lambda: len(plant.audit.asked) >= 3, 4 * EVERY_S + 30)
        gaps = [b - a for a, b in zip(plant.audit.asked, plant.audit.asked[1:], strict=False)]
        assert max(gaps) < EVERY_S + 5, "a sign of life at every audit"
        plant.kill(calls)
        plant.kill(auditor)
        until(lambda: time.monotonic() - plant.audit.asked[-1] > form(2 * EVERY_S, 60.0), 70)
