"""`import accounts --replace`: an account that something open names does not go (HL-14, WO-13, WO-27)."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.account import Account, Segment
from core.model.callback import Callback, CallbackReason
from core.model.duty import Duty, DutyState, DutyWay
from core.model.report import Channel, Report
from core.model.work_order import WorkOrderState
from hub.stores import ledger_file
from tests.imports.test_import_refusals import order
from tests.imports.utility import Utility

GONE = "A000020"
REPORT = Report(
    id="RPT-1", channel=Channel.PHONE, at_ns=0, account=GONE, work_order="WO-1", wants_update=True
)
DUTY = Duty(
    id="DTY-1",
    incident="INC-1",
    account=GONE,
    segment=Segment.HOSPITAL,
    how=DutyWay.PHONE,
    state=DutyState.OPEN,
    supply="no_water",
    opened_ns=0,
    due_ns=1,
)
CALL = Callback(
    id="WO-1:R1",
    order="WO-1",
    report="R1",
    reason=CallbackReason.SAMPLE,
    day="2026-11-23",
    made_ns=0,
    account=GONE,
)


@pytest.fixture
def utility(tmp_path: Path) -> Utility:
    return Utility(tmp_path)


async def _put(utility: Utility, *rows: object) -> None:
    ledger = await SqlLedger.open(ledger_file(utility.data))
    async with ledger.begin() as tx:
        for row in rows:
            await tx.put(row)
    await ledger.close()


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([replace(order("WO-1"), account=GONE)], "the order WO-1 is open for it"),
        ([order("WO-1"), REPORT], "its report RPT-1 is with the open order WO-1, and it was promised"),
        ([DUTY], "somebody has to speak to it (DTY-1)"),
        ([CALL], "it is to be called back (WO-1:R1)"),
    ],
    ids=["order", "report", "duty", "call-back"],
)
def test_an_account_that_is_not_done_with_stays_and_is_told(utility: Utility, rows, why) -> None:
    utility.run("accounts", utility.file("a.csv", utility.accounts(20)))
    asyncio.run(_put(utility, *rows))
    fewer = utility.file("b.csv", utility.accounts(19))
    for more in ([], ["--dry-run"]):
        code, told = utility.run("accounts", fewer, "--replace", "--remove", "1", *more)
        flat = " ".join(told.split())
        assert code == 2 and f"{GONE}: {why}" in flat, told
    assert len(utility.find(Account)) == 20
    assert utility.run("accounts", fewer)[0] == 0, "what the file does not have stays"


def test_an_account_whose_matters_are_over_goes(utility: Utility) -> None:
    utility.run("accounts", utility.file("a.csv", utility.accounts(20)))
    over = replace(order("WO-1"), account=GONE, state=WorkOrderState.CLOSED)
    asyncio.run(_put(utility, over, REPORT, replace(CALL, open=False)))
    code, told = utility.run("accounts", utility.file("b.csv", utility.accounts(19)), "--replace")
    assert code == 0 and GONE not in utility.find(Account), told
