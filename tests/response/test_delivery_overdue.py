"""ON-07: a message that goes out after the estimate has passed does not promise it any more."""

import pytest

from core.model.mailing import LetterState
from response.delivery.room import retry
from tests.hands import Hands
from tests.response import little_town as town
from tests.response.post_office import NOON_NS, person, phone, post_office


@pytest.fixture
async def post(tmp_path):
    async with post_office(tmp_path) as made:
        made.clock = Hands(NOON_NS)
        yield made


@pytest.mark.parametrize(
    ("hours", "when", "mail"),
    [
        (2, "约11月23日15:10-17:10恢复", "下次通报不晚于：11月23日(周一)15:10"),
        (4, "约11月23日15:10-17:10恢复", "通报逾期未发，原定不晚于：11月23日(周一)15:10"),
        (5, "超时，正在重新评估", "预计恢复：已超过预计时间，正在重新评估"),
    ],
)
async def test_a_letter_that_waited_says_what_holds_when_it_goes(post, hours: int, when: str, mail: str):
    await post.people([*person(1, "A1", phone=phone(1)), *person(2, "A2", email="two@example.org")])
    post.started()
    id = await post.publish(["A1", "A2"], next_update_ns=NOON_NS + 3 * town.HOUR)
    post.clock.to(NOON_NS + hours * town.HOUR, speed=1.0)
    await post.done(id)
    (message,), (letter,) = post.sms.sent, post.box.letters
    assert message["params"]["eta"] == when and mail in letter.get_content()
    assert {one.state for one in (await post.letters(id)).values()} == {LetterState.SENT}


async def test_so_does_a_dead_letter_that_is_sent_again(post):
    post.sms.answers += ["OK", "MOBILE"]
    await post.people([one for n in (1, 2) for one in person(n, f"A{n}", phone=phone(n))])
    post.started()
    id = await post.publish(["A1", "A2"])
    post.clock.to(NOON_NS, speed=1.0)
    await post.done(id)
    assert [one["params"]["eta"] for one in post.sms.sent] == ["约11月23日15:10-17:10恢复"]
    post.clock.to(NOON_NS + 5 * town.HOUR, speed=1.0)
    async with post.ledger.begin() as tx:
        assert await retry(tx, id, None, post.clock.now_ns()) == 1
    post.service.wake()
    await post.done(id)
    assert [one["params"]["eta"] for one in post.sms.sent[1:]] == ["超时，正在重新评估"]
