"""A historian's file that the disk has spoilt is no reason for the hub to stand still."""

from pathlib import Path

import pytest

from core.adapters.sqlite_historian import SqliteHistorian
from core.model.sample import Batch, Sample
from core.ports.historian import HistorianUnavailable

T0 = 1_790_000_000 * 10**9


def spoil(path: Path) -> None:
    """The first half of each page, in the file and its log."""
    for file in (path, path.with_name(path.name + "-wal")):
        if file.exists():
            content = bytearray(file.read_bytes())
            for at in range(0, len(content), 8192):
                content[at : at + 4096] = b"\xa5" * len(content[at : at + 4096])
            file.write_bytes(bytes(content))


async def written(path: Path) -> None:
    historian = await SqliteHistorian.open(path, {})
    await historian.write([Batch.of("modbus:a", [Sample("a", T0 + n * 10**9, 1.5) for n in range(500)])])
    await historian.close()


async def test_it_is_put_aside_at_the_start_and_a_new_one_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "historian.db"
    for n in (1, 2):
        await written(path)
        spoil(path)
        before = path.read_bytes()
        historian = await SqliteHistorian.open(path, {})
        await historian.write([Batch.of("modbus:a", [Sample("a", T0, 2.5)])])
        assert (await historian.read("a", T0, T0 + 10**12)).v.tolist() == [2.5]
        await historian.close()
        assert path.with_name(f"historian.db.damaged-{n}").read_bytes() == before, "kept for who can mend it"


async def test_spoilt_under_a_running_hub_a_question_says_that_it_cannot_be_answered(tmp_path: Path) -> None:
    path = tmp_path / "historian.db"
    await written(path)
    historian = await SqliteHistorian.open(path, {})
    try:
        spoil(path)
        with pytest.raises(HistorianUnavailable, match="cannot be read"):
            await historian.read("a", T0, T0 + 10**12)
            await historian.buckets("a", T0, T0 + 10**12, 10**9)
    finally:
        await historian.close()
