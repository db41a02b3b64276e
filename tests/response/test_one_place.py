"""ON-22: the street that a version names is one, in its title, in what is short and in what is long, wherever
the likeliest pipe was when the one before it was published, and whoever wrote which of its words."""

from dataclasses import replace
from itertools import permutations

import pytest

from core.model.account import Role
from core.model.bulletin import Bulletin
from core.model.incident import Candidate, Incident, Location
from core.model.notice import Notice
from core.model.text import Text
from response.bulletins import bulletin_of
from response.notices import decisions, drafts, versions
from response.notices.drafts import Wish
from tests.response import little_town as town
from tests.response.every_rendering import EVERYWHERE
from tests.response.little_town import report

MANAGER, OPERATOR = town.user(Role.DUTY_MANAGER), town.user(Role.OPERATOR)
AT = town.T0 + 5 * town.MIN
STREETS = (Text("人民路", "Renmin Road"), Text("中山路", "Zhongshan Road"))
PIPES = {"p0": None, "p1": STREETS[0], "p2": STREETS[0], "p3": STREETS[1], "p4": STREETS[1]}
"""The street that each is in; p0 is in none."""
OWN = {
    "nothing": Wish(),
    "the title": Wish(title=Text("停水公告", "Water is off")),
    "the place": Wish(place=Text("城东路口", "the eastern crossing")),
    "the description": Wish(description=Text("一处供水管道发生故障。", "A water main failed.")),
}
"""What a person wrote of the first version."""


def likeliest(pipe: str) -> Incident:
    found = (Candidate(link=pipe, share=0.9, x=0, y=0),)
    return replace(town.burst(), location=Location(candidates=found, at_ns=AT, radius_m=0.0, method="crew"))


async def said(ledger, plant) -> Bulletin:
    """Publishes what is prepared; the version that then stands."""
    async with ledger.begin() as tx:
        (head,) = await tx.find(Notice)
        await decisions.approve(tx, head.id, MANAGER, AT)
        await decisions.publish(tx, head.id, MANAGER, AT)
        return bulletin_of((await versions.published(tx, head.id))[-1], plant)


def apart(b: Bulletin) -> list[str]:
    """Renderings that leave out the version's place, or name a street neither in it nor in the list of
    its streets. The page has the place in its heading, which is the title."""
    listed = {street.name for street in b.streets}
    strangers = [one for one in STREETS if one.zh not in b.area.zh and one not in listed]
    found = []
    for name, write in EVERYWHERE.items():
        zh, en = (text.replace("\r\n ", "").replace("\n", " ").replace("\\", "") for text in write(b))
        if name != "web" and (b.area.zh not in zh.replace(" ", "") or b.area.en not in en):
            found.append(name)
        if any(one.zh in zh or one.en in en for one in strangers):
            found.append(name)
    return found


@pytest.mark.parametrize("written", OWN)
@pytest.mark.parametrize(("first", "then"), tuple(permutations(PIPES, 2)))
async def test_on22_a_version_names_one_street_wherever_it_names_any(
    ledger, plant, service, first, then, written
):
    await service.handle([await report(ledger, likeliest(first))])
    if OWN[written] != Wish():
        async with ledger.begin() as tx:
            (draft,) = await tx.find(Notice)
            await drafts.edit(tx, plant, draft.id, draft.seq, OWN[written], OPERATOR, AT)
    one = await said(ledger, plant)
    assert apart(one) == []
    await service.handle([await report(ledger, likeliest(then))])
    async with ledger.read() as tx:
        pending = (await versions.prepared(tx, one.number)).pending
    if pending is None:
        return
    two = await said(ledger, plant)
    assert apart(two) == []
    assert written == "the title" or two.area.zh in two.title.zh
    assert written == "the title" or two.area.en in two.title.en
    street = PIPES[then]
    if written in ("nothing", "the description") and street is not None:
        assert street.zh in two.area.zh


async def test_on22_a_draft_that_is_not_approved_yet_follows_the_likeliest_pipe_as_a_whole(
    ledger, plant, service
):
    """Also within one part of the network, where the same people are without water."""
    await service.handle([await report(ledger, likeliest("p2"))])
    await said(ledger, plant)
    for pipe in ("p3", "p4", "p0"):
        await service.handle([await report(ledger, likeliest(pipe))])
        async with ledger.read() as tx:
            (head,) = await tx.find(Notice)
            content = (await versions.prepared(tx, head.id)).content
        assert content.place is not None and content.place.zh in content.title.zh
        street = PIPES[pipe]
        assert content.place.zh == ("城东片区中山路" if street else "城东片区")
