"""A message names a street of its reader's own, and says from when to when water is expected, as the card and
the page do (ON-21, ON-22)."""

from dataclasses import replace

import pytest

from core.model.account import Account
from core.model.bulletin import Estimate
from core.model.notice import Change, Site, StreetExtent
from core.model.text import Text
from response.renderings.sms import VARIABLE, variables
from tests.response import bulletins
from tests.response.bulletins import HOUR, MIN, T0
from tests.response.post_office import person, phone
from tests.response.test_delivery import post as post

RENMIN, ZHONGSHAN = Text("人民路", "Renmin Road"), Text("中山路", "Zhongshan Road")
STREETS = (StreetExtent(street="s-1", name=RENMIN), StreetExtent(street="s-2", name=ZHONGSHAN))


def house(id: str, street: str) -> Account:
    return Account(
        id=id, street=street, address="1", building="b-1", storey=1, zone="dma-01", node="n1", meter=f"m-{id}"
    )


async def test_on_21_each_is_told_of_a_street_of_their_own(post):
    async with post.ledger.begin() as tx:
        await tx.put_many([house("A1", "s-1"), house("A2", "s-2"), house("A3", "s-9")])
    await post.people([one for n in (1, 2, 3) for one in person(n, f"A{n}", phone=phone(n))])
    post.started()
    await post.done(await post.publish(["A1", "A2", "A3"], streets=STREETS, place=RENMIN))
    named = {one["mobile"]: "".join(one["params"].values()) for one in post.sms.sent}
    assert "人民路" in named[phone(1)] and "中山路" not in named[phone(1)]
    assert "中山路" in named[phone(2)] and "人民路" not in named[phone(2)]
    assert "人民路" in named[phone(3)], "of a street that is not listed it is told as the notice names it"


START = T0 + 7 * HOUR + 29 * MIN
"""Monday 23 November, 06:00."""


@pytest.mark.parametrize(
    ("begins_h", "ends_h", "zh", "en"),
    [
        (12, 16, "约11月23日18:00-22:00恢复", ("est. back 23 Nov", "18:00-22:00")),
        (12, 20, "约23日18:00-24日02:00恢复", ("est. back 23 Nov", "18:00-24 Nov 02:00")),
    ],
)
def test_on_22_a_variable_holds_the_whole_range_and_in_english_two(begins_h, ends_h, zh, en):
    lasts = Estimate(START + begins_h * HOUR, START + begins_h * HOUR, START + ends_h * HOUR)
    b = replace(bulletins.burst(), estimate=lasts)
    assert variables(b, "zh")["when"] == zh and len(zh) <= VARIABLE
    assert (variables(b, "en")["when_1"], variables(b, "en")["when_2"]) == en
    assert variables(b, "en")["when"].startswith("est. by 2"), "one variable of twenty has no room for it"
    assert "est. back 23 Nov 18:00-" in variables(b, "en", 40)["when"], "where the template has room"


async def test_on_08_who_is_let_go_is_told_of_their_own_street_and_of_pressure_where_that_was_told(post):
    """The streets still concerned are others'; a letter says so as a message does."""
    async with post.ledger.begin() as tx:
        await tx.put_many([house(f"A{n}", street) for n, street in ((1, "s-1"), (2, "s-2"), (3, "s-2"))])
        await tx.put(house("A4", "s-2"))
    await post.people([one for n in (1, 2, 3) for one in person(n, f"A{n}", phone=phone(n))])
    await post.people(person(4, "A4", email="four@example.org"))
    post.started()
    wide = await post.publish(["A1", "A2", "A4"], weak=("A3",), site=Site.ORGANISED, streets=STREETS)
    await post.done(wide)
    narrow = {"site": Site.SHUT, "parted": True, "streets": STREETS[:1], "place": RENMIN, "moved": True}
    await post.done(await post.publish(["A1"], Change.UPDATE, **narrow))
    last = {one["mobile"]: one["params"] for one in post.sms.sent}
    assert "人民路" in last[phone(1)]["area"]
    for n in (2, 3):
        assert "中山路" in last[phone(n)]["area"] and "人民路" not in last[phone(n)]["area"]
    assert last[phone(2)]["eta"] == "如无水请拨打热线"
    assert last[phone(3)]["eta"] == "如水压仍低请拨打热线"
    mail = post.box.letters[-1]
    assert "中山路" in str(mail["Subject"]) and "人民路" not in str(mail["Subject"]) + mail.get_content()


async def test_on_08_who_is_let_go_of_low_pressure_hears_of_no_interruption(post):
    async with post.ledger.begin() as tx:
        await tx.put_many([house("A1", "s-1"), house("A3", "s-9")])
    await post.people([*person(1, "A1", phone=phone(1)), *person(3, "A3", email="three@example.org")])
    post.started()
    await post.done(await post.publish(["A1"], weak=("A3",), site=Site.ORGANISED, streets=STREETS[:1]))
    narrow = {"site": Site.SHUT, "parted": True, "streets": STREETS[:1], "place": RENMIN, "moved": True}
    await post.done(await post.publish(["A1"], Change.UPDATE, **narrow))
    mail = post.box.letters[-1]
    said = str(mail["Subject"]) + mail.get_content()
    assert "水压" in said and "停水" not in said and "无水" not in said
    assert "人民路" not in said, "no street is known of this account: it is told of none"
