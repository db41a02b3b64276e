"""X-10: after the days that each class is kept, nothing tells whose it was, in no byte of the ledger."""

from dataclasses import replace
from pathlib import Path

from core.adapters.sealed_vault import SealedVault
from core.adapters.sql_ledger.ledger import SqlLedger
from core.adapters.vault_keys import KeyRing
from core.model.account import AccessRecord
from core.model.callback import Callback, CallbackAttempt, CallbackOutcome, CallbackReason
from core.model.command import Command
from core.model.person import Person, SealedPerson
from core.model.phone_call import Direction, PhoneCall, Stage
from core.model.report import Attachment, Channel, Report, Symptom
from response.forgetting import Keeping, forget, forget_commands
from tests.response import little_town as town

KEEPING = Keeping()
CANARY = "请转告金丝雀女士"
RECORDING = Attachment(name="call.wav", media_type="audio/wav", sha256="0" * 64, size=9, url="rec/77")
PHOTO = replace(RECORDING, name="p.jpg", media_type="image/jpeg", url="photo/78")


def call(id: str) -> PhoneCall:
    return PhoneCall(
        id=id, call=f"pbx-{id}", direction=Direction.IN, stage=Stage.ENDED, began_ns=0, accounts=("A000031",)
    )


def report(id: str) -> Report:
    return Report(
        id=id,
        channel=Channel.PHONE,
        at_ns=0,
        symptom=Symptom.NO_WATER,
        text=CANARY,
        account="A000031",
        person="P000031",
        call="TEL-1",
        address="人民路40号金丝雀",
        x=1234.0,
        y=777.0,
        attachments=(RECORDING, PHOTO),
        work_order="WO-1",
    )


async def lived(ledger: SqlLedger, vault: SealedVault) -> None:
    """A day each: long ago, within two years, and today."""
    back = Callback(
        id="WO-20240101-00001:R",
        order="WO-20240101-00001",
        report="R",
        reason=CallbackReason.SAMPLE,
        day="2024-01-02",
        made_ns=0,
        account="A000031",
        attempts=(CallbackAttempt(at_ns=0, by="a", outcome=CallbackOutcome.ANSWERED, mark=5, note=CANARY),),
    )
    async with ledger.begin() as tx:
        for day in ("20240101", "20260301", "20261122"):
            await tx.put(call(f"TEL-{day}-00001"))
            await tx.put(report(f"RPT-{day}-00001"))
            await vault.put(tx, [Person(id=f"x{day}", account=f"TEL-{day}-00001", phone="13987654321")])
            await vault.put(tx, [Person(id=f"y{day}", account=f"RPT-{day}-00001", phone="13987654321")])
            read = AccessRecord(id=f"ACC-{day}-00001", user="a", account="A000031", at_ns=0, purpose="x")
            await tx.put(replace(read, id=read.id.replace("2024", "2021")))
        await tx.put(back)


async def test_each_class_is_forgotten_after_its_days_and_what_is_counted_stays(ledger, vault, tmp_path):
    await lived(ledger, vault)
    before = await sealed(ledger)
    done = await forget(ledger, vault, KEEPING, town.T0)
    assert done == {"calls": 1, "recordings": 2, "reports": 2, "access": 1}
    async with ledger.read() as tx:
        old, recent, new = await tx.find(Report)
        calls = await tx.find(PhoneCall)
        assert len(await tx.find(AccessRecord)) == 2
        (back,) = await tx.find(Callback)
        kept = await vault.of_accounts(tx, [one.id for one in (*calls, old, recent, new)])
    assert (old.text, old.account, old.person, old.address, old.call, old.attachments) == (None,) * 5 + ((),)
    assert (old.symptom, old.work_order, old.x, old.y) == (Symptom.NO_WATER, "WO-1", 1000.0, 1000.0)
    assert (recent.text, recent.attachments) == (CANARY, (PHOTO,)) and new == report(new.id)
    assert [one.accounts for one in calls] == [(), ("A000031",), ("A000031",)]
    assert (back.account, back.attempts[0].note, back.attempts[0].mark) == (None, None, 5)
    assert [len(persons) for persons in kept.values()] == [0, 1, 1, 0, 1, 1]
    assert await sealed(ledger) == before - 2


async def sealed(ledger: SqlLedger) -> int:
    async with ledger.read() as tx:
        return len(await tx.find(SealedPerson))


async def test_a_second_look_finds_nothing_more_and_zero_days_are_for_ever(ledger, vault):
    await lived(ledger, vault)
    never = Keeping(calls=0, recordings=0, reports=0, letters=0, access=0)
    assert await forget(ledger, vault, never, town.T0) == {}
    await forget(ledger, vault, KEEPING, town.T0)
    entries = await ledger.audit_head()
    assert await forget(ledger, vault, KEEPING, town.T0) == {}
    assert await ledger.audit_head() == entries


async def test_more_than_one_lot_of_them(ledger, vault):
    async with ledger.begin() as tx:
        await tx.put_many(report(f"RPT-20230101-{n:05d}") for n in range(450))
    assert await forget(ledger, vault, KEEPING, town.T0) == {"recordings": 450, "reports": 450}


async def test_neither_the_file_nor_the_audit_of_it_remembers(tmp_path: Path):
    ledger = await SqlLedger.open(tmp_path / "gone.db")
    vault = SealedVault(KeyRing.open(tmp_path / "keys"))
    async with ledger.begin() as tx:
        await tx.put_many(report(f"RPT-20230101-{n:05d}") for n in range(50))
    assert CANARY.encode() in content(tmp_path)
    await forget(ledger, vault, KEEPING, town.T0)
    assert await ledger.verify_audit() > 0
    await ledger.close()
    left = content(tmp_path)
    for canary in (CANARY, "金丝雀", "P000031"):
        assert canary.encode() not in left, canary


def content(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob("gone.db*"))


async def test_x_02_keys_of_commands_and_their_answers_go_when_their_time_is_over(tmp_path: Path) -> None:
    ledger = await SqlLedger.open(tmp_path / "ledger.db")
    async with ledger.begin() as tx:
        await tx.put_many(Command(id=f"{n:04d}", due_ns=n, sealed=CANARY.encode()) for n in range(1, 501))
    assert await forget_commands(ledger, 450) == 450
    async with ledger.read() as tx:
        assert [command.due_ns for command in await tx.find(Command)] == list(range(451, 501))
    assert await forget_commands(ledger, 450) == 0
    await ledger.close()
