"""Which alarms a hub runs: at its first start what the files say, then what was approved."""

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from alarms import master
from core.model.master import MasterRow
from hub.approved import approved, files_of
from hub.check import Configuration, read
from hub.stores import open_stores

DEMO = Path(__file__).parents[2] / "configs" / "demo"
LOW = "dma-01.p1:pressure-low"


@pytest.fixture
def plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WATERHUB_DATA", str(tmp_path / "data"))
    return Path(shutil.copytree(DEMO, tmp_path / "plant"))


async def started(configuration: Configuration) -> tuple[float | None, str, int, list[str]]:
    async with open_stores(configuration) as stores:
        now = await approved(configuration, stores)
        definition = now.by_id[LOW]
        return definition.setpoint, definition.config, now.version, now.unfit


async def test_an_edited_file_is_a_proposal_and_not_what_runs(plant: Path) -> None:
    assert await started(read(plant)) == (14.0, "1", 1, [])
    assert await started(read(plant)) == (14.0, "1", 1, [])
    file = plant / "alarms.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("setpoint: 14.0", "setpoint: 12.0"), "utf-8")
    edited = read(plant)
    assert await started(edited) == (14.0, "1", 1, [])

    async with open_stores(edited) as stores:
        table = files_of(edited)()
        assert table is not None
        async with stores.ledger.begin() as tx:
            made = await master.propose(tx, table, edited.plant, "as the files say now", "li", 1)
        async with stores.ledger.begin() as tx:
            await master.decide(tx, made.id, 0, master.APPROVED, "wang", None, edited.plant, 2)
    assert await started(read(plant)) == (12.0, "2", 2, [])
    again = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "hub", "alarms", "export", str(plant), "--approved"],
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert b",12,8,m," in again.stdout


async def test_an_approved_row_that_fits_the_plant_no_more_is_named_and_the_others_run(plant: Path) -> None:
    configuration = read(plant)
    await started(configuration)
    async with open_stores(configuration) as stores, stores.ledger.begin() as tx:
        row = await tx.get(MasterRow, "ph-low")
        assert row is not None
        await tx.put(MasterRow(id=row.id, version=1, digest="", cells=row.cells | {"unit": "m"}))
    setpoint, _, _, unfit = await started(read(plant))
    assert setpoint == 14.0 and len(unfit) == 1 and "alarm row ph-low: it is in m" in unfit[0]
