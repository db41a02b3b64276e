"""A ledger of the version before, with phones in plain: afterwards no byte of its files tells one."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from core.adapters.sql_ledger import migrate
from core.adapters.sql_ledger.ledger import SqlLedger
from core.adapters.sql_ledger.tables import TABLES
from core.model.account import Account
from core.model.person import SealedPerson
from tests.persons import vault_in
from tests.response import little_town as town

N = 3_000


def old_ledger(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As revision 0012 wrote it; many accounts were deleted again, whose pages are free."""
    before = [file for file in migrate.files() if file.name < "0013"]
    with monkeypatch.context() as patch, closing(sqlite3.connect(path, isolation_level=None)) as db:
        patch.setattr(migrate, "files", lambda: before)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA secure_delete=OFF")
        migrate.upgrade(db)
        columns = ("id", "zone", "node", "street", "address", "building", "tel", "meter", "segment", "body")
        db.execute("BEGIN")
        for n in range(1, N + 1):
            body = msgspec.to_builtins(town.account(n, "j1", "s-1", "人民路", n))
            body |= {"label": f"金丝雀{n:06d}", "tel": f"139-0000-{n:04d}"}
            row = [body.get(column) for column in columns[:-1]]
            marks = ", ".join("?" * len(columns))
            db.execute(
                f"INSERT INTO account ({', '.join(columns)}) VALUES ({marks})",
                (*row, msgspec.json.encode(body).decode()),
            )
        db.execute("COMMIT")
        db.execute("DELETE FROM account WHERE id > 'A002000'")


NUMBER = re.compile(rb"(?<![0-9A-Za-z+/])1390000[0-9]{4}(?![0-9A-Za-z+/])")
"""A number by itself: seven of its digits alone come up by chance in so many nonces and hashes."""


def content(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob("ledger.db*"))


async def test_phones_and_names_are_sealed_and_no_byte_of_them_is_left(tmp_path, monkeypatch) -> None:
    path = tmp_path / "ledger.db"
    old_ledger(path, monkeypatch)
    assert b"139-0000-0031" in content(tmp_path) and b"139-0000-2500" in content(tmp_path)
    ledger = await SqlLedger.open(path)
    left = content(tmp_path)
    for canary in ("139-0000", "金丝雀", '"tel"', '"label"'):
        assert canary.encode() not in left, canary
    assert NUMBER.findall(left) == []
    async with ledger.read() as tx:
        (person,) = await vault_in(tmp_path).by_phone(tx, "13900000031")
        assert (person.account, person.name, person.phone) == ("A000031", "金丝雀000031", "139-0000-0031")
        assert await tx.get(Account, "A000031") == town.account(31, "j1", "s-1", "人民路", 31)
        assert len(await tx.find(SealedPerson)) == len(await tx.find(Account)) == 2_000
    assert await ledger.verify_records() == []
    await ledger.close()


async def test_a_wipe_that_was_cut_short_goes_on_at_the_next_opening(tmp_path, monkeypatch) -> None:
    path = tmp_path / "ledger.db"
    old_ledger(path, monkeypatch)
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM account").fetchone()
    monkeypatch.setattr("core.adapters.sql_ledger.persons_carried.BUSY_S", 0.1)
    ledger = await SqlLedger.open(path)
    await ledger.close()
    assert b"139-0000" in content(tmp_path), "the reader's view is still there"
    reader.close()
    ledger = await SqlLedger.open(path)
    assert b"139-0000" not in content(tmp_path)
    async with ledger.read() as tx:
        assert len(await tx.find(SealedPerson)) == 2_000
    await ledger.close()


async def test_a_new_ledger_has_nothing_to_carry_and_makes_no_key(tmp_path: Path) -> None:
    ledger = await SqlLedger.open(tmp_path / "ledger.db")
    await ledger.close()
    assert not (tmp_path / "keys").exists()
    assert SealedPerson in TABLES
