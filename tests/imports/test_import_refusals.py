"""`waterhub import`: what is refused before a byte is written, with the list and what to do first."""

import asyncio
import csv
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.account import Account, Role, User
from core.model.text import Text
from core.model.work_order import WorkOrder, WorkOrderState
from hub.cli import check, user_add, user_remove
from hub.stores import ledger_file
from tests.imports.utility import Utility

CHECK = typer.Typer()
CHECK.command()(check)


def order(id: str) -> WorkOrder:
    text = Text(id, id)
    return WorkOrder(
        id=id,
        incident=None,
        kind="leak",
        service="leak",
        state=WorkOrderState.REPORTED,
        priority=2,
        zone="dma-01",
        title=text,
        place=text,
        opened_ns=0,
    )


@pytest.fixture
def utility(tmp_path: Path) -> Utility:
    return Utility(tmp_path)


@pytest.mark.parametrize(
    "kind", ["accounts", "customers", "crews", "catalogue", "meters", "calendar", "laboratory"]
)
def test_an_empty_file_is_no_table(utility: Utility, kind: str) -> None:
    utility.run("accounts", utility.file("a.csv", utility.accounts(20)))
    before = (utility.config / "crews.csv").read_bytes()
    empty = utility.config.parent / "empty.csv"
    for content in (b"", b"\n\n", b"\xef\xbb\xbf"):
        empty.write_bytes(content)
        code, told = utility.run(kind, empty, "--replace", "--remove", "20")
        assert code == 2 and "it is empty: not even a heading" in told, told
    assert len(utility.find(Account)) == 20 and (utility.config / "crews.csv").read_bytes() == before


def test_more_than_a_tenth_goes_only_when_its_number_is_said(utility: Utility) -> None:
    utility.run("accounts", utility.file("a.csv", utility.accounts(20)))
    heading = utility.file("h.csv", utility.accounts(1))
    heading.write_text(heading.read_text().splitlines()[0] + "\n")
    for file, gone in ((heading, 20), (utility.file("b.csv", utility.accounts(17)), 3)):
        for more in ([], ["--dry-run"], ["--remove", "2"]):
            code, told = utility.run("accounts", file, "--replace", *more)
            assert code == 2 and f"takes away {gone} of 20" in told and f"--remove {gone}" in told, told
    assert len(utility.find(Account)) == 20
    code, told = utility.run("accounts", file, "--replace", "--remove", "3")
    assert code == 0 and len(utility.find(Account)) == 17, told
    code, told = utility.run("accounts", utility.file("c.csv", utility.accounts(16)), "--replace")
    assert code == 0 and len(utility.find(Account)) == 16, "one of seventeen needs no word"


@pytest.mark.parametrize("storey", ["99999999999999999999", "-9999999999999999999999", "201", "-10"])
def test_a_storey_that_no_house_has_is_refused(utility: Utility, storey: str) -> None:
    code, told = utility.run(
        "accounts", utility.file("a.csv", utility.accounts(1, storey=storey)), "--dry-run"
    )
    assert code == 2 and "a.csv:2: `storey`" in told, told


@pytest.mark.parametrize(
    "text", ["\u202e东风路1号", "东风\u200b路1号", "东风路1号\x07", "????1?101?", "东风路?"]
)
def test_what_nobody_sees_or_has_been_lost_is_refused(utility: Utility, text: str) -> None:
    file = utility.file("a.csv", utility.accounts(1, address=text))
    code, told = utility.run("accounts", file, "--dry-run")
    assert code == 2 and "a.csv:2: `address`" in told, told


