"""`waterhub vault rotate`: everything under a new key, the old one gone, beside a hub at work."""

import asyncio
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.person import SealedPerson
from hub import vault_cli
from hub.stores import ledger_file
from tests.persons import move_in, vault_in
from tests.response import little_town as town

APP = typer.Typer()
APP.add_typer(vault_cli.vault_app, name="vault")


async def test_a_new_key_takes_over_beside_an_open_hub(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATERHUB_DATA", str(tmp_path))
    monkeypatch.setattr(vault_cli, "WAIT_S", 0.1)
    ledger, vault = await SqlLedger.open(ledger_file(tmp_path)), vault_in(tmp_path)
    await move_in(ledger, vault, town.accounts())
    done = await run("vault", "rotate", "configs/demo")
    assert done.exit_code == 0 and "60 persons sealed anew" in done.output, done.output
    assert [file.name for file in (tmp_path / "keys").iterdir()] == ["persons-0002.key"]
    async with ledger.read() as tx:
        assert [one.account for one in await vault.by_phone(tx, "19900000031")] == ["A000031"]
        assert {row.key_id for row in await tx.find(SealedPerson)} == {"0002"}
    assert "vault rotate" in (await ledger.audit_before(None, 1))[0].body
    await ledger.close()


async def run(*command: str) -> object:

    return await asyncio.to_thread(lambda: CliRunner().invoke(APP, list(command)))
