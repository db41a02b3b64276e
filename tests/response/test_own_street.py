"""A message names a street of its reader's own, and says from when to when water is expected, as the card and
the page do (ON-21, ON-22)."""

from dataclasses import replace

import pytest

from core.model.account import Account
from core.model.bulletin import Estimate
from core.model.notice import StreetExtent
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
