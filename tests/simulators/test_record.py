"""A record is the town as its instruments saw it, with the truth beside it, and reads back."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from collectors.replay.files import read
from core.model.quality import Status
from core.model.sample import Batch
from simulators.place import place
from simulators.record import START_NS, record
from tests.simulators.grid import grid_inp

CONFIG = Path("configs/demo")
S = 1_000_000_000
DAYS = 0.25
EVENTS = [
    {"at": 7200, "command": "burst", "zone": "dma-03", "flow_m3h": 20, "duration_s": 3600},
    {"at": "2026-09-27T19:00:00Z", "command": "fault", "tag": "dma-05.p2", "kind": "dead"},
    {"at": 3600, "command": "fault", "tag": "dma-05.inflow", "kind": "out_of_range", "duration_s": 1800},
    {"at": 600, "command": "fault", "tag": "dma-09.p1", "kind": "stuck"},
]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("record")
    (folder / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in EVENTS))
    record(CONFIG, days=DAYS, seed=3, out=folder / "a.npz", events=folder / "events.jsonl")
    return folder / "a.npz"


def series(batches: list[Batch], tag: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Seconds from the start, values, codes."""
    parts = [(b, b.tag == b.tags.index(tag)) for b in batches if tag in b.tags]
    t, v, q = (np.concatenate([getattr(b, name)[m] for b, m in parts]) for name in ("t_ns", "v", "q"))
    return (t - START_NS) / S, v, q


@pytest.fixture(scope="module")
def seen(file: Path) -> Callable[[str], tuple[np.ndarray, np.ndarray, np.ndarray]]:
    batches = list(read(file))
    return lambda tag: series(batches, tag)


def test_flows_and_pressures_come_each_minute_quality_each_five(seen) -> None:
    assert np.diff(seen("dma-01.inflow")[0]).tolist() == [60] * (int(DAYS * 1440) - 1)
    assert np.diff(seen("dma-01.p1")[0]).tolist() == [60] * (int(DAYS * 1440) - 1)
    assert np.diff(seen("q-01.turbidity")[0]).tolist() == [300] * (int(DAYS * 288) - 1)


def test_the_truth_lies_beside_it_a_line_an_event(file: Path) -> None:
    lines = file.with_name("a.npz.truth.jsonl").read_text().splitlines()
    truths = [json.loads(line) for line in lines]
    assert [truth["kind"] for truth in truths] == ["fault", "fault", "burst", "fault"]
    burst = truths[2]
    assert (burst["zone"], burst["flow_m3h"]) == ("dma-03", 20)
    assert burst["start"] == "2026-09-27T18:00:00Z"
    assert burst["end"] == "2026-09-27T19:00:00Z"


def test_a_burst_is_in_the_flow_from_its_minute_to_its_end(seen) -> None:
    t, v, _ = seen("dma-03.inflow")
    level = [v[(t >= a) & (t < b)].mean() for a, b in ((6600, 7200), (7260, 7860), (10_860, 11_460))]
    assert level[1] - level[0] == pytest.approx(20, abs=4)
    assert level[2] == pytest.approx(level[0], abs=5)
    t, p, _ = seen("dma-03.p1")
    drop = p[(t >= 6600) & (t < 7200)].mean() - p[(t >= 7260) & (t < 7860)].mean()
    assert drop > 0.2


def test_faults_are_marked_as_the_collectors_would(seen) -> None:
    t, v, q = seen("dma-05.p2")
    dead = t >= 10_800
    assert set(q[dead]) == {Status.BAD_SENSOR_FAILURE}
    assert np.isnan(v[dead]).all()
    assert not q[~dead].any()
    t, v, q = seen("dma-05.inflow")
    beyond = (t >= 3600) & (t < 5400)
    assert set(q[beyond]) == {Status.BAD_OUT_OF_RANGE}
    assert not q[~beyond].any()
    t, v, _ = seen("dma-09.p1")
    assert len(set(v[t >= 660])) == 1


def test_the_same_seed_is_the_same_record(file: Path, tmp_path: Path) -> None:
    events = file.with_name("events.jsonl")
    record(CONFIG, days=DAYS, seed=3, out=tmp_path / "b.npz", events=events)
    with np.load(file) as one, np.load(tmp_path / "b.npz") as two:
        assert all(np.array_equal(one[name], two[name], equal_nan=name == "v") for name in one.files)
    assert (tmp_path / "b.npz.truth.jsonl").read_bytes() == file.with_name("a.npz.truth.jsonl").read_bytes()


