"""Staleness is told in real seconds, whatever the plant's clock does."""

from alarms.engine import Engine
from core.model.alarm import AlarmClass
from core.model.finding import FindingKind, Verb
from core.model.quality import Status
from tests.alarms.alarm_town import NOON, SECOND, definition, one, plant

ROW = definition("p1:stale", FindingKind.STALE, tag="dma-01.p1", alarm_class=AlarmClass.INSTRUMENT)


def engine(speed: float = 1.0) -> Engine:
    return Engine(plant(), [ROW], speed=speed)


def test_a_tag_gone_quiet_is_stale_after_ten_real_seconds_at_any_speed() -> None:
    for speed in (1.0, 60.0):
        watch = engine(speed)
        watch.update(one("dma-01.p1", 0, 20.0))
        told = [watch.tick(NOON + round(s * speed) * SECOND, 1000.0 + s) for s in range(13)]
        assert [len(findings) for findings in told] == [0] * 11 + [1, 0]
        assert told[11][0].verb is Verb.RAISE
        [back] = watch.update(one("dma-01.p1", 3600, 20.0))
        assert back.verb is Verb.CLEAR


def test_a_tag_never_heard_is_stale_too() -> None:
    watch = engine()
    assert [len(watch.tick(NOON, 50.0 + s)) for s in range(12)] == [0] * 11 + [1]


def test_a_tag_known_to_be_bad_is_not_called_stale() -> None:
    watch = engine()
    watch.update(one("dma-01.p1", 0, None, Status.BAD_NO_COMMUNICATION))
    assert not any(watch.tick(NOON, 50.0 + s) for s in range(60))


def test_a_restart_starts_the_wait_anew_and_keeps_what_was_stale() -> None:
    watch = engine()
    told = [finding for s in range(12) for finding in watch.tick(NOON, float(s))]
    assert len(told) == 1
    again = engine()
    again.restore(watch.snapshot())
    assert not any(again.tick(NOON, 500.0 + s) for s in range(60))
    assert [f.verb for f in again.update(one("dma-01.p1", 9, 20.0))] == [Verb.CLEAR]


def test_while_the_hub_stood_still_nobody_was_quiet() -> None:
    """A process that was stopped, or a host that was suspended, for a minute, and then goes on."""
    watch = engine()
    watch.update(one("dma-01.p1", 0, 20.0))
    assert not watch.tick(NOON, 50.0)
    assert not watch.tick(NOON + 60 * SECOND, 110.0)
    told = [len(watch.tick(NOON + (60 + s) * SECOND, 110.0 + s)) for s in range(1, 10)]
    assert told == [0] * 7 + [1, 0], "its own silence counts as ever"
