"""What every vault promises (core.ports.vault), and that the ledger's file gives nobody away (X-10)."""

import stat
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.adapters.sealed_vault import SealedVault
from core.adapters.sql_ledger.ledger import SqlLedger
from core.adapters.vault_keys import KeyRing
from core.model.account import AccessRecord
from core.model.person import Person, SealedPerson, masked_name, unsaid
from core.ports.ledger import LedgerUnavailable
from core.ports.vault import VaultLocked
from tests.persons import vault_in

ANNA = Person(
    id="P-CANARY-1",
    account="A000001",
    name="金丝雀",
    phone="+86 138-0013-8000",
    email="canary@customers.example",
    wechat="canary-openid",
    language="en",
    at_night=True,
)
BERT = Person(id="P-2", account="A000001", name="用户000002", phone="0773-2192000")
CANARIES = (ANNA.id, ANNA.name, "13800138000", "138-0013-8000", ANNA.email, ANNA.wechat, "2192000")


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[SqlLedger]:
    ledger = await SqlLedger.open(tmp_path / "ledger.db")
    yield ledger
    await ledger.close()


@pytest.fixture
async def vault(tmp_path: Path, ledger: SqlLedger) -> SealedVault:
    vault = vault_in(tmp_path)
    async with ledger.begin() as tx:
        await vault.put(tx, [ANNA, replace(ANNA, account="A000009"), BERT])
    return vault


@pytest.mark.parametrize(
    "spelled",
    ["13800138000", "+86 138 0013 8000", "0086-138-0013-8000", "１３８００１３８０００", "013800138000"],
)
async def test_a_person_is_found_by_the_number_however_it_is_spelled(ledger, vault, spelled: str) -> None:
    async with ledger.read() as tx:
        assert await vault.by_phone(tx, spelled) == [ANNA, replace(ANNA, account="A000009")]


async def test_a_landline_is_found_with_and_without_its_country(ledger, vault) -> None:
    async with ledger.read() as tx:
        for spelled in ("07732192000", "(0773) 219 2000", "+86 773 2192000"):
            assert await vault.by_phone(tx, spelled) == [BERT], spelled
        assert await vault.by_phone(tx, "2192001") == await vault.by_phone(tx, "") == []


async def test_the_last_four_digits_find_too(ledger, vault) -> None:
    async with ledger.read() as tx:
        assert {one.id for one in await vault.by_last_four(tx, "8000")} == {ANNA.id}
        assert await vault.by_last_four(tx, "2000") == [BERT]
        for wrong in ("", "000", "138000", "80OO"):
            assert await vault.by_last_four(tx, wrong) == []


async def test_an_account_has_several_persons_and_one_has_nobody(ledger, vault) -> None:
    async with ledger.read() as tx:
        found = await vault.of_accounts(tx, ["A000001", "A000002"])
    assert found == {"A000001": [BERT, ANNA], "A000002": []}


async def test_what_is_shown_to_somebody_is_on_record_with_them(ledger, vault) -> None:
    async with ledger.begin() as tx:
        asked = {"user": "agent", "at_ns": 7, "purpose": "hotline:tel"}
        found = await vault.shown(tx, ["A000001", "A000002", "A000001"], **asked)
        assert found == await vault.of_accounts(tx, ["A000001", "A000002"])
    async with ledger.read() as tx:
        kept = [(r.user, r.account, r.at_ns, r.purpose) for r in await tx.find(AccessRecord)]
    assert kept == [("agent", account, 7, "hotline:tel") for account in ("A000001", "A000002")]


async def test_nothing_is_shown_where_no_record_can_stand(ledger, vault) -> None:
    async with ledger.read() as tx:
        with pytest.raises(LedgerUnavailable):
            await vault.shown(tx, ["A000001"], user="agent", at_ns=7, purpose="hotline:tel")
    async with ledger.read() as tx:
        assert await tx.find(AccessRecord) == []


async def test_putting_again_replaces_and_removing_takes_one_link(ledger, vault) -> None:
    moved = replace(ANNA, phone="13900139000")
    async with ledger.begin() as tx:
        await vault.put(tx, [moved])
        await vault.remove(tx, [replace(ANNA, account="A000009"), replace(ANNA, account="nowhere")])
    async with ledger.read() as tx:
        assert await vault.by_phone(tx, "13800138000") == []
        assert await vault.by_phone(tx, "13900139000") == [moved]
        assert len(await tx.find(SealedPerson)) == 2


