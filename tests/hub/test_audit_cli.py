"""`waterhub audit`: an audit that holds against its anchor, and one that was cut or written anew."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bench.path_plant import write_plant
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.audit import FIRST_HASH, Acting, body_of, chained
from core.runtime.clock import AnchoredClock
from core.runtime.health import Health
from hub.anchor import Anchoring, anchors_in
from hub.stores import ledger_file
from tests.contracts.test_ledger import order
from tests.hub.command import waterhub
from tests.ports import free_port

ACTING = Acting(who="shift-1", role="operator", channel="web", command="POST /x", at_ns=1, always=True)


@pytest.fixture
async def plant(tmp_path: Path) -> tuple[Path, Path]:
    config, data = tmp_path / "plant", tmp_path / "data"
    write_plant(config, data, free_port(), 10, 1.0, free_port())
    data.mkdir()
    ledger = await SqlLedger.open(ledger_file(data))
    for _ in range(3):
        async with ledger.acting(ACTING).begin():
            pass
    await ledger.close()
    return config, ledger_file(data)


def said(*command: object) -> tuple[int, str]:
    done = waterhub("audit", *command)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def test_an_audit_holds_against_the_anchor_written_of_it(plant, tmp_path: Path) -> None:
    config, _ = plant
    file = tmp_path / "elsewhere" / "anchor.jsonl"
    assert said("anchor", config, "--to", file)[0] == 0
    code, told = said("verify", config, "--anchor", file, "--json")
    assert (code, json.loads(told)) == (0, {"entries": 3, "anchors": 1, "anchored": 3, "differing": []})
    assert "no anchor" in said("verify", config)[1]


def test_a_clean_cut_and_a_rewriting_are_found_against_it_alone(plant, tmp_path: Path) -> None:
    config, ledger = plant
    file = tmp_path / "anchor.jsonl"
    said("anchor", config, "--to", file)
    with closing(sqlite3.connect(ledger)) as db:
        triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        db.execute("DELETE FROM audit WHERE seq = 3")
        db.execute("UPDATE sqlite_sequence SET seq = 2 WHERE name = 'audit'")
        for _, sql in triggers:
            db.execute(sql)
        db.commit()
    assert said("verify", config)[0] == 0
    code, told = said("verify", config, "--anchor", file)
    assert code == 1 and "ends with entry 2, and had 3" in told
    with closing(sqlite3.connect(ledger)) as db:
        before = db.execute("SELECT hash FROM audit WHERE seq = 2").fetchone()[0]
        body = body_of(3, replace(ACTING, who="evil"), [])
        db.execute("INSERT INTO audit VALUES (3, 1, 'evil', ?, ?)", (body, chained(before, body)))
        db.commit()
    assert said("verify", config)[0] == 0
    code, told = said("verify", config, "--anchor", file)
    assert code == 1 and "entry 3 was another" in told


def test_an_anchor_that_is_not_there_proves_nothing(plant, tmp_path: Path) -> None:
    code, told = said("verify", plant[0], "--anchor", tmp_path / "gone.jsonl")
    assert code == 1 and "gone.jsonl" in told
    (tmp_path / "bad.jsonl").write_text("{}\n")
    assert "line 1 is no anchor" in said("verify", plant[0], "--anchor", tmp_path / "bad.jsonl")[1]


async def test_a_hub_adds_no_anchor_to_an_audit_that_does_not_hold(plant, tmp_path: Path, capsys) -> None:
    ledger, file = await SqlLedger.open(plant[1]), tmp_path / "anchor.jsonl"
    health = Health()
    anchoring = Anchoring(ledger, file, 0.01, AnchoredClock(), health)
    assert await anchoring._checked() == 0
    line = {"at": "2026-11-22T00:00:00Z", "seq": 2, "hash": FIRST_HASH}
    file.write_text(json.dumps(line) + "\n")
    assert await anchoring._checked() is None
    assert "the audit does not hold" in capsys.readouterr().err
    assert [one.id for one in health.standing()] == ["audit_broken"]
    assert len(anchors_in(file)) == 1
    await ledger.close()


async def test_an_order_that_was_edited_in_the_file_is_named(plant) -> None:
    config, file = plant
    ledger = await SqlLedger.open(file)
    async with ledger.acting(ACTING).begin() as tx:
        await tx.put(order("WO-1"))
    await ledger.close()
    assert said("verify", config)[0] == 0
    with closing(sqlite3.connect(file)) as db:
        db.execute("UPDATE work_order SET body = json_set(body, '$.state', 'closed')")
        db.commit()
    code, told = said("verify", config)
    assert code == 1 and "work_order WO-1: state is not what the audit says" in told
    code, told = said("verify", config, "--json")
    assert (code, json.loads(told)["entries"]) == (1, 4)
