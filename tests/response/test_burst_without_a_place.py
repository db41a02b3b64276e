"""A burst that nobody has located: its zone may be without water, and every voice says so (ON-02, ON-25)."""

import pytest

from core.model.bulletin import Change
from core.model.notice import Affected
from core.model.notice_version import NoticeVersion
from response.bulletins import bulletin_of
from response.delivery.composing import told
from response.notices import versions
from response.renderings.headline import headline
from response.site import Water
from response.without_water import without_water
from tests.response import little_town as town
from tests.response.little_notices import publish, the_draft


@pytest.fixture
async def guessed(ledger, service) -> str:
    """A draft of the zone, before any location."""
    await service.handle([await town.report(ledger, town.burst(pipe=None))])
    return await the_draft(ledger)


async def published(ledger) -> NoticeVersion:
    id = await publish(ledger, town.T0 + town.MIN)
    async with ledger.read() as tx:
        (version,) = await versions.published(tx, id)
    return version


async def test_a_caller_hears_what_the_notice_says(ask, ledger, guessed):
    await published(ledger)
    said = (await ask(account="A000001")).words
    assert "可能停水" in said.zh and "may be off" in said.en


async def test_the_wall_counts_those_that_the_notice_counts(ledger, guessed):
    version = await published(ledger)
    async with ledger.read() as tx:
        counted = await without_water(tx, lambda _: True)
    assert version.content.accounts_affected == counted[Water.MAY_BE_OFF] == 60
    assert counted[Water.WEAK] == 0


async def test_a_letter_says_what_the_notice_says(ledger, plant, guessed):
    version = await published(ledger)
    bulletin = bulletin_of(version, plant)
    async with ledger.read() as tx:
        rows = await tx.find(Affected, notice=guessed)
    letters = {headline(told(bulletin, Change.FIRST, weak=row.supply == "low_pressure")).zh for row in rows}
    assert letters == {headline(bulletin).zh} and "可能停水" in letters.pop()
