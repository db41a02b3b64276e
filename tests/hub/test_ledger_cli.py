"""`waterhub ledger verify`: a ledger that holds, one in which a record was changed, one whose journal was."""

import asyncio
import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from alarms import acts
from alarms.restart import verify
from bench.path_plant import write_plant
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.alarm import Alarm
from core.runtime.clock import AnchoredClock
from hub.stores import ledger_file
from tests.hub.command import waterhub
from tests.ports import free_port


@pytest.fixture
def plant(tmp_path: Path) -> tuple[Path, Path]:
    """A plant whose alarm was suppressed by two rules, then its hub began anew."""
    config, data = tmp_path / "plant", tmp_path / "data"
    write_plant(config, data, free_port(), 10, 1.0, free_port())
    data.mkdir()
    file = ledger_file(data)
    asyncio.run(lived(file))
    return config, file


async def lived(file: Path) -> None:
    ledger, clock = await SqlLedger.open(file), AnchoredClock()
    async with ledger.begin() as tx:
        await tx.put_many([Alarm(id="a"), Alarm(id="b")])
        for rule in ("isolation", "pump off"):
            await acts.suppress(tx, "a", rule, True, clock.now_ns())
    await verify(ledger, {}, clock)
    await ledger.close()


def said(config: Path, *more: str) -> tuple[int, str, str]:
    done = waterhub("ledger", "verify", config, *more)
    return done.returncode, done.stdout, done.stderr


def test_a_ledger_that_holds_is_told_with_its_digest(plant: tuple[Path, Path]) -> None:
    config, _ = plant
    code, out, _ = said(config, "--json")
    told = json.loads(out)
    assert code == 0
    assert (told["entries"], told["alarms"], told["restarts"], told["differing"]) == (3, 2, 1, [])
    assert told["digest"] == told["replayed"]


def test_a_record_that_was_changed_is_named(plant: tuple[Path, Path]) -> None:
    config, file = plant

    async def change() -> None:
        ledger = await SqlLedger.open(file)
        async with ledger.begin() as tx:
            alarm = await tx.get(Alarm, "a")
            assert alarm is not None
            await tx.put(replace(alarm, suppressed_by=("isolation",)))
        await ledger.close()

    asyncio.run(change())
    code, out, _ = said(config)
    assert code == 1
    assert "2 alarms, 1 differ" in out
    assert "differs: a" in out


def test_a_journal_that_was_changed_is_told_by_row(plant: tuple[Path, Path]) -> None:
    config, file = plant
    with sqlite3.connect(file) as raw:
        raw.execute("UPDATE journal SET body = replace(body, 'pump off', 'pump on') WHERE seq = 2")
    code, _, told = said(config)
    assert code == 1
    assert "journal row 2 does not follow" in told


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE journal SET alarm = 'b' WHERE seq = 2", "journal row 2: column alarm holds 'b'"),
        ("UPDATE journal SET event = 'ack' WHERE seq = 2", "journal row 2: column event holds 'ack'"),
        ("UPDATE journal SET event_ns = 7 WHERE seq = 1", "journal row 1: column event_ns holds 7"),
        ("UPDATE journal SET commit_ns = 7 WHERE seq = 1", "journal row 1: column commit_ns holds 7"),
        ("UPDATE journal SET spool_seq = 7 WHERE seq = 3", "journal row 3: column spool_seq holds 7"),
        ("UPDATE alarm SET state = 'NORM' WHERE id = 'a'", "alarm a: column state is not what"),
        ("UPDATE alarm SET active = 1 WHERE id = 'b'", "alarm b: column active is not what"),
        ("UPDATE alarm SET body = '{' WHERE id = 'b'", "alarm b cannot be read"),
        ("UPDATE alarm SET body = CAST(x'ff' AS TEXT) WHERE id = 'b'", "alarm b cannot be read"),
        ("UPDATE journal SET body = CAST(x'ff' AS TEXT) WHERE seq = 2", "journal row 2 does not follow"),
        ("DELETE FROM journal WHERE seq = 3", "ends with row 2, and the last number given is 3"),
        ("DELETE FROM journal", "ends with row 0, and the last number given is 3"),
    ],
)
def test_what_a_hand_changed_beside_the_hashed_text_or_cut_off_is_named(
    plant: tuple[Path, Path], change: str, named: str
) -> None:
    config, file = plant
    with sqlite3.connect(file) as raw:
        raw.execute(change)
    code, out, told = said(config)
    assert code == 1
    assert named in out + told
    assert "Traceback" not in told


def test_a_file_that_is_no_ledger_is_told_in_words(plant: tuple[Path, Path]) -> None:
    config, file = plant
    for one in file.parent.iterdir():
        one.unlink()
    file.write_bytes(b"no ledger " * 1_000)
    code, _, told = said(config)
    assert code == 1
    assert "file is not a database" in told


def test_where_no_hub_has_run_there_is_nothing_to_verify(plant: tuple[Path, Path]) -> None:
    config, file = plant
    for one in file.parent.iterdir():
        one.unlink()
    code, _, told = said(config)
    assert code == 1
    assert "no ledger is there" in told
    assert not file.exists()
