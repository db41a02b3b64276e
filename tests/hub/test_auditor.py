"""The auditor says what it finds whatever its disk, its ledger or its configuration are like."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from core.adapters.folder_notifier import FolderNotifier
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.alarm import Alarm
from core.model.text import Text
from core.model.work_order import WorkOrder, WorkOrderState
from core.runtime.clock import AnchoredClock
from hub.audit_file import AUDIT
from hub.auditor import HUB, Auditor, rules_of
from hub.auditor_cli import auditor as command
from response.escalation.spec import Auditor as Spec
from response.escalation.spec import EscalationFile
from response.escalation.steps import Rules
from tests.response.on_duty import STANDARD
from tests.response.test_rota import FILE

DEMO = Path(__file__).parents[2] / "configs" / "demo"


def auditor(data: Path, out: Path) -> Auditor:
    spec = Spec(channel="audit", to="control-room")
    return Auditor(spec, rules_of(FILE, ()), data, FolderNotifier(out), AnchoredClock())


def said(out: Path) -> list[str]:
    bodies = [json.loads(file.read_text()) for file in out.glob("*.json")]
    return [body["commonAnnotations"]["description"] for body in bodies]


async def test_a_disk_that_takes_no_audit_keeps_nobody_from_being_told(tmp_path):
    (tmp_path / AUDIT / "in the way").mkdir(parents=True)
    [found] = await auditor(tmp_path, tmp_path / "out").look()
    assert found.alarm == HUB
    assert [HUB in one for one in said(tmp_path / "out")] == [True]


async def test_a_ledger_whose_rows_cannot_be_read_is_a_hub_that_is_not_heard(tmp_path):
    ledger = await SqlLedger.open(tmp_path / "ledger.db")
    await ledger.close()
    with sqlite3.connect(tmp_path / "ledger.db") as db:
        db.execute("INSERT INTO alarm (id, state, body) VALUES ('a', 'UNACK', '{\"id\": 1}')")
    db.close()
    [found] = await auditor(tmp_path, tmp_path / "out").look()
    assert found.alarm == HUB and len(said(tmp_path / "out")) == 1


@pytest.mark.parametrize("state", [None, WorkOrderState.REPORTED, WorkOrderState.COMPLETED])
async def test_an_order_of_priority_1_makes_its_incident_s_alarm_due_at_once(tmp_path, state):
    """Twenty-five seconds: of priority 2 alone it would still wait for others."""
    since_ns, what = AnchoredClock().now_ns() - 25 * 10**9, Text("抢修", "Repair")
    alarm = Alarm(id="a", active=True, acked=False, priority=2, incident="INC-1", raised_ns=since_ns)
    order = WorkOrder(
        id="WO-1",
        incident="INC-1",
        kind="burst",
        state=state or WorkOrderState.REPORTED,
        priority=1,
        zone=None,
        title=what,
        place=what,
        opened_ns=since_ns,
    )
    ledger = await SqlLedger.open(tmp_path / "ledger.db")
    async with ledger.begin() as tx:
        await tx.put(alarm)
        if state:
            await tx.put(order)
    await ledger.close()
    watching = auditor(tmp_path, tmp_path / "out")
    watching.rules = Rules(EscalationFile.model_validate(STANDARD), lambda _: None)
    found = [(one.alarm, one.priority) for one in await watching.look()]
    assert found == ([("a", 1)] if state is WorkOrderState.REPORTED else [])


def test_what_is_wrong_with_escalation_yaml_is_said_with_its_line(tmp_path, monkeypatch):
    monkeypatch.setenv("WATERHUB_DATA", str(tmp_path / "data"))
    plant = tmp_path / "plant"
    shutil.copytree(DEMO, plant)
    file = plant / "escalation.yaml"
    spoilt = file.read_text().replace("  channel: audit", "  channel: adit", 1)
    file.write_text(spoilt)
    app = typer.Typer()
    app.command()(command)
    told = CliRunner().invoke(app, [str(plant)])
    line = spoilt[: spoilt.index("channel: adit")].count("\n") + 1
    assert told.exit_code == 2
    assert f"escalation.yaml:{line}" in told.output and "channel 'adit' does not exist" in told.output
