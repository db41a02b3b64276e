"""A-15, A-17: 1,000 orders in which a burst's 200 alarms may arrive, the burst's own anywhere among them, cut
into transactions anyhow. It is the correlator alone, on a sheet over a real ledger that is rolled back after
each order; the whole way from samples to order and draft is tests/faults/test_f33_one_burst.py."""

import random
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from alarms.definitions import by_id
from alarms.engine import Engine
from alarms.incidents import Correlator
from alarms.joining import Raised
from alarms.sheet import Sheet
from alarms.transaction import fresh
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.finding import Finding, Verb
from core.model.incident import OPEN, Incident, IncidentState
from tests.alarms import burst_town as town

SHUFFLES = 1_000
NOW = town.ONSET + 600 * 10**9
ROWS = by_id(town.rows())
ALARMS = {id: replace(fresh(row), active=True, acked=False, occurrence=1) for id, row in ROWS.items()}


class LookedAt(Exception):
    """To roll back."""


def findings() -> list[Finding]:
    """What the detectors say of the burst."""
    engine = Engine(town.plant(), town.rows())
    assert engine.restore(town.learned())
    return [finding for batch in town.shuffled(1) for finding in engine.update(batch)]


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[SqlLedger]:
    ledger = await SqlLedger.open(tmp_path / "ledger.db")
    async with ledger.begin() as tx:
        await tx.put_many([fresh(row) for row in town.rows()])
    yield ledger
    await ledger.close()


async def grouped(ledger: SqlLedger, told: list[Finding], rng: random.Random) -> Incident:
    correlator = Correlator(town.plant(), ROWS, town.clock_of)
    found: list[Incident] = []
    with pytest.raises(LookedAt):
        async with ledger.begin() as tx:
            while told:
                n = rng.choice((15, 70, 250))
                sheet = Sheet(tx, OPEN)
                for finding in told[:n]:
                    raised = Raised(ROWS[finding.alarm], ALARMS[finding.alarm], finding)
                    await correlator.raised(sheet, raised, NOW)
                await sheet.done()
                told = told[n:]
            found = await tx.find(Incident)
            raise LookedAt
    [incident] = found
    return incident


def seen(incident: Incident) -> Incident:
    """All of it but in which order the members came, with which reason, and how often it changed."""
    members = sorted(incident.members, key=lambda m: (m.raised_ns, m.alarm))
    return replace(incident, members=tuple(replace(m, why="") for m in members), seq=0)


@pytest.mark.timeout(600)
async def test_a_thousand_orders_make_the_same_one_incident(ledger: SqlLedger) -> None:
    raised = [finding for finding in findings() if finding.verb is Verb.RAISE]
    first = None
    for seed in range(SHUFFLES):
        rng = random.Random(seed)
        rng.shuffle(raised)
        incident = await grouped(ledger, list(raised), rng)
        first = first or seen(incident)
        assert seen(incident) == first, seed
    assert first is not None
    assert first.state is IncidentState.CONFIRMED
    assert {member.alarm for member in first.members} == ROWS.keys()
    assert first.first_out == ("dma-01.p131:low", "dma-01.p153:low")
