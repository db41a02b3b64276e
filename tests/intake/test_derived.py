"""Derived tags: what they say, when, and how far it is to be believed (collection.md 11.9)."""

import asyncio
from dataclasses import replace

import pytest

from collectors.intake.derived import Derived
from collectors.intake.limits import SECOND
from collectors.intake.spec import DerivedSpec, formula, in_order
from core.model.clock import Anchor
from core.model.quality import Status
from core.model.sample import Batch, Flag, Sample
from core.model.tag import Quantity, Tag
from core.ports.source import SourceFacts
from core.ports.spool import SpoolFull
from core.runtime.clock import AnchoredClock
from tests.intake.gates import NOW, tag


def flow(id: str, unit: str = "m3/h") -> Tag:
    return replace(tag(id, Quantity.FLOW), unit=unit)


TAGS = {
    t.id: t for t in (flow("a"), flow("b"), flow("c", "L/s"), flow("net"), flow("all"), tag("p1"), tag("p2"))
}
NET = {"tag": "net", "expression": "inlet - outlet", "inputs": {"inlet": "a", "outlet": "b"}}
ALL = {"tag": "all", "expression": "sum(flows)", "inputs": {"flows": ["a", "b", "c"]}}


class Hub:
    """Derived tags with what they make taken out at once."""

    def __init__(
        self, *rows: dict[str, object], speed: float = 1.0, followed: dict[str, SourceFacts] | None = None
    ) -> None:
        specs = [DerivedSpec.model_validate(row) for row in rows]
        formulas = [formula(n, specs[n], TAGS) for n in in_order(specs)]
        self.derived = Derived(formulas, TAGS, AnchoredClock(Anchor(0, 0, speed)), followed or {})

    def hears(self, *samples: Sample) -> list[Sample]:
        """What is made of one batch."""
        self.derived.offer(Batch.of("test:x", samples))
        return self.taken()

    def taken(self) -> list[Sample]:
        made = list(self.derived._pending.samples)
        self.derived._pending.samples.clear()
        return made


def at(tag: str, second: float, v: float | None, q: int = 0, flags: int = 0) -> Sample:
    t_ns = NOW + round(second * SECOND)
    return Sample(tag, t_ns, v, q, t_ns, flags)


def test_a_result_bears_the_newest_time_and_the_worst_quality_of_its_inputs():
    hub = Hub(NET)
    (made,) = hub.hears(at("a", 0, 50.0), at("b", 0.3, 20.0, Status.UNCERTAIN_SENSOR_CALIBRATION))
    assert (made.tag, made.v, made.q) == ("net", 30.0, Status.UNCERTAIN_SENSOR_CALIBRATION)
    assert made.t_ns == NOW + round(0.3 * SECOND)


def test_units_are_carried_through():
    hub = Hub(ALL)
    (made,) = hub.hears(at("a", 0, 36.0), at("b", 0, 36.0), at("c", 0, 10.0))
    assert made.v == pytest.approx(108.0)


def test_one_result_a_cycle_when_inputs_come_one_by_one():
    hub = Hub(NET)
    assert hub.hears(at("a", 0, 50)) == [], "nobody knows b yet"
    assert [s.v for s in hub.hears(at("b", 0.1, 20))] == [30]
    assert hub.hears(at("a", 1, 60)) == []
    assert [s.v for s in hub.hears(at("b", 1.1, 20))] == [40]


def test_a_lost_input_makes_it_bad_once_and_says_why():
    hub = Hub(NET)
    hub.hears(at("a", 0, 50), at("b", 0, 20))
    (made,) = hub.hears(at("b", 1, None, Status.BAD_TIMEOUT))
    assert (made.v, made.q) == (None, Status.BAD_TIMEOUT)
    assert hub.derived.facts.tag_causes == {"net": "coverage 50%: without b"}
    assert hub.hears(at("a", 1.5, 50)) == []
    (made,) = hub.hears(at("b", 2, 20))
    assert (made.v, made.q) == (30, Status.GOOD)
    assert hub.derived.facts.tag_causes == {}


