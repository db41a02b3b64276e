"""What an alarm went by, for people to see: GET /api/v1/alarms/{id}/explained."""

from dataclasses import replace

import pytest

from alarms.incidents import Correlator
from alarms.journal import Stamp
from alarms.transaction import record
from core.model.account import Role
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding, FindingKind, Verb
from tests.api.hub_at_work import Hub, definition, hub_at_work

KINDS = {
    "dma-01:burst": definition("dma-01:burst", kind=FindingKind.BURST, zone="dma-01"),
    "dma-01.p1:low": definition("dma-01.p1:low", kind=FindingKind.LIMIT_LOW, zone="dma-01", tag="dma-01.p1"),
    "dma-01:fits": definition("dma-01:fits", kind=FindingKind.CROSS_CHECK, zone="dma-01"),
    "pump:levels": replace(
        definition("pump:levels", kind=FindingKind.LEVEL_CONTROL, zone="dma-01", tag="dma-01.p1"),
        reference="dma-01.inflow",
    ),
}
ROWS: dict[str, AlarmDefinition] = KINDS
T_NS = 1_795_000_000 * 10**9


@pytest.fixture
async def hub(tmp_path):
    async with hub_at_work(tmp_path, definitions=ROWS) as hub:
        yield hub


async def said(hub: Hub, alarm: str, verb: Verb = Verb.RAISE, t_ns: int = T_NS, **more: object) -> None:
    row = ROWS[alarm]
    finding = Finding(alarm=alarm, kind=row.kind, verb=verb, t_ns=t_ns, tags=("dma-01.p1",), zone="dma-01")
    async with hub.deps.ledger.begin() as tx:
        found = [(replace(finding, **more), Stamp(t_ns, t_ns // 10**9))]
        await record(tx, found, ROWS, Correlator(hub.deps.plant, ROWS))


async def explained(hub: Hub, alarm: str, role: Role = Role.OPERATOR) -> dict:
    async with hub.as_(role) as client:
        answer = await client.get(f"/api/v1/alarms/{alarm}/explained")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_burst_is_drawn_as_its_zone_s_inflow_since_its_onset_with_what_was_expected(hub):
    evidence = {"expected_m3h": 80.0, "onset_s": T_NS / 1e9 - 300, "fall_m:dma-01.p1": 1.4, "reason": "step"}
    await said(hub, "dma-01:burst", value=120.0, limit=78.0, score=9.3, evidence=evidence)
    told = await explained(hub, "dma-01:burst", Role.KIOSK)
    assert (told["inflow"], told["outflow"]) == (["dma-01.inflow"], [])
    assert (told["value"], told["expected"], told["off"], told["score"]) == (120.0, 80.0, 40.0, 9.3)
    assert (told["since"], told["until"]) == ("2026-11-18T11:01:40Z", None)
    assert told["others"] == {"dma-01.p1": 1.4}
    await said(hub, "dma-01:burst", Verb.CLEAR, T_NS + 60 * 10**9, evidence={"reason": "back"})
    over = await explained(hub, "dma-01:burst")
    assert (over["until"], over["expected"]) == ("2026-11-18T11:07:40Z", 80.0), "what it went by stays"


async def test_a_limit_has_its_line_and_nothing_expected(hub):
    await said(hub, "dma-01.p1:low", value=11.2, limit=14.0)
    told = await explained(hub, "dma-01.p1:low")
    assert (told["inflow"], told["low"], told["high"], told["expected"], told["off"]) == (
        ["dma-01.p1"],
        14.0,
        None,
        None,
        None,
    )


async def test_readings_that_do_not_fit_show_the_one_that_is_off_most_in_its_band(hub):
    evidence = {"reference": 28.0, "off": -5.0, "off_in": "unit", "x:dma-01.p1": 12.2}
    await said(hub, "dma-01:fits", value=23.0, limit=27.0, evidence=evidence)
    told = await explained(hub, "dma-01:fits")
    assert (told["inflow"], told["low"], told["expected"], told["high"]) == (["dma-01.p1"], 27.0, 28.0, 29.0)
    assert (told["off"], told["others"]) == (-5.0, {"dma-01.p1": 12.2})


async def test_of_a_pump_the_level_is_drawn_and_only_the_side_that_it_passed(hub):
    for t_ns, state, low, high in ((T_NS, "running", None, 5.2), (T_NS + 1, "stopped", 5.2, None)):
        evidence = {"reference": 5.1, "off": 0.5, "off_in": "unit", "state": state}
        await said(hub, "pump:levels", t_ns=t_ns, value=5.6, limit=5.2, evidence=evidence)
        await said(hub, "pump:levels", Verb.CLEAR, t_ns)
        told = await explained(hub, "pump:levels")
        assert (told["inflow"], told["low"], told["high"]) == (["dma-01.inflow"], low, high)


async def test_an_earlier_occurrence_s_evidence_does_not_explain_a_later_one(hub):
    await said(hub, "dma-01:burst", value=120.0, limit=78.0, evidence={"expected_m3h": 80.0})
    await said(hub, "dma-01:burst", Verb.CLEAR, T_NS + 60 * 10**9)
    await said(hub, "dma-01:burst", t_ns=T_NS + 120 * 10**9, value=130.0, limit=90.0)
    told = await explained(hub, "dma-01:burst")
    assert (told["expected"], told["off"]) == (90.0, 40.0)


async def test_what_never_rose_or_is_no_alarm_has_nothing_to_explain(hub):
    async with hub.as_(Role.OPERATOR) as client:
        for id in ("dma-01:burst", "nothing:at-all"):
            assert (await client.get(f"/api/v1/alarms/{id}/explained")).status_code == 404
