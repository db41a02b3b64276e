"""The audit holds as it was written, and no other way (X-05, S-11): tamperings of every sort, each found."""

import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from core.adapters.sql_ledger.audit_verified import audit_verified
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.account import Role, User
from core.model.audit import FIRST_HASH, HIDDEN, MOST, Acting, Anchor, AuditRow, chained
from core.model.canonical import canonical
from core.ports.ledger import AuditBroken
from tests.persons import person_of, vault_in
from tests.response import little_town as town

N, ROUNDS = 40, 1_000
ACTING = Acting(who="shift-1", role="operator", channel="web", command="POST /x", at_ns=town.T0)


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[SqlLedger]:
    ledger = await SqlLedger.open(tmp_path / "ledger.db")
    yield ledger
    await ledger.close()


async def entries(ledger: SqlLedger) -> list[dict[str, object]]:
    return [msgspec.json.decode(row.body) for row in reversed(await ledger.audit_before(None, 1000))]


def user(n: int, **more: object) -> User:
    return replace(User(id=f"u{n}", role=Role.VIEWER, password_hash=f"secret-{n}"), **more)


async def test_a_change_is_told_with_what_was_before(ledger: SqlLedger) -> None:
    acting = ledger.acting(replace(ACTING, reason="换岗", subject={"id": "u1"}))
    for record in (user(1), user(1, role=Role.OPERATOR, password_hash="other")):
        async with acting.begin() as tx:
            await tx.put(record)
    async with acting.begin() as tx:
        await tx.delete(User, "u1")
    made, changed, gone = await entries(ledger)
    assert (made["who"], made["role"], made["reason"], made["seq"]) == ("shift-1", "operator", "换岗", 1)
    assert made["changes"][0]["before"] is None and made["changes"][0]["after"]["role"] == "viewer"
    assert changed["changes"] == [
        {
            "kind": "user_account",
            "id": "u1",
            "before": {"role": "viewer", "password_hash": HIDDEN},
            "after": {"role": "operator", "password_hash": HIDDEN},
        }
    ]
    assert gone["changes"][0]["after"] is None
    assert await ledger.verify_audit() == 3 and acting.audited == 3 and ledger.audited == 0


async def test_what_stands_afterwards_is_told_however_often_it_was_written(ledger: SqlLedger) -> None:
    async with ledger.acting(ACTING).begin() as tx:
        await tx.insert(user(1))
        await tx.insert(user(1, role=Role.ADMIN))
        await tx.put(user(1, crew="c"))
        await tx.put(user(2))
        await tx.delete(User, "u2")
    ((change,),) = [entry["changes"] for entry in await entries(ledger)]
    assert (change["id"], change["after"]["crew"]) == ("u1", "c")
    assert change["before"] is None and change["after"]["role"] == "viewer", "it is told whole: it is new"


async def test_nothing_changed_nothing_failed_and_nobody_acting_leave_no_entry(ledger: SqlLedger) -> None:
    async with ledger.begin() as tx:
        await tx.put(user(1))
    async with ledger.acting(ACTING).begin() as tx:
        await tx.put(user(1))
    with pytest.raises(RuntimeError):
        async with ledger.acting(ACTING).begin() as tx:
            await tx.put(user(2))
            raise RuntimeError
    assert await ledger.audit_before(None, 10) == [] and await ledger.audit_head() == (0, FIRST_HASH)
    async with ledger.acting(replace(ACTING, always=True)).begin():
        pass
    assert len(await ledger.audit_before(None, 10)) == 1


async def test_of_very_many_it_tells_how_many_and_of_persons_no_more_than_that(ledger, tmp_path) -> None:
    async with ledger.acting(ACTING).begin() as tx:
        await tx.put_many(user(n) for n in range(MOST + 1))
        await vault_in(tmp_path).put(tx, [person_of("A000031")])
    (entry,) = await entries(ledger)
    many, person = entry["changes"]
    assert (many["n"], len(many["sha256"])) == (MOST + 1, 64)
    assert {person["after"][name] for name in ("sealed", "phone_index", "account_index")} == {HIDDEN}


