"""After its end the card says of a notice what this caller was told: of pressure, or of water; and no more of
what nobody has seen (HL-10, ON-09)."""

from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.notice import Affected, Notice, Status
from response.affected import LOW_PRESSURE
from response.hotline.script import Of, When
from response.notices import decisions
from response.verdict import Verdict
from tests.response import little_town as town
from tests.response.little_notices import publish

MANAGER, CALLER = town.user(Role.DUTY_MANAGER), "A000031"


async def ended(ledger, site, *, weak: bool) -> None:
    """Published, the caller's house in it, and over by a person's word; its incident goes on."""
    id = await publish(ledger, site.at)
    async with ledger.begin() as tx:
        if weak:
            (row,) = await tx.find(Affected, notice=id, account=CALLER)
            await tx.put(replace(row, supply=LOW_PRESSURE))
        await decisions.restore(tx, id, MANAGER, site.at, reason="用户来电说已恢复")


@pytest.mark.parametrize("seen", [False, True])
@pytest.mark.parametrize("weak", [False, True])
async def test_the_card_tells_what_this_caller_had_been_told(site, ledger, ask, weak, seen):
    for name in ("depart", "arrive", "repair") if seen else ():
        await site.step(name)
    await ended(ledger, site, weak=weak)
    card = await ask(account=CALLER, now_ns=site.at + town.MIN)
    assert (card.verdict, card.back.when) == (Verdict.RESTORED, When.RESTORED)
    assert card.back.of is (Of.PRESSURE if weak else Of.WATER)
    assert ("水压" in card.words.zh, "pressure" in card.words.en) == (weak, weak)
    assert "没有水" not in card.words.zh or not weak
    assert ("恢复" in card.words.zh) is seen and ("normal" in card.back.words.en) is not seen
    (line,) = [one for one in card.script.internal if "INC-1" in one.zh]
    assert "不在其范围内" not in line.zh and "outside" not in line.en, "it was in it"


async def test_on42_the_agent_hears_that_the_public_was_told_nothing_of_an_exercise(site, ledger, ask):
    """Its main may be broken all the same, and the caller's house is in its area."""
    id = await publish(ledger, site.at)
    async with ledger.begin() as tx:
        notice = await tx.get(Notice, id)
        await tx.put(replace(notice, status=Status.EXERCISE))
    card = await ask(account=CALLER, now_ns=site.at + town.MIN)
    (line,) = [one for one in card.script.internal if "INC-1" in one.zh]
    assert "不在其范围内" not in line.zh and "outside" not in line.en, "it is in it"
    assert "演练" in line.zh and "the public was told nothing" in line.en
