"""The newest sample of each tag, now and at an instant, of every historian."""

from core.model.quality import Status
from core.model.sample import Flag
from tests.contracts.test_historian import NOON, S, batch


async def test_last_is_the_newest_source_time_with_everything_known_of_it(historian):
    await historian.write([batch(("fast", NOON + S, 2.0, 0x40000000, NOON + 2 * S, int(Flag.CLAMPED)))])
    await historian.write([batch(("fast", NOON, 1.0), ("slow", NOON, None, Status.BAD_TIMEOUT))])
    newest = {s.tag: s for s in (await historian.last(["slow", "nobody", "fast"])).samples()}
    assert set(newest) == {"fast", "slow"}
    assert newest["fast"][:6] == ("fast", NOON + S, 2.0, 0x40000000, NOON + 2 * S, int(Flag.CLAMPED))
    assert newest["slow"].v is None
    await historian.write([batch(("fast", NOON + S, 5.0))])
    assert (await historian.last(["fast"])).samples()[0].v == 5.0


async def test_at_an_instant_is_the_newest_sample_that_was_there_and_no_older_than_asked(historian):
    minute = 60 * S
    await historian.write(
        [
            batch(*(("fast", NOON + i * S, float(i)) for i in range(0, 7200, 30))),
            batch(("slow", NOON, 1.0), ("slow", NOON + 40 * minute, None, Status.BAD_TIMEOUT)),
            batch(("meter", NOON - 30 * 24 * 3600 * S, 5.0), ("meter", NOON + 90 * minute, 6.0)),
        ]
    )

    async def at(t_ns, within_ns):
        found = await historian.at(["meter", "nobody", "slow", "fast"], t_ns, within_ns)
        return {tag: (one.t_ns, one.v, one.q) for tag, one in found.items()}

    bad = int(Status.BAD_TIMEOUT)
    an_hour = await at(NOON + 60 * minute, 60 * minute)
    assert an_hour == {"fast": (NOON + 3600 * S, 3600.0, 0), "slow": (NOON + 40 * minute, None, bad)}
    between = await at(NOON + 3600 * S - 1, 60 * minute)
    assert between["fast"] == (NOON + 3570 * S, 3570.0, 0)
    assert between["slow"] == (NOON + 40 * minute, None, bad)
    assert await at(NOON + 60 * minute, 20 * minute) == {"fast": (NOON + 3600 * S, 3600.0, 0)}
    assert (await at(NOON + 20 * minute, 20 * minute)).keys() == {"fast"}, "the beginning is open"
    assert (await at(NOON + 20 * minute, 20 * minute + 1))["slow"] == (NOON, 1.0, 0)
    assert (await at(NOON, 31 * 24 * 3600 * S))["meter"] == (NOON - 30 * 24 * 3600 * S, 5.0, 0)
    assert await historian.at([], NOON, minute) == {}
    await historian.write([batch(("fast", NOON + 3600 * S, -1.0))])
    assert (await at(NOON + 60 * minute, minute))["fast"] == (NOON + 3600 * S, -1.0, 0)