async def test_the_table_itself_refuses_to_be_changed(ledger: SqlLedger, tmp_path: Path) -> None:
    async with ledger.acting(ACTING).begin() as tx:
        await tx.put(user(1))
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as db:
        for sql in (
            "UPDATE audit SET who = 'x'",
            "DELETE FROM audit",
            "INSERT OR REPLACE INTO audit VALUES (1,1,'','','')",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                db.execute(sql)
                db.commit()
            db.rollback()
    assert await ledger.verify_audit() == 1


@pytest.fixture
async def whole(tmp_path: Path) -> list[AuditRow]:
    """N entries, the file closed."""
    ledger = await SqlLedger.open(tmp_path / "ledger.db")
    for n in range(N):
        async with ledger.acting(replace(ACTING, who=f"u{n % 3}", at_ns=town.T0 + n)).begin() as tx:
            await tx.put(user(n, crew=f"抢修{n}班"))
    rows = (await ledger.audit_before(None, 1000))[::-1]
    await ledger.close()
    return rows


Rows = list[AuditRow]


def edited(rows: Rows, rng: random.Random) -> Rows:
    k, name = rng.randrange(len(rows)), rng.choice(["who", "at_ns", "body", "hash", "seq"])
    old = getattr(rows[k], name)
    if isinstance(old, int):
        fresh: object = rng.choice([-old, old + N + rng.randint(0, 50)])
    else:
        at = rng.randrange(len(old))
        fresh = old[:at] + rng.choice([c for c in "abc019 é{" if c != old[at]]) + old[at + 1 :]
    changed = replace(rows[k], **{name: fresh})
    return sorted([*rows[:k], changed, *rows[k + 1 :]], key=lambda row: row.seq)


def removed(rows: Rows, rng: random.Random) -> Rows:
    k = rng.randrange(len(rows) - 1)
    return rows[:k] + rows[k + 1 :]


def swapped(rows: Rows, rng: random.Random) -> Rows:
    i, j = rng.sample(range(len(rows)), 2)
    out = list(rows)
    out[i], out[j] = replace(rows[j], seq=rows[i].seq), replace(rows[i], seq=rows[j].seq)
    return out


def put_between(rows: Rows, rng: random.Random) -> Rows:
    k = rng.randrange(len(rows))
    later = [replace(row, seq=row.seq + 1) for row in rows[k:]]
    return [*rows[:k], replace(rows[k], who="evil"), *later]


def cut(rows: Rows, rng: random.Random) -> Rows:
    return rows[: rng.randrange(len(rows))]


def added(rows: Rows, rng: random.Random) -> Rows:
    return [*rows, replace(rows[-1], seq=rows[-1].seq + 1)]


def rehashed(rows: Rows, start: int) -> Rows:
    """As somebody would who knows how it is made: numbers, form and hashes all right."""
    out, before = list(rows[:start]), rows[start - 1].hash if start else FIRST_HASH
    for n, row in enumerate(rows[start:], start + 1):
        entry = msgspec.json.decode(row.body) | {"seq": n, "who": row.who, "at_ns": str(row.at_ns)}
        body = canonical(entry)
        before = chained(before, body)
        out.append(replace(row, seq=n, body=body, hash=before))
    return out


def rewritten_from(rows: Rows, rng: random.Random) -> Rows:
    k = rng.randrange(len(rows))
    return rehashed([*rows[:k], replace(rows[k], who="evil"), *rows[k + 1 :]], k)


def rewritten_whole(rows: Rows, rng: random.Random) -> Rows:
    return rehashed([replace(row, at_ns=row.at_ns + 1) for row in rows], 0)


def removed_and_rewritten(rows: Rows, rng: random.Random) -> Rows:
    k = rng.randrange(len(rows))
    return rehashed(rows[:k] + rows[k + 1 :], k)


def cut_and_grown(rows: Rows, rng: random.Random) -> Rows:
    """The tail is cut and as many harmless entries stand in its place."""
    k = rng.randrange(len(rows))
    return rehashed(rows[:k] + [replace(rows[0], who="evil")] * (len(rows) - k + rng.randint(0, 2)), k)


TAMPERINGS: list[Callable[[Rows, random.Random], Rows]] = [
    edited, removed, swapped, put_between, cut, added, rewritten_from, rewritten_whole,
    removed_and_rewritten, cut_and_grown,
]  # fmt: skip


def write(path: Path, rows: Rows) -> None:
    """Somebody with the file in hand: triggers, numbers given and all."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous=OFF")
        triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        db.execute("BEGIN")
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        db.execute("DELETE FROM audit")
        db.executemany(
            "INSERT INTO audit VALUES (?, ?, ?, ?, ?)",
            [(r.seq, r.at_ns, r.who, r.body, r.hash) for r in rows],
        )
        last = rows[-1].seq if rows else 0
        db.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'audit'", (last,))
        for _, sql in triggers:
            db.execute(sql)
        db.execute("COMMIT")


def test_1000_of_1000_random_tamperings_are_found(whole: Rows, tmp_path: Path) -> None:
    """X-05: edits, removals, swaps, insertions, tail cuts, and rewritings with every hash made again, found
    against an anchor at the head."""
    path, found, missed = tmp_path / "ledger.db", Counter[str](), []
    anchor, rng = Anchor(N, whole[-1].hash, "2026-11-22T00:00:00Z"), random.Random(6)
    assert audit_verified(path, [anchor]) == N
    copy = tmp_path / "copy.db"
    shutil.copy(path, copy)
    for n in range(ROUNDS):
        tamper = TAMPERINGS[n % len(TAMPERINGS)]
        write(copy, tamper(list(whole), rng))
        try:
            audit_verified(copy, [anchor])
            missed.append((n, tamper.__name__))
        except AuditBroken:
            found[tamper.__name__] += 1
    assert missed == [] and found.total() == ROUNDS and len(found) == len(TAMPERINGS)


def test_without_an_anchor_only_a_clean_cut_and_a_rewriting_hold(whole: Rows, tmp_path: Path) -> None:
    """Why the anchor must be kept elsewhere; nothing else passes even without it."""
    path, rng = tmp_path / "ledger.db", random.Random(7)
    blind = {cut, rewritten_from, rewritten_whole, removed_and_rewritten, cut_and_grown}
    for tamper in TAMPERINGS:
        write(path, tamper(list(whole), rng))
        if tamper in blind:
            audit_verified(path)
        else:
            with pytest.raises(AuditBroken):
                audit_verified(path)


def test_an_audit_that_nothing_keeps_append_only_is_told(whole: Rows, tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TRIGGER audit_never_deleted")
    with pytest.raises(AuditBroken, match="audit_never_deleted"):
        audit_verified(path)