async def test_the_ledger_s_files_name_nobody_and_no_link(ledger, vault, tmp_path: Path) -> None:
    """Read as bytes, the write-ahead log too: no name, number, address or link to an account."""
    files = [file for file in tmp_path.glob("ledger.db*") if file.is_file()]
    content = b"".join(file.read_bytes() for file in files)
    assert len(files) > 1 and b"sealed_person" in content
    for canary in (*CANARIES, "A000001", "A000009"):
        for encoding in ("utf-8", "utf-16-le"):
            assert canary.encode(encoding) not in content, canary
    assert (await row_of(ledger)).key_id == "0001"


async def test_the_keys_are_for_their_owner_alone(vault, tmp_path: Path) -> None:
    (key,) = (tmp_path / "keys").glob("persons-*")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700


async def row_of(ledger: SqlLedger) -> SealedPerson:
    async with ledger.read() as tx:
        return (await tx.find(SealedPerson))[0]


async def test_what_was_moved_or_changed_does_not_open(ledger, vault) -> None:
    row = await row_of(ledger)
    flipped = bytes([*row.sealed[:-1], row.sealed[-1] ^ 1])
    for changed in (
        replace(row, account_index="0" * 32),
        replace(row, phone_index="0" * 32),
        replace(row, id="other"),
        replace(row, sealed=flipped),
        replace(row, sealed=b""),
    ):
        with pytest.raises(VaultLocked) as refused:
            vault.opened(changed)
        assert not [canary for canary in CANARIES if canary in str(refused.value)]


async def test_without_its_key_it_stays_shut_and_says_which(ledger, vault, tmp_path: Path) -> None:
    other = SealedVault(KeyRing.open(tmp_path / "elsewhere"))
    row = await row_of(ledger)
    with pytest.raises(VaultLocked):
        other.opened(row)
    with pytest.raises(VaultLocked, match="0007"):
        other.opened(replace(row, key_id="0007"))


async def test_a_new_key_takes_over_and_the_old_one_can_go(ledger, vault, tmp_path: Path) -> None:
    """Between the two, rows of both keys are found, once each."""
    ring = KeyRing.open(tmp_path / "keys")
    rotating = SealedVault(ring)
    assert ring.add() == "0002"
    async with ledger.begin() as tx:
        await rotating.put(tx, [BERT])
    async with ledger.read() as tx:
        assert len(await rotating.of_accounts(tx, ["A000001"])) == 1
        assert (await rotating.of_accounts(tx, ["A000001"]))["A000001"] == [BERT, ANNA]
        assert await vault.by_last_four(tx, "8000"), "another process, which has not heard of the new key"
    async with ledger.begin() as tx:
        assert await rotating.rotate(tx) == 2
    async with ledger.read() as tx:
        assert await vault.by_phone(tx, ANNA.phone), "another process sees the new key by itself"
    ring.drop("0001")
    async with ledger.read() as tx:
        assert {row.key_id for row in await tx.find(SealedPerson)} == {"0002"}
        assert len(await vault_in(tmp_path).by_phone(tx, ANNA.phone)) == 2


async def test_two_processes_that_start_at_once_have_one_first_key(tmp_path: Path) -> None:
    rings = [KeyRing.open(tmp_path / "keys") for _ in range(3)]
    assert len(list((tmp_path / "keys").iterdir())) == 1
    assert len({ring.newest.index("phone", "1") for ring in rings}) == 1


def test_a_person_s_text_form_is_its_id_alone() -> None:
    assert repr(ANNA) == str(ANNA) == f"{ANNA}" == "Person(P-CANARY-1)"
    assert ANNA.phone_masked == "861******8000" or "13800138000" not in ANNA.phone_masked


@pytest.mark.parametrize(
    ("name", "shown"), [("张伟", "张*"), ("欧阳娜娜", "欧***"), ("用户000123", "用户000123"), ("", "")]
)
def test_a_name_is_masked_but_for_its_first_character(name: str, shown: str) -> None:
    assert masked_name(name) == shown


@pytest.mark.parametrize(
    "said",
    ["no route to 13987654321", "+86 139-8765-4321: UNDELIV", "550 <canary@a.example> no", "（139）87654321"],
)
def test_what_a_gateway_says_is_kept_without_whom_it_names(said: str) -> None:
    kept = unsaid(said)
    assert "8765" not in kept and "canary" not in kept and "…" in kept
    assert unsaid("MK:0010 busy 503") == "MK:0010 busy 503"
