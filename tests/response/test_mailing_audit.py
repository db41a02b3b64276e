"""X-05: a mailing is in the audit by two entries, however many letters it has."""

import asyncio
import json
from hashlib import sha256

import pytest

from core.model.mailing import LetterState
from tests.response.post_office import person, phone, post_office


@pytest.fixture
async def post(tmp_path):
    async with post_office(tmp_path) as made:
        yield made


async def entries(post) -> list[dict]:
    """Once there are two."""
    async with asyncio.timeout(30):
        while len(rows := await post.ledger.audit_before(None, 50)) < 2:
            await asyncio.sleep(0.02)
    return [json.loads(row.body) for row in reversed(rows)]


async def test_x_05_a_mailing_is_two_entries_with_counts_and_the_hash_of_its_list(post):
    await post.people([p for n in range(1, 131) for p in person(n, f"A{n}", phone=phone(n))])
    post.started()
    id = await post.publish([f"A{n}" for n in range(1, 132)])
    await post.done(id)
    listed, done = await entries(post)
    letters = sorted((await post.letters(id)).values(), key=lambda one: one.id, reverse=True)
    lines = "".join(f"{one.id}\t{one.change.value}\t{one.because.value}\n" for one in letters)
    assert (listed["command"], listed["who"], listed["subject"]) == ("mailing listed", "hub", {"mailing": id})
    (change,) = listed["changes"]
    assert change["after"]["letters"] == 130
    assert change["after"]["list_sha256"] == sha256(lines.encode()).hexdigest()
    assert done["command"] == "mailing done"
    (change,) = done["changes"]
    assert (change["kind"], change["after"]["came"]) == ("mailing", [[LetterState.SENT.value, 130]])
    assert "P0001" not in json.dumps([listed, done]), "nobody is named"
    assert await post.ledger.verify_audit() == 2


async def test_x_05_one_that_reaches_nobody_is_told_too(post):
    post.started()
    id = await post.publish(["A1"])
    mailing = await post.done(id)
    listed, _ = await entries(post)
    assert (mailing.letters, mailing.nobody) == (0, 1)
    assert listed["changes"][0]["after"]["list_sha256"] == sha256().hexdigest()
