"""The board of the hub's own conditions: from memory, in both languages, once for as long as one stands."""

import asyncio

import pytest

from core.adapters.segment_spool.room import Bounds
from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sqlite_quarantine import SqliteQuarantine
from core.model.condition import Severity
from core.model.conservation import Fate
from core.model.sample import Batch, Sample
from core.ports.historian import Hold
from core.ports.quarantine import Refusal
from core.ports.spool import SpoolFull
from core.runtime import health_words
from core.runtime.clock import AnchoredClock
from core.runtime.health import Health
from core.runtime.health_watch import HealthWatch


@pytest.fixture
async def room(tmp_path):
    spool = await SegmentSpool.open(tmp_path / "spool", bounds=Bounds(bytes=10_000, free_share=0))
    quarantine = await SqliteQuarantine.open(tmp_path / "quarantine.db")
    health = Health()
    yield spool, quarantine, health, HealthWatch(spool, quarantine, health, AnchoredClock())
    await spool.close()
    await quarantine.close()


def small(t):
    return Batch.of("mqtt:m", [Sample("a", t, 1.0)])


async def test_a_spool_that_fills_is_told_at_70_85_and_95_percent_and_mended_when_read(room):
    spool, _, health, watch = room
    await spool.cursor("recorder")
    seen = []
    with pytest.raises(SpoolFull):
        for t in range(1_000):
            await spool.put(small(t))
            await watch.look()
            now = [(c.severity, c.id) for c in health.standing()]
            assert len(now) <= 1
            seen += [one for one in now if one not in seen]
    levels = [(Severity.WARNING, "spool_filling"), (Severity.ALARM, "spool_filling")]
    assert seen[:2] == levels and set(seen) <= {*levels, (Severity.ALARM, "spool_full")}
    assert (await spool.facts()).fill > 0.9
    last = (await spool.facts()).last_seq
    await spool.advance("recorder", last, {"mqtt:m": {Fate.STORED: last}})
    await watch.look()
    assert health.standing() == []


async def test_quarantine_that_grows_samples_that_do_not_balance_and_damage_are_told(room, tmp_path):
    spool, quarantine, health, watch = room
    await spool.put(small(1))
    await spool.cursor("recorder")
    await watch.look()
    assert health.standing() == []
    await quarantine.put([Refusal(1, "mqtt:m", "not_json", "", b"{", 0)])
    await spool.advance("recorder", 1, {"mqtt:m": {Fate.STORED: 2}})
    (tmp_path / "spool" / "1.corrupt-1").touch()
    await watch.look()
    told = {c.id: c for c in health.standing()}
    assert set(told) == {"quarantine_growing", "samples_unaccounted", "spool_corrupt"}
    assert "not_json of mqtt:m" in told["quarantine_growing"].detail
    assert "-1" in told["samples_unaccounted"].detail
    since = told["spool_corrupt"].since_ns
    await asyncio.sleep(0.01)
    await watch.look()
    assert {c.id: c.since_ns for c in health.standing()}["spool_corrupt"] == since


def test_alarms_come_before_warnings_and_every_word_is_in_both_languages():
    health = Health(iter(range(100)).__next__)
    health.set("store:a", Severity.WARNING, *health_words.STORE[Hold.AWAY])
    health.set("store:b", Severity.ALARM, *health_words.STORE[Hold.TOKEN])
    assert [c.id for c in health.standing()] == ["store:b", "store:a"]
    health.set("store:a", Severity.ALARM, *health_words.STORE[Hold.DISK])
    assert [(c.id, c.since_ns) for c in health.standing()] == [("store:a", 0), ("store:b", 1)]
    assert set(health_words.STORE) == set(Hold)
    pairs = [value for value in vars(health_words).values() if isinstance(value, tuple)]
    for text in [text for pair in [*pairs, *health_words.STORE.values()] for text in pair]:
        assert text.zh and text.en and text.zh != text.en
