"""Every crew of the demo that an order can be given to signs in, and its phone is told."""

import json
from pathlib import Path

from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.account import Role, User
from hub.check import read
from hub.demo.people import crews_of, sign_ins
from hub.documents import document
from hub.service_times_file import NAME
from response.clocks.spec import ServiceTimesFile

DEMO = Path(__file__).parents[2] / "configs" / "demo"


async def test_every_crew_signs_in_also_in_a_folder_of_an_older_demo(tmp_path: Path) -> None:
    crews = crews_of(DEMO)
    assert crews == list(read(DEMO).plant.crews)
    ledger = await SqlLedger.open(tmp_path / "ledger.db")
    try:
        before = await sign_ins(ledger, tmp_path, ())
        made = await sign_ins(ledger, tmp_path, crews)
        assert made[: len(before)] == before, "who could sign in still can"
        assert (
            await sign_ins(ledger, tmp_path, crews)
            == made
            == json.loads((tmp_path / "sign-ins.json").read_text())
        )
        async with ledger.read() as tx:
            found = await tx.find(User, role=Role.CREW)
        assert {one.crew for one in found} == set(crews)
    finally:
        await ledger.close()


def test_each_crew_has_a_position_with_a_phone() -> None:
    file = document(DEMO / NAME, ServiceTimesFile)
    assert file.crew_positions.keys() == set(crews_of(DEMO))
    assert len(set(file.crew_positions.values())) == len(file.crew_positions)