def of_each(file: Path) -> dict[str, list[float]]:
    """What each instrument showed; nothing of one that showed nothing."""
    with np.load(file) as kept:
        return {name: kept["v"][kept["tag"] == n].tolist() for n, name in enumerate(kept["tags"].tolist())}


def ordered(folder: Path, config: Path, *orders: dict[str, object]) -> dict[str, list[float]]:
    """What each instrument shows of a town of which this is ordered."""
    (folder / "orders.jsonl").write_text("".join(json.dumps(order) + "\n" for order in orders))
    record(config, days=0.05, seed=3, out=folder / "r.npz", events=folder / "orders.jsonl")
    return of_each(folder / "r.npz")


def differ(one: dict[str, list[float]], other: dict[str, list[float]]) -> list[str]:
    return [tag for tag in one.keys() & other.keys() if repr(one[tag]) != repr(other[tag])]


def test_an_instrument_less_changes_what_no_other_shows(tmp_path: Path) -> None:
    config, gone = tmp_path / "config", "dma-01.p1"
    shutil.copytree(CONFIG, config)
    rows = (config / "tags.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [row for row in rows if not row.startswith(f"{gone},")]
    (config / "tags.csv").write_text("".join(kept), encoding="utf-8")
    whole, fewer = ordered(tmp_path, CONFIG), ordered(tmp_path, config)
    assert whole.keys() - fewer.keys() == {gone}
    assert differ(whole, fewer) == []


@pytest.mark.parametrize("kind", ["spike", "calibration", "stuck"])
def test_a_fault_of_one_instrument_changes_what_no_other_shows(tmp_path: Path, kind: str) -> None:
    faulty = {"at": 1800, "command": "fault", "tag": "dma-05.p2", "kind": kind, "duration_s": 1800}
    nothing = [{"at": at, "command": "clear"} for at in (1800, 3600)]
    assert differ(ordered(tmp_path, CONFIG, *nothing), ordered(tmp_path, CONFIG, faulty)) == ["dma-05.p2"]


@pytest.mark.parametrize("name", ["r.csv", "r.csv.gz", "r.npz"])
def test_every_form_reads_back_alike(tmp_path: Path, name: str) -> None:
    facts = record(CONFIG, days=0.02, seed=3, out=tmp_path / name)
    record(CONFIG, days=0.02, seed=3, out=tmp_path / "plain.npz")
    batches, plain = list(read(tmp_path / name)), list(read(tmp_path / "plain.npz"))
    assert sum(len(batch) for batch in batches) == facts["samples"]
    for tag in ("dma-01.inflow", "tank-1.level", "q-03.ph"):
        for one, other in zip(series(batches, tag), series(plain, tag), strict=True):
            assert one == pytest.approx(other, abs=1e-5)


def test_gauges_shake_as_much_between_computed_states_as_at_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shaken = {}
    for step_s in (300, 60):
        monkeypatch.setattr("simulators.record.COARSE_S", step_s)
        record(CONFIG, days=0.1, seed=5, out=tmp_path / f"{step_s}.npz", start_ns=START_NS + 36_000 * S)
        batches = list(read(tmp_path / f"{step_s}.npz"))
        tags = [f"dma-{k:02d}.{what}" for k in range(1, 11) for what in ("inflow", "inlet_pressure", "p2")]
        shaken[step_s] = np.array([np.diff(series(batches, tag)[1]).std() for tag in tags])
    assert np.median(shaken[300] / shaken[60]) == pytest.approx(1, abs=0.08)


def test_a_placed_network_is_recorded_too(tmp_path: Path) -> None:
    (tmp_path / "grid.inp").write_text(grid_inp())
    place(tmp_path / "grid.inp", tmp_path / "config")
    assert record(tmp_path / "config", days=0.05, seed=1, out=tmp_path / "g.npz")["samples"] > 1000


@pytest.mark.parametrize("line", ['{"command": "burst"}', '{"at": "soon", "command": "burst"}', "burst"])
def test_a_wrong_event_is_named_by_its_line(tmp_path: Path, line: str) -> None:
    (tmp_path / "events.jsonl").write_text(f"\n{line}\n")
    with pytest.raises(ValueError, match=r"events\.jsonl:2"):
        record(CONFIG, days=0.01, seed=1, out=tmp_path / "x.npz", events=tmp_path / "events.jsonl")