def test_an_input_that_went_quiet_is_not_used_for_ever():
    hub = Hub(NET)
    hub.hears(at("a", 0, 50), at("b", 0, 20))
    made = [s for n in range(1, 15) for s in hub.hears(at("a", n, 50))]
    assert [s.q for s in made if s.t_ns <= NOW + 10 * SECOND] == [Status.GOOD] * 5
    assert {s.q for s in made if s.t_ns > NOW + 10 * SECOND} == {Status.BAD_NO_COMMUNICATION}


def test_with_part_of_its_inputs_it_is_uncertain_where_that_is_allowed():
    hub = Hub(ALL | {"least_coverage": 0.6})
    made = hub.hears(at("a", 0, 36.0), at("b", 0, None, Status.BAD_TIMEOUT), at("c", 0, 10.0))
    assert made[-1].q == Status.UNCERTAIN_SUB_NORMAL
    assert made[-1].v == pytest.approx(72.0)
    assert hub.derived.facts.tag_causes == {"all": "coverage 67%: without b"}


def test_late_and_doubtful_samples_never_make_a_result():
    hub = Hub(NET)
    hub.hears(at("a", 0, 50), at("b", 0, 20))
    assert hub.hears(at("a", 5, 99, 0, Flag.BACKFILL), at("b", 5, 9, 0, Flag.CLOCK_SUSPECT)) == []
    assert hub.hears(at("a", -5, 99), at("b", -5, 9)) == []


def test_a_derived_tag_may_take_another():
    hub = Hub(
        {"tag": "all", "expression": "2 * net", "inputs": {"net": "net"}},
        NET,
    )
    made = hub.hears(at("a", 0, 50), at("b", 0, 20))
    assert [(s.tag, s.v) for s in made if not s.q >> 31] == [("net", 30), ("all", 60)]


@pytest.mark.parametrize("v", [0.0, 1e-300])
def test_division_by_nothing_is_bad_and_never_infinite(v: float):
    hub = Hub({"tag": "net", "expression": "x * x / y", "inputs": {"x": "a", "y": "b"}})
    made = hub.hears(at("a", 0, 1e100), at("b", 0, v))
    assert (made[-1].v, made[-1].q) == (None, Status.BAD_OUT_OF_RANGE)


async def test_results_are_put_as_the_hubs_own():
    class Kept:
        def __init__(self) -> None:
            self.batches: asyncio.Queue[Batch] = asyncio.Queue()

        async def put(self, batch: Batch) -> int:
            self.batches.put_nowait(batch)
            return 1

    hub, kept = Hub(NET), Kept()
    running = asyncio.create_task(hub.derived.run(kept))  # type: ignore[arg-type]
    hub.derived.offer(Batch.of("test:x", [at("a", 0, 50), at("b", 0, 20)]))
    async with asyncio.timeout(30):
        batch = await kept.batches.get()
    running.cancel()
    assert (batch.sources, [s.v for s in batch.samples() if s.v is not None]) == (("hub",), [30])


def test_after_a_restart_an_hourly_input_is_known_at_once():
    hub = Hub(NET | {"max_age_s": 3600})
    hub.derived.remember(Batch.of("historian", [at("b", -600, 20.0)]))
    assert [s.v for s in hub.hears(at("a", 0, 50.0))] == [30.0]


async def test_a_full_spool_delays_results_and_loses_none(monkeypatch):
    class Full:
        def __init__(self) -> None:
            self.refusals, self.kept = 2, list[Sample]()

        async def put(self, batch: Batch) -> int:
            if self.refusals:
                self.refusals -= 1
                raise SpoolFull
            self.kept += batch.samples()
            return 1

    monkeypatch.setattr("collectors.intake.derived.FULL_WAIT_S", 0.01)
    hub, full = Hub(NET), Full()
    running = asyncio.create_task(hub.derived.run(full))  # type: ignore[arg-type]
    for n in range(20):
        hub.derived.offer(Batch.of("test:x", [at("a", n, 50.0 + n), at("b", n, 20.0)]))
        await asyncio.sleep(0.002)
    async with asyncio.timeout(30):
        while len(full.kept) < 20:
            await asyncio.sleep(0.01)
    running.cancel()
    assert [s.v for s in full.kept] == [30.0 + n for n in range(20)]
    assert hub.derived.facts.failures == {"spool_full": 2}


