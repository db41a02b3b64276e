"""What is wrong with the hub itself is an alarm like others: raised, journalled, cleared, acknowledged."""

from alarms import hub_alarms
from alarms.health_alarms import RISE_S, HealthAlarms
from core.model.alarm import Alarm, AlarmClass, State
from core.model.condition import Severity
from core.model.text import Text
from core.runtime import health_words
from core.runtime.clock import AnchoredClock
from core.runtime.health import Health
from core.runtime.health_watch import LEVELS
from tests.alarms.alarm_room import Room

FILLING, FULL = health_words.SPOOL_FILLING, health_words.SPOOL_FULL


class Turned(AnchoredClock):
    mono_s = 0.0

    def monotonic(self) -> float:
        return self.mono_s


async def states(room: Room) -> dict[str, State]:
    async with room.ledger.read() as tx:
        return {alarm.id.removeprefix("hub:"): alarm.state for alarm in await tx.find(Alarm)}


async def events_of(room: Room, id: str) -> list[tuple[str, str | None]]:
    return [(entry.event, entry.note) for entry in reversed(await room.ledger.journal_of(f"hub:{id}"))]


async def test_each_level_of_a_filling_spool_is_raised_and_cleared_in_the_journal(room: Room) -> None:
    health = Health()
    watch = HealthAlarms(room.ledger, health, AnchoredClock())
    await watch.look()
    assert await states(room) == {}
    health.set("spool_filling", Severity.WARNING, *FILLING, detail="71%")
    for _ in range(3):
        await watch.look()
    assert await states(room) == {"spool_filling:warning": State.UNACK}
    health.set("spool_filling", Severity.ALARM, *FILLING, detail="86%")
    await watch.look()
    health.clear("spool_filling")
    health.set("spool_full", Severity.ALARM, *FULL, detail="95%")
    await watch.look()
    assert await states(room) == {
        "spool_filling:warning": State.RTNUN,
        "spool_filling:alarm": State.RTNUN,
        "spool_full:alarm": State.UNACK,
    }
    health.clear("spool_full")
    await watch.look()
    assert len(LEVELS) == 3
    assert await events_of(room, "spool_filling:warning") == [("raise", "71%"), ("clear", None)]
    assert await events_of(room, "spool_filling:alarm") == [("raise", "86%"), ("clear", None)]
    assert await events_of(room, "spool_full:alarm") == [("raise", "95%"), ("clear", None)]
    assert await room.ledger.verify_journal() == 6
    told = [(event.subject, event.data["state"]) for event in await room.ledger.events(0)]
    assert told[0] == ("hub:spool_filling:warning", "UNACK") and len(told) == 6


async def test_a_restart_neither_raises_again_nor_forgets_to_clear(room: Room) -> None:
    health = Health()
    health.set("store:historian", Severity.ALARM, Text("a", "a"), Text("b", "b"), detail="401")
    await HealthAlarms(room.ledger, health, AnchoredClock()).look()
    clock, again = Turned(), Health()
    watch = HealthAlarms(room.ledger, again, clock)
    await watch.look()
    assert await states(room) == {"store:alarm": State.UNACK}, "it may be seen again in a moment"
    again.set("store:historian", Severity.ALARM, Text("a", "a"), Text("b", "b"), detail="401")
    await watch.look()
    assert await events_of(room, "store:alarm") == [("raise", "401")]
    again.clear("store:historian")
    await watch.look()
    assert await states(room) == {"store:alarm": State.RTNUN}


async def test_what_was_mended_while_the_hub_was_down_returns_a_while_after_its_start(
    room: Room,
) -> None:
    health = Health()
    health.set("spool_full", Severity.ALARM, *FULL)
    await HealthAlarms(room.ledger, health, AnchoredClock()).look()
    clock = Turned()
    watch = HealthAlarms(room.ledger, Health(), clock)
    clock.mono_s = RISE_S - 1
    await watch.look()
    assert await states(room) == {"spool_full:alarm": State.UNACK}
    clock.mono_s = RISE_S + 1
    await watch.look()
    assert await states(room) == {"spool_full:alarm": State.RTNUN}


def test_every_condition_has_its_row_in_both_languages() -> None:
    rows = hub_alarms.definitions()
    assert rows["hub:spool_full:alarm"].priority == rows["hub:spool_silent:alarm"].priority == 1
    for row in rows.values():
        assert row.alarm_class is AlarmClass.SYSTEM
        assert all(text.zh and text.en for text in (row.name, row.cause, row.consequence, row.action))
