"""Whom a card is of: found as people say it, shown to whom it may be, and on record."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.account import AccessRecord, Role
from core.model.person import Person, digits_of, masked_phone
from core.model.phone_call import Direction, PhoneCall, Stage
from core.model.telephone import NumberKind
from response.refused import NotPermitted, Refused
from response.verdict import Verdict
from tests.persons import person_of
from tests.response import little_town as town

NOW = town.T0 + town.MIN


@pytest.mark.parametrize(
    "address", ["人民路４０号", " 人民路 40号 ", "renmin road 40", "40 Renmin Road", "人民路40號"]
)
async def test_addresses_are_found_as_people_write_them(ask, address):
    answer = await ask(address=address)
    assert answer.n_matches >= 2
    assert all("人民路40号" in match.address for match in answer.matches)
    assert answer.verdict is Verdict.NOTHING_KNOWN, "one building hangs on one node: the verdict is for it"
    assert answer.account is None


async def test_several_places_make_a_choice_of_at_most_twenty(ask):
    answer = await ask(address="人民路")
    assert (answer.verdict, answer.n_matches, len(answer.matches)) == (None, 55, 20)
    nobody = await ask(address="不存在的路1号")
    assert (nobody.verdict, nobody.n_matches) == (None, 0)
    assert "没有找到" in nobody.words.zh


async def test_every_account_shown_is_on_record(ask, ledger):
    await ask(tel="19900000031")
    await ask(address="中山路99号")
    async with ledger.read() as tx:
        seen = [(r.user, r.account, r.purpose) for r in await tx.find(AccessRecord)]
    assert seen == [
        ("user-hotline", "A000031", "hotline:tel"),
        ("user-hotline", "A000060", "hotline:search"),
    ]


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.HOTLINE, Role.DUTY_MANAGER)])
async def test_other_roles_see_no_customers(ask, ledger, role):
    with pytest.raises(NotPermitted):
        await ask(user=town.user(role), account="A000031")
    async with ledger.read() as tx:
        assert await tx.find(AccessRecord) == []


async def test_exactly_one_question(ask):
    for question in ({}, {"tel": " "}, {"tel": "1", "account": "2"}):
        with pytest.raises(Refused):
            await ask(**question)


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_every_spelling_of_a_number_is_the_same_number(tel: str):
    spaced = f"{tel[:3]} {tel[3:7]}-{tel[7:]}"
    for before, body in itertools.product(("", "+86", "0086", "86 "), (tel, spaced)):
        assert digits_of(before + body) == tel


@given(st.text(alphabet="0123456789", max_size=15))
def test_a_masked_number_shows_at_most_seven_digits(tel: str):
    shown = masked_phone(tel)
    assert masked_phone("-".join(tel)) == shown
    assert len(shown) == len(tel)
    assert sum(c != "*" for c in shown) <= 7
    assert len(tel) < 8 or "*" in shown


async def test_callers_share_a_number(ask, ledger, vault):
    async with ledger.begin() as tx:
        await tx.put(replace(town.accounts()[0], id="A900000"))
        await vault.put(tx, [person_of("A900000", phone="+86 199-0000-0031")])
    answer = await ask(tel="19900000031")
    assert (answer.verdict, {m.account for m in answer.matches}) == (None, {"A000031", "A900000"})


async def test_a_call_is_from_whose_number_it_was_and_a_masked_number_is_nobodys(ask, ledger, vault):
    """HL-04, HL-09."""
    told = {"direction": Direction.IN, "stage": Stage.RINGING, "began_ns": NOW}
    two = PhoneCall(id="TEL-1", call="a", kind=NumberKind.MOBILE, accounts=("A000031",), **told)
    lent = PhoneCall(id="TEL-2", call="b", kind=NumberKind.PRIVACY, **told)
    async with ledger.begin() as tx:
        await tx.put_many([two, lent])
        numbers = {"TEL-1": "13900000001", "TEL-2": "17000000001"}
        await vault.put(tx, [Person(id=c, account=c, phone=number) for c, number in numbers.items()])
        await vault.put(tx, [person_of("A000060", phone="17000000001")])
    known, masked = await ask(call="TEL-1"), await ask(call="TEL-2")
    assert known.account.id == "A000031", "of two numbers that it showed, the other is on file"
    assert (masked.account, masked.n_matches, masked.caller.number) == (None, 0, "170****0001")