def followed(hub: Hub, facts: SourceFacts, *second: float) -> list[Sample]:
    """What is made as the source tells, at these seconds, that nothing has changed."""
    made: list[Sample] = []
    for one in second:
        facts.followed_ns = NOW + round(one * SECOND)
        hub.derived.stand()
        made += hub.taken()
    return made


def test_a_balance_goes_on_while_an_input_of_a_source_by_exception_stands():
    """One outlet holds its flow and its OPC UA server says so by saying nothing."""
    facts = SourceFacts()
    hub = Hub(NET, followed={"a": facts, "b": facts})
    hub.hears(at("a", 0, 50.0, flags=Flag.STANDS), at("b", 0, 20.0, flags=Flag.STANDS))
    made = []
    for second in range(1, 120):
        facts.followed_ns = NOW + second * SECOND
        hub.derived.stand()
        made += hub.taken()
        made += hub.hears(at("a", second + 0.5, 50.0 + second, flags=Flag.STANDS))
    assert {sample.q for sample in made} == {Status.GOOD}
    assert made[-1].v == 50.0 + 118 - 20.0
    assert made[-1].t_ns >= NOW + 118 * SECOND


def test_what_stands_alone_is_told_again_until_its_source_is_silent():
    facts = SourceFacts()
    hub = Hub(NET, followed={"a": facts, "b": facts})
    hub.hears(at("a", 0, 50.0, flags=Flag.STANDS), at("b", 0, 20.0, flags=Flag.STANDS))
    made = followed(hub, facts, *range(1, 31))
    assert [sample.v for sample in made] == [30.0] * 30
    assert followed(hub, facts, *[30.0] * 30) == []


@pytest.mark.parametrize("flags", [Flag.NONE, Flag.STANDS])
def test_a_lost_or_a_polled_input_is_not_held(flags: Flag):
    facts = SourceFacts()
    hub = Hub(NET, followed={"a": facts, "b": facts})
    hub.hears(at("a", 0, 50.0, flags=flags), at("b", 0, 20.0, flags=flags))
    if flags:
        hub.hears(
            at("b", 1, None, Status.BAD_NO_COMMUNICATION), at("a", 1, None, Status.BAD_NO_COMMUNICATION)
        )
    assert followed(hub, facts, *range(2, 60)) == []


def test_an_input_is_held_no_longer_than_its_source_may_be_silent():
    facts = SourceFacts(max_silence_s=10.0)
    hub = Hub(NET, followed={"a": facts, "b": facts})
    hub.hears(at("a", 0, 50.0, flags=Flag.STANDS), at("b", 0, 20.0, flags=Flag.STANDS))
    assert len(followed(hub, facts, *range(1, 60))) == 10


def test_an_input_of_which_reports_were_lost_is_not_held():
    facts = SourceFacts()
    hub = Hub(NET, followed={"a": facts, "b": facts})
    hub.hears(at("a", 0, 50.0, flags=Flag.STANDS), at("b", 0, 20.0, flags=Flag.STANDS))
    for id in ("a", "b"):
        hub.hears(at(id, 1, None, Status.BAD_DATA_LOST, flags=Flag.BACKFILL))
    assert followed(hub, facts, *range(2, 60)) == []


@pytest.mark.parametrize(("second", "n"), [(1, 0), (-1, 58)])
def test_a_newer_value_that_came_too_late_ends_what_stood_before_it(second: float, n: int):
    facts = SourceFacts()
    hub = Hub(NET, followed={"a": facts, "b": facts})
    hub.hears(at("a", 0, 50.0, flags=Flag.STANDS), at("b", 0, 20.0, flags=Flag.STANDS))
    for id in ("a", "b"):
        assert hub.hears(at(id, second, 70.0, flags=Flag.STANDS | Flag.BACKFILL)) == []
    assert len(followed(hub, facts, *range(1, 59))) == n


def test_a_change_that_is_told_a_moment_late_still_counts_after_what_stood():
    facts = SourceFacts()
    hub = Hub(NET, followed={"a": facts, "b": facts})
    hub.hears(at("a", 0, 50.0, flags=Flag.STANDS), at("b", 0, 20.0, flags=Flag.STANDS))
    followed(hub, facts, *range(1, 11))
    hub.hears(at("a", 9.5, 70.0, flags=Flag.STANDS))
    assert followed(hub, facts, 11, 12)[-1].v == 50.0
