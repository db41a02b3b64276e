"""A district whose 200 gauges a burst drops within two minutes, four stations telling of it.

`learned` knows the district's expected week; `burst` is what the instruments show from a minute before the
burst until seven minutes after, in source order; `shuffled` is one of the orders in which it may arrive.
"""

import random
from collections.abc import Iterator
from functools import cache

import numpy as np

from alarms.clocks import Clock
from alarms.engine import Engine
from core.model.account import Account, Segment
from core.model.alarm import AlarmDefinition
from core.model.finding import FindingKind
from core.model.network import Link, LinkKind, Network, Node, NodeKind
from core.model.plant import Plant, Utility, Zone, ZoneKind
from core.model.sample import Batch, Names, Sample
from core.model.tag import Quantity
from tests.alarms.alarm_town import SECOND, definition, pressure_low, tag, words
from tests.alarms.alarm_water import MINUTE, MONDAY, district

N, STATIONS, DAYS = 200, 4, 5
ZONE, INFLOW, BURST = "dma-01", "dma-01.inflow", "dma-01:burst"
GAUGES = tuple(f"dma-01.p{i}" for i in range(1, N + 1))
AT_MIN = DAYS * 1440
ONSET = MONDAY + AT_MIN * MINUTE
_CHANCE = random.Random(7)
FALLS_S = tuple(round(_CHANCE.uniform(1.0, 119.0), 2) for _ in GAUGES)
"""When each gauge falls below its limit, seconds after the onset."""
LASTS_MIN, LOW_M, SHARE = 7, 9.0, 0.9


@cache
def plant() -> Plant:
    nodes = {"r": Node("r", NodeKind.RESERVOIR, 0, 0, 50)}
    links, before = {}, "r"
    tags = {INFLOW: tag(INFLOW, Quantity.FLOW, "m3/h", "st-0", ZONE)}
    for i, gauge in enumerate(GAUGES, 1):
        nodes[f"n{i}"] = Node(f"n{i}", NodeKind.JUNCTION, 50.0 * i, 0, 10, ZONE)
        links[f"l{i}"] = Link(f"l{i}", LinkKind.PIPE, before, f"n{i}", 50, 200, zone=ZONE)
        tags[gauge] = tag(gauge, Quantity.PRESSURE, "m", f"st-{i % STATIONS}", ZONE, f"n{i}")
        before = f"n{i}"
    zone = Zone(id=ZONE, name=words("East"), kind=ZoneKind.DMA, inflow=(INFLOW,))
    utility = Utility(id="u", name=words("u"), hotline="96000")
    network = Network(nodes, links)
    return Plant(
        utility=utility, zones={ZONE: zone}, tags=tags, streets={}, places={}, crews={}, network=network
    )


@cache
def rows() -> tuple[AlarmDefinition, ...]:
    return (definition(BURST, FindingKind.BURST, zone=ZONE), *(pressure_low(gauge) for gauge in GAUGES))


def clock_of(tag: str) -> Clock:
    """Stations that agree within three seconds."""
    return Clock(plant().tags[tag].station, 1.5)


def accounts() -> list[Account]:
    return [
        Account(
            id=f"A{n:03d}", street="s-1", address=f"{n}", building=f"{n}",
            storey=1, zone=ZONE, node=f"n{n}", meter=f"M{n}", segment=Segment.GENERAL,
        )
        for n in range(1, 21)
    ]  # fmt: skip


@cache
def learned() -> bytes:
    """The engine's snapshot after five days without a burst."""
    water = district(3, DAYS, sd=0.03, rho_1h=0.9)
    rng = np.random.default_rng(3)
    gauges = 22 + np.round(0.02 * rng.standard_normal((len(water.t_ns), N)) * 128) / 128
    values = np.column_stack((water.inflow, gauges))
    engine = Engine(plant(), rows())
    n = values.shape[1]
    for day in range(DAYS):
        part = slice(day * 1440, (day + 1) * 1440)
        stamps = np.repeat(water.t_ns[part], n)
        index = np.tile(np.arange(n, dtype=np.uint32), 1440)
        zero = np.zeros(len(stamps), np.uint32)
        names = Names.one("record", (INFLOW, *GAUGES))
        batch = Batch(names, index, stamps, values[part].ravel(), zero, stamps, zero.astype(np.uint8))
        assert engine.update(batch) == []
    return engine.snapshot()


@cache
def burst() -> tuple[Sample, ...]:
    rng = random.Random(5)
    usual = district(3, DAYS, sd=0.03, rho_1h=0.9).inflow[-1]
    samples = [Sample(gauge, ONSET + SECOND // 2, 22.0) for gauge in GAUGES]
    for at_s in range(10, LASTS_MIN * 60 + 1, 10):
        flow = usual + SHARE * 70 + rng.uniform(-0.5, 0.5)
        samples.append(Sample(INFLOW, ONSET + at_s * SECOND, round(flow * 64) / 64))
    for gauge, fall_s in zip(GAUGES, FALLS_S, strict=True):
        samples.append(Sample(gauge, ONSET + round(fall_s * SECOND), LOW_M))
        first = int(fall_s // 60) + 1
        samples += [Sample(gauge, ONSET + m * MINUTE, LOW_M) for m in range(first, LASTS_MIN + 1)]
    return tuple(sorted(samples, key=lambda s: (s.t_ns, s.tag)))


def shuffled(seed: int) -> Iterator[Batch]:
    """Each tag's own samples in order; of different tags in any order within the three minutes in which the
    gauges fall, and within each minute after; cut into batches anyhow."""
    rng = random.Random(seed)
    phases: dict[int, list[Sample]] = {}
    for sample in burst():
        phases.setdefault(max(2, int((sample.t_ns - ONSET - 1) // MINUTE)), []).append(sample)
    for _, phase in sorted(phases.items()):
        arriving = [sample.tag for sample in phase]
        rng.shuffle(arriving)
        waiting: dict[str, list[Sample]] = {}
        for sample in reversed(phase):
            waiting.setdefault(sample.tag, []).append(sample)
        told = [waiting[tag].pop() for tag in arriving]
        while told:
            n = rng.randint(1, 150)
            yield Batch.of("modbus:st-0", told[:n])
            told = told[n:]
