"""F02: the store is down for days: the spool stays within its bounds by bytes and by age, says so at 70, 85
and 95 %, refuses what can be offered again, thins what cannot, and counts every sample."""

import pytest

from core.adapters.segment_spool.room import Bounds
from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sqlite_quarantine import SqliteQuarantine
from core.model.condition import Severity
from core.model.conservation import Fate
from core.model.sample import Batch, Sample
from core.ports.spool import SpoolFull
from core.runtime.clock import AnchoredClock
from core.runtime.conservation import assert_conserved
from core.runtime.health import Health
from core.runtime.health_watch import HealthWatch
from core.runtime.thinning import KEEP_ONE_IN
from tests.faults.forms import form

S, HOUR = 10**9, 3600 * 10**9
START = 1_795_000_000 * S


class Days:
    """The host's time, as the test says."""

    def __init__(self):
        self.ns = START

    def __call__(self):
        return self.ns


A_DAY, TAGS, BYTES = form((480, 200, 2_000_000), (2_880, 2_000, 60_000_000))
"""Polls of the gateway in a simulated day, tags of each, and the spool's room."""


def poll(k, tags=TAGS):
    return Batch.of("modbus:a", [Sample(f"p{i}", START + k * S, float(k)) for i in range(tags)])


def push(k):
    return Batch.of("mqtt:m", [Sample("meter.1", START + k * S, float(k))])


async def test_72_hours_without_a_store_stay_within_the_bytes_and_every_sample_is_counted(tmp_path):
    now, health = Days(), Health()
    bounds = Bounds(bytes=BYTES, free_share=0, segment_bytes=BYTES // 10)
    spool = await SegmentSpool.open(tmp_path / "spool", bounds=bounds, polled="modbus:a".__eq__, now_ns=now)
    quarantine = await SqliteQuarantine.open(tmp_path / "quarantine.db")
    watch = HealthWatch(spool, quarantine, health, AnchoredClock())
    await spool.cursor("recorder")
    sent = acked = refused = lost = 0
    levels = []
    for k in range(3 * A_DAY):
        now.ns += 24 * HOUR // A_DAY
        try:
            await spool.put(poll(k))
        except SpoolFull:
            await spool.count("modbus:a", Fate.SHED, TAGS)
            lost += TAGS
        sent += TAGS
        try:
            await spool.put(push(k))
            acked += 1
        except SpoolFull:
            refused += 1
        if k % 10 == 0:
            await watch.look()
            for condition in health.standing():
                level = (condition.severity, condition.id)
                levels += [level] if level not in levels else []
    facts = await spool.facts()
    assert_conserved(facts)
    assert levels == [
        (Severity.WARNING, "spool_filling"),
        (Severity.ALARM, "spool_filling"),
        (Severity.ALARM, "spool_full"),
    ]
    assert refused > 200, "push is not acknowledged at 95 %"
    assert facts.received_by == {"modbus:a": sent, "mqtt:m": acked}
    assert set(facts.door) == {"modbus:a"}, "what was acknowledged was never shed for room"
    spooled = facts.readers["recorder"].spooled
    assert spooled["mqtt:m"] == acked
    assert facts.door["modbus:a"][Fate.SHED] == sent - spooled["modbus:a"] >= lost
    assert facts.bytes < 1.2 * bounds.bytes
    last = [row.batch for row in await spool.read(facts.last_seq - 40) if "modbus:a" in row.batch.sources]
    assert last and all(len(batch) <= TAGS for batch in last)
    await spool.close()
    await quarantine.close()


async def test_between_95_percent_and_full_one_polled_sample_in_ten_is_kept_of_each_tag(tmp_path):
    bounds = Bounds(bytes=400_000, free_share=0)
    spool = await SegmentSpool.open(tmp_path, bounds=bounds, polled="modbus:a".__eq__)
    await spool.cursor("recorder")
    k = 0
    while spool.fill < 0.95:
        await spool.put(poll(k, tags=20))
        k += 1
    before = await spool.facts()
    for _ in range(3 * KEEP_ONE_IN):
        await spool.put(poll(k, tags=5))
        k += 1
    with pytest.raises(SpoolFull):
        await spool.put(push(k))
    bad = Batch.of("modbus:a", [Sample("p1", START + k * S, None, 0x800A0000)])
    await spool.put(bad)
    after = await spool.facts()
    kept = [s for row in await spool.read(before.last_seq, 100) for s in row.batch.samples()]
    assert {tag: sum(s.tag == tag and s.v is not None for s in kept) for tag in ("p0", "p4")} == {
        "p0": 3,
        "p4": 3,
    }
    assert [s.tag for s in kept if s.v is None] == ["p1"], "a change of quality is always kept"
    assert after.door == {"modbus:a": {Fate.SHED: 3 * KEEP_ONE_IN * 5 - 15}}
    assert_conserved(after)
    await spool.close()


async def test_what_is_older_than_the_bound_on_age_goes_and_is_counted_for_who_has_not_had_it(tmp_path):
    now, bounds = Days(), Bounds(age_d=3, free_share=0, segment_bytes=20_000)
    spool = await SegmentSpool.open(tmp_path, bounds=bounds, now_ns=now)
    await spool.cursor("recorder")
    await spool.cursor("alarms")
    for k in range(1, 24 * 8 + 1):
        now.ns += HOUR
        seq = await spool.put(push(k))
        await spool.advance("alarms", seq)
        if k == 30:
            await spool.advance("recorder", 30, {"mqtt:m": {Fate.STORED: 30}})
        assert_conserved(await spool.facts())
    facts = await spool.facts()
    shed = facts.count(Fate.SHED)
    spooled = facts.readers["recorder"].spooled["mqtt:m"]
    assert shed + spooled == 24 * 8 - 30
    assert 24 * 3 <= spooled <= 24 * 3 + 5, "three days, and what shares a file with them"
    assert facts.fill >= 0.95
    await spool.close()
    spool = await SegmentSpool.open(tmp_path, bounds=bounds, now_ns=now)
    assert_conserved(await spool.facts())
    assert (await spool.facts()).count(Fate.SHED) == shed
    assert (await spool.read(0, 1))[0].seq == facts.cursors["recorder"] + 1
    await spool.close()