def crews(utility: Utility) -> list[dict[str, str]]:
    with (utility.config / "crews.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def crews_but(utility: Utility, *gone: str) -> Path:
    return utility.file("crews.csv", [row for row in crews(utility) if row["id"] not in gone])


def spare_crew(utility: Utility) -> str:
    """A crew that no other file names: its id."""
    rows = crews(utility)
    spare = rows[-1] | {"id": "crew-spare", "name_zh": "机动班", "name_en": "Spare crew"}
    shutil.copy(utility.file("crews.csv", [*rows, spare]), utility.config / "crews.csv")
    return spare["id"]


async def crew_1_is_named(utility: Utility) -> None:
    utility.data.mkdir(parents=True, exist_ok=True)
    ledger = await SqlLedger.open(ledger_file(utility.data))
    async with ledger.begin() as tx:
        for n, state in enumerate((WorkOrderState.ASSIGNED, WorkOrderState.CLOSED)):
            await tx.put(replace(order(f"WO-{n}"), crew="crew-1", state=state))
        await tx.put(User(id="crew-one", role=Role.CREW, password_hash="", crew="crew-1"))
    await ledger.close()


def test_wo_31_a_crew_that_something_names_stays_and_the_list_is_told(utility: Utility) -> None:
    """Its open orders, who signs in as of it, and the configuration's other files."""
    spare = spare_crew(utility)
    asyncio.run(crew_1_is_named(utility))
    before = (utility.config / "crews.csv").read_bytes()
    file = crews_but(utility, "crew-1")
    for more in ([], ["--dry-run"]):
        code, told = utility.run("crews", file, "--replace", "--remove", "1", *more)
        assert code == 2 and "the order WO-0 is open with it" in told and "WO-1" not in told, told
        assert "assign it to another crew first" in told and "'crew-one' signs in as of it" in told
    assert (utility.config / "crews.csv").read_bytes() == before
    (utility.config / "crews.csv").write_bytes(file.read_bytes())
    times = utility.config / "service-times.yaml"
    times.write_text(times.read_text(encoding="utf-8").replace("crew-1: repair", f"{spare}: repair"))
    done = CliRunner().invoke(CHECK, [str(utility.config)], env={"WATERHUB_DATA": str(utility.data)})
    assert done.exit_code == 2 and "there is no crew 'crew-1': the order WO-0 is open" in done.output


@pytest.mark.parametrize("broken", ["its log is none", "a row is none"])
def test_a_ledger_that_cannot_be_read_says_nothing_of_crews(utility: Utility, broken: str) -> None:
    asyncio.run(crew_1_is_named(utility))
    file = ledger_file(utility.data)
    if broken == "its log is none":
        file.with_name(f"{file.name}-wal").mkdir()
    else:
        with closing(sqlite3.connect(file)) as db, db:
            db.execute("UPDATE work_order SET body = 'no JSON'")
    done = CliRunner().invoke(CHECK, [str(utility.config)], env={"WATERHUB_DATA": str(utility.data)})
    assert done.exit_code == 0, (done.output, done.exception)


def test_wo_31_a_crew_that_the_service_times_name_stays(utility: Utility) -> None:
    spare = spare_crew(utility)
    before = (utility.config / "crews.csv").read_bytes()
    code, told = utility.run("crews", crews_but(utility, "crew-1"), "--replace", "--remove", "1")
    assert code == 2 and "service-times.yaml:" in told and "crew 'crew-1' does not exist" in told, told
    assert str(utility.config) in told and (utility.config / "crews.csv").read_bytes() == before
    code, told = utility.run("crews", crews_but(utility, spare), "--replace", "--remove", "1")
    assert code == 0 and f"- {spare}: gone" in told, told


def test_a_network_beside_the_folder_is_found_when_crews_go(utility: Utility) -> None:
    (utility.config / "network.inp").rename(utility.config.parent / "town.inp")
    spare, hub = spare_crew(utility), utility.config / "hub.yaml"
    hub.write_text(hub.read_text(encoding="utf-8").replace("network: network.inp", "network: ../town.inp"))
    code, told = utility.run("crews", crews_but(utility, spare), "--replace", "--remove", "1")
    assert code == 0 and f"- {spare}: gone" in told, told


def test_a_user_who_is_removed_is_signed_out_and_holds_no_crew(utility: Utility) -> None:
    app, spare = typer.Typer(), spare_crew(utility)
    for command in (user_add, user_remove):
        app.command()(command)
    env = {"WATERHUB_DATA": str(utility.data)}
    for line, code in (
        (["user-add", "crew-spare-user", "--role", "crew", "--crew", spare], 0),
        (["user-remove", "nobody"], 3),
        (["user-remove", "crew-spare-user"], 0),
    ):
        if line[-1] == "nobody":
            code_held, told = utility.run("crews", crews_but(utility, spare), "--replace", "--remove", "1")
            assert code_held == 2 and "'crew-spare-user' signs in as of it" in told, told
        done = CliRunner().invoke(app, [*line, "--config", str(utility.config)], env=env)
        assert done.exit_code == code, done.output
    assert utility.find(User) == {}
    assert utility.run("crews", crews_but(utility, spare), "--replace", "--remove", "1")[0] == 0
