"""`python -m bench detection-cost`: a small town that has lived as the large ones are told to have."""

from pathlib import Path

import msgspec
import pytest

from bench import detection_town as town
from bench.burst import CONFIG
from bench.detection_cost import cost, located, one_district
from core.adapters.epanet_hydraulics import EpanetHydraulics
from core.model.finding import FindingKind
from core.model.network import NodeKind

DAYS = 1


@pytest.fixture(scope="module")
def known() -> dict[str, bytes]:
    return town.learned(town.values(DAYS * town.PER_DAY), DAYS)


def test_what_a_few_districts_know_is_known_to_each_under_its_own_name(known: dict[str, bytes]) -> None:
    again, _ = town.engine(town.LEARNING)
    town.teach(again, town.LEARNING, known)
    assert {n: msgspec.msgpack.encode(again.detectors[n].snapshot()) for n in town.LEARNED} == known
    larger, _ = town.engine(town.LEARNING + 2)
    town.teach(larger, town.LEARNING + 2, known)
    for name in town.LEARNED:
        state = larger.detectors[name].snapshot()
        last, first = town.name_of(town.LEARNING + 1), town.name_of(1)
        mine = {id: one for id, one in state.items() if id.startswith(last)}
        like = {id.replace(first, last) for id in state if id.startswith(first)}
        assert mine
        assert mine.keys() == like


def test_every_kind_that_learns_has_rows_and_cost_and_memory_are_told(known: dict[str, bytes]) -> None:
    kinds = {row.kind for row in town.rows(1)}
    assert kinds == {
        FindingKind.BURST,
        FindingKind.LEAK,
        FindingKind.CROSS_CHECK,
        FindingKind.QUALITY_EVENT,
        FindingKind.LEVEL_CONTROL,
        FindingKind.SPIKE,
        FindingKind.DRIFT,
        FindingKind.DEVIATION,
    }
    told = town.values((DAYS + 1) * town.PER_DAY)
    one = cost(30, known, told, DAYS)
    assert one.tags == 300
    assert 0 < one.tick_us < 1e5
    assert one.midnight_us > 0
    assert one.bytes_a_tag > 1_000


def test_a_burst_is_located_in_a_model_as_one_district(tmp_path: Path) -> None:
    inp = one_district(CONFIG / "network.inp", tmp_path)
    hydraulics = EpanetHydraulics.open(inp)
    nodes = hydraulics.network.nodes.values()
    hydraulics.close()
    assert {node.zone for node in nodes if node.kind is NodeKind.JUNCTION} == {"district"}
    dictionary, whole = located("demo town", CONFIG / "network.inp", short=False)
    assert 0 < dictionary.value <= whole.value
